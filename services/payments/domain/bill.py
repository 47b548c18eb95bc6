"""What is to be paid, and whether a bank file can carry it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator

from finnest.records import Record

TEXT_CHARS = 140
MAX_CENTS = 99_999_999_99
"""The largest amount of one record, and of one file, in the Cemtex format (ten digits of cents)."""
CREDIT_TRANSFER = "30"
_OTHER_CHANNELS = {"NPP": "a PayID", "BPAY": "a BPAY biller", "URI": "a payment website"}


def _cut(text: str) -> str:
    return text[:TEXT_CHARS]


Text = Annotated[str, AfterValidator(_cut)]


class Account(Record):
    """The payment instruction of an invoice, as it was written there."""

    code: Text | None = None
    """UNCL4461; 30 is a credit transfer."""
    bsb: Text | None = None
    account: Text | None = None
    name: Text | None = None
    reference: Text | None = None


class Bill(Record):
    """An invoice as far as paying it goes."""

    invoice_id: str
    number: Text = "(without number)"
    supplier: Text = "(without name)"
    supplier_id: Text | None = None
    kind: Literal["invoice", "credit_note"]
    currency: Text = ""
    payable_cents: int = 0
    issue_date: date | None = None
    due_date: date | None = None
    payment: Account | None = None
    order_reference: Text | None = None
    submitted_by: str = ""
    intake: bool = False
    """True when who submitted it only passed it on: then it is nobody's own request."""

    @property
    def amount(self) -> str:
        """The amount as people write it: `AUD 1,650.00`."""
        return money(self.payable_cents, self.currency)


def money(cents: int, currency: str = "AUD") -> str:
    """Return an amount as people write it: `AUD 1,650.00`."""
    sign = "-" if cents < 0 else ""
    return f"{currency} {sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def bsb_of(text: str | None) -> str | None:
    """Return a BSB as `nnn-nnn`, or None when it is none."""
    digits = re.sub(r"[\s-]", "", text or "")
    return f"{digits[:3]}-{digits[3:]}" if re.fullmatch(r"[0-9]{6}", digits) else None


def account_of(text: str | None) -> str | None:
    """Return an Australian account number of 1 to 9 digits, or None when it is none."""
    digits = re.sub(r"[\s-]", "", text or "")
    good = re.fullmatch(r"[0-9]{1,9}", digits) and digits.strip("0")
    return digits if good else None


def why_held(bill: Bill) -> str | None:
    """Return the sentence that says why the bill cannot be paid by bank file, or None when it can."""
    if bill.kind == "credit_note":
        return "A credit note is not paid."
    if bill.currency != "AUD":
        return f"A bank file pays in AUD only; this is in {bill.currency or 'none'}."
    if bill.payable_cents <= 0:
        return "Nothing is left to pay."
    if bill.payable_cents > MAX_CENTS:
        return f"A bank file carries at most {money(MAX_CENTS)}."
    return _why_no_account(bill.payment)


def _why_no_account(payment: Account | None) -> str | None:
    if payment is None or not payment.code:
        return "The invoice does not say how it is to be paid."
    if payment.code != CREDIT_TRANSFER:
        return f"Payment means {payment.code} is not a credit transfer (30)."
    channel = (payment.bsb or "").strip().upper().partition("-")[0]
    if channel in _OTHER_CHANNELS:
        return f"The invoice names {_OTHER_CHANNELS[channel]}; a bank file cannot pay it."
    if not payment.bsb:
        return "The BSB is missing."
    if bsb_of(payment.bsb) is None:
        return f"The BSB {payment.bsb} does not have six digits."
    if account_of(payment.account) is None:
        return "The account number is missing or does not have one to nine digits."
    return None
