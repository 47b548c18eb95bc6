"""How a person ends a payment without the bank: it is not made, or it was made elsewhere."""

from __future__ import annotations

from finnest.errors import Stale
from finnest.records import Command
from finnest.turn import Message, Turn
from services.payments.agent.asking import withdrawn
from services.payments.agent.steps import ended, must_be
from services.payments.domain.bill import Bill
from services.payments.domain.commands import CancelPayment, CreditDropped, PayElsewhere
from services.payments.domain.credit import balance_id
from services.payments.domain.credit_messages import WithdrawCredit
from services.payments.domain.events import PaymentCancelled, PaymentPaidElsewhere
from services.payments.domain.payment import BEFORE_FILE, Payment


def cancelling(id: str, state: Payment, reason: str) -> tuple[str, Command]:
    """Return whom to tell that a payment is not wanted, and what.

    A credit note is taken out of its supplier's balance: only there is known whether any of it has gone off.
    """
    balance = balance_id(state.bill) if state.bill and state.status == "credit" else None
    return (
        (balance, WithdrawCredit(credit_id=id, reason=reason))
        if balance
        else (id, CancelPayment(reason=reason))
    )


def cancel(state: Payment, bill: Bill, command: CancelPayment, message: Message) -> Turn:
    if state.status == "included":
        raise Stale("in-a-pay-run", f"it is in pay run {state.run_id}: stop it instead")
    must_be(state, BEFORE_FILE | {"exception"}, "cancelled")
    summary = f"Cancelled by {message.by}: {command.reason}"
    cancelled = PaymentCancelled(invoice_id=bill.invoice_id, reason=command.reason, summary=summary)
    return ended(state, cancelled, *withdrawn(state, bill, "it is cancelled."))


def credit_dropped(state: Payment, bill: Bill, command: CreditDropped, message: Message) -> Turn:
    """Follow the balance, which has taken the credit note out."""
    if state.status != "credit":
        return Turn()
    summary = f"Cancelled by {command.by}: {command.reason}"
    return Turn([PaymentCancelled(invoice_id=bill.invoice_id, reason=command.reason, summary=summary)])


def pay_elsewhere(state: Payment, bill: Bill, command: PayElsewhere, message: Message) -> Turn:
    """Take a person's word that what no bank file carries was paid in another way."""
    must_be(state, {"exception"}, "marked as paid elsewhere")
    if state.suspended:
        raise Stale(
            "account-in-question", "people decide about the supplier's bank account: that comes first"
        )
    if bill.is_credit:
        raise Stale("credit-note", "a credit note is not paid; cancel it when it was given back")
    paid = PaymentPaidElsewhere(
        invoice_id=bill.invoice_id,
        reason=command.reason,
        reference=command.reference,
        summary=f"Paid elsewhere, says {message.by}: {command.reason} (reference {command.reference}).",
    )
    return ended(state, paid)
