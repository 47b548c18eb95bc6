"""One payment as a bank file has it."""

from __future__ import annotations

from finnest.nzaccounts import nz_account
from finnest.records import Record
from services.payments.domain.bill import Account, Bill, account_of, bsb_of


class Offset(Record):
    """What of one credit note goes off a payment."""

    credit_id: str
    """The thing of the credit note (`pay-…`)."""
    number: str
    cents: int


class Entry(Record):
    """Who gets what, and why it is not what the invoice says."""

    payment_id: str
    invoice_id: str
    supplier: str
    bsb: str
    account: str
    name: str
    reference: str
    amount_cents: int
    """What the bank pays; 0 when credit notes cover all of it."""
    gross_cents: int | None = None
    """What the invoice asks for."""
    discount_cents: int = 0
    credits: tuple[Offset, ...] = ()
    take: int = 1
    """Which run after another has taken it."""


class LeftOut(Record):
    """A payment that was due and is not in the run."""

    payment_id: str
    amount_cents: int
    reason: str


def file_claim(payment_id: str, take: int) -> str:
    """Return the claim of one file on a payment: held by the run that files it, or by a stop before."""
    return f"file/{payment_id}" if take <= 1 else f"file/{payment_id}/{take}"


def entry_of(
    payment_id: str, bill: Bill, pays_cents: int, discount_cents: int, credits: tuple[Offset, ...]
) -> Entry:
    """Return a payable bill (`why_held`) as a record of a file."""
    payment = bill.payment or Account()
    bsb = bsb_of(payment.bsb) or ""
    account = account_of(payment.account) if bsb else nz_account(payment.account)
    return Entry(
        payment_id=payment_id,
        invoice_id=bill.invoice_id,
        supplier=bill.supplier,
        bsb=bsb,
        account=account or "",
        name=payment.name or bill.supplier,
        reference=payment.reference or bill.number,
        amount_cents=pays_cents,
        gross_cents=bill.payable_cents,
        discount_cents=discount_cents,
        credits=credits,
    )
