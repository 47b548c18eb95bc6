"""What a payment does with the bank: a run takes it, it is stopped, the bank has paid it or not."""

from __future__ import annotations

from finnest.errors import Invalid, Stale
from finnest.turn import Claim, Message, Start, Turn
from services.payments.agent.steps import ended, must_be
from services.payments.domain.bill import Bill, money
from services.payments.domain.commands import ConfirmPayment, FailPayment, IncludePayment, StopPayment
from services.payments.domain.credit import balance_id
from services.payments.domain.entry import file_claim
from services.payments.domain.events import (
    PaymentFailed,
    PaymentIncluded,
    PaymentPaid,
    PaymentStopped,
)
from services.payments.domain.payment import BEFORE_FILE, Payment, evolve


def include(state: Payment, bill: Bill, command: IncludePayment, message: Message) -> Turn:
    """Let a run take the payment, less discount and credit notes; what these cover is paid with that."""
    if state.run_id == command.run_id:
        return Turn(reply={"status": state.status})
    if state.status != "scheduled" or state.run_id or state.pay_on is None:
        raise Stale("not-scheduled", f"this payment is {state.status}")
    if state.pay_on > command.process_on:
        raise Stale("later", f"this payment is planned for {state.pay_on}")
    discount = state.discount_on(command.process_on)
    credit = sum(part.cents for part in command.credits)
    pays = bill.payable_cents - discount - credit
    if pays < 0:
        raise Invalid("too-much-credit", "credit notes never make a payment negative")
    included = PaymentIncluded(
        invoice_id=bill.invoice_id,
        run_id=command.run_id,
        pays_cents=pays,
        discount_cents=discount,
        credits=command.credits,
        summary=_taken(bill, command, discount, pays),
    )
    if pays:
        return Turn([included], {"status": included.leads_to})
    paid = PaymentPaid(
        invoice_id=bill.invoice_id, summary="Credit notes cover all of it: the bank has nothing to pay."
    )
    return ended(
        evolve(state, included), paid, included, starts=settle_credit(evolve(state, included), bill, True)
    )


def confirm(state: Payment, bill: Bill, command: ConfirmPayment, message: Message) -> Turn:
    must_be(state, {"included"}, "confirmed")
    amount = money(state.amount_cents, bill.currency)
    paid = PaymentPaid(invoice_id=bill.invoice_id, summary=f"{amount} was paid; {message.by} says so.")
    return ended(state, paid, starts=settle_credit(state, bill, True))


def fail(state: Payment, bill: Bill, command: FailPayment, message: Message) -> Turn:
    must_be(state, {"included"}, "failed")
    summary = f"The bank did not pay: {command.reason}"
    failed = PaymentFailed(invoice_id=bill.invoice_id, reason=command.reason, summary=summary)
    return ended(state, failed, starts=settle_credit(state, bill, False))


def stop(state: Payment, bill: Bill, command: StopPayment, message: Message) -> Turn:
    """Stop what a run has taken. Who claims `file/<payment>` first decides: the stop, or the file."""
    if state.status in BEFORE_FILE:
        raise Stale("not-in-a-pay-run", "it is in no pay run yet: cancel it instead")
    must_be(state, {"included"}, "stopped")

    def stopped(in_file: bool) -> PaymentStopped:
        where = "it is in the file, so the bank must be told" if in_file else "it is in no file"
        return PaymentStopped(
            invoice_id=bill.invoice_id,
            reason=command.reason,
            in_file=in_file,
            summary=f"Stopped by {message.by}, {where}: {command.reason}",
        )

    starts = settle_credit(state, bill, False)
    filed = ended(state, stopped(in_file=True), starts=starts)
    claim = Claim(file_claim(message.thing, state.takes), lambda _: filed)
    return ended(state, stopped(in_file=False), starts=starts, claims=[claim])


def settle_credit(state: Payment, bill: Bill, used: bool) -> list[Start]:
    """Return the effect that settles what is reserved of the supplier's credit notes."""
    balance = balance_id(bill)
    if balance is None or not state.credits:
        return []
    args = {"balance": balance, "run_id": state.run_id, "used": used}
    return [Start(effect="settle_credit", args=args)]


def _taken(bill: Bill, command: IncludePayment, discount: int, pays: int) -> str:
    less = [f"discount {money(discount, bill.currency)}"] if discount else []
    less += [f"credit note {part.number} {money(part.cents, bill.currency)}" for part in command.credits]
    why = f" It pays {money(pays, bill.currency)}: less {', '.join(less)}." if less else ""
    return f"Taken into pay run {command.run_id}.{why}"
