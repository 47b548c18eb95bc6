"""The steps of a payment that need no policy: each a pure rule of the treasurer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from finnest.errors import Denied, Stale
from finnest.turn import Claim, EffectFailed, Message, Start, Tick, Turn
from services.payments.domain import days, process
from services.payments.domain.bill import Bill, money
from services.payments.domain.channels import why_held, why_no_credit
from services.payments.domain.commands import CreditRefused, ProposePayment, SettlePayment
from services.payments.domain.credit import balance_id
from services.payments.domain.events import (
    PaymentApproved,
    PaymentCredited,
    PaymentHeld,
    PaymentProposed,
    PaymentRejected,
    PaymentScheduled,
)
from services.payments.domain.payer import Payer
from services.payments.domain.payment import MOVES_ITSELF, OPEN, Payment
from services.payments.domain.process import ProcessRestarted, ProcessTold
from services.payments.domain.step import PaymentEvent

CREDIT_EFFECTS = ("add_credit", "settle_credit")
NUMBER_CHARS = 20
"""Of a credit note's number, where many stand in one stream."""


def propose(state: Payment, command: ProposePayment, message: Message, payer: Payer) -> Turn:
    if state.bill is not None:
        return Turn(reply={"status": state.status})
    bill = Bill.model_validate(command.model_dump())
    owes = "is owed by" if bill.is_credit else "is to be paid to"
    amount = money(abs(bill.payable_cents), bill.currency)
    proposed = PaymentProposed(
        invoice_id=bill.invoice_id, bill=bill, summary=f"{amount} {owes} {bill.supplier}."
    )
    reason = why_no_credit(bill, payer) if bill.is_credit else why_held(bill, payer)
    if reason:
        held = _held(bill, reason)
        return Turn([proposed, held], {"status": held.leads_to})
    if bill.is_credit:
        return _credited(bill, proposed)
    start = process.start("start_payment", proposed.generation)
    return Turn([proposed], {"status": proposed.leads_to}, [start], wake_at=process.watch(message))


def _credited(bill: Bill, proposed: PaymentProposed) -> Turn:
    credited = PaymentCredited(
        invoice_id=bill.invoice_id,
        credit_cents=bill.credit_cents,
        summary=f"{money(bill.credit_cents, bill.currency)} goes off what is paid to {bill.supplier} next.",
    )
    args = {
        "balance": balance_id(bill),
        "invoice_id": bill.invoice_id,
        "number": bill.number[:NUMBER_CHARS],
        "currency": bill.currency,
        "cents": bill.credit_cents,
    }
    return Turn([proposed, credited], {"status": "credit"}, [Start(effect="add_credit", args=args)])


def credit_refused(state: Payment, bill: Bill, command: CreditRefused, message: Message) -> Turn:
    return Turn([_held(bill, command.reason)] if state.status == "credit" else [])


def effect_failed(state: Payment, bill: Bill, command: EffectFailed, message: Message) -> Turn:
    """Go on trying to tell the supplier's balance; the tick looks after everything else."""
    if command.effect not in CREDIT_EFFECTS:
        return Turn()
    return Turn(starts=[Start(effect=command.effect, args=command.args)])


def _held(bill: Bill, reason: str) -> PaymentHeld:
    return PaymentHeld(invoice_id=bill.invoice_id, reason=reason, summary=f"Held: {reason}")


def settle(state: Payment, bill: Bill, command: SettlePayment, message: Message) -> Turn:
    ask = state.ask
    if state.status != "awaiting_approval" or ask is None:
        raise Stale("not-asked", f"this payment is {state.status}, nobody is asked")
    if command.args_hash != ask.args_hash:
        raise Stale("other-action", "the answer is about an action that is no longer wanted")
    if command.verdict != "approved":
        reason = command.reason or "nobody decided in time"
        rejected = PaymentRejected(
            invoice_id=bill.invoice_id,
            people=command.people,
            verdict=command.verdict,
            reason=reason,
            summary=f"{command.verdict.capitalize()}: {reason}",
        )
        return ended(state, rejected)
    people = tuple(p for p in dict.fromkeys(command.people) if p not in ask.excluded)
    if len(people) < ask.needs.people:
        raise Denied("too-few-people", f"{ask.needs.people} other people must approve this")
    approved = PaymentApproved(
        invoice_id=bill.invoice_id,
        people=people,
        rule=state.rule,
        asked=state.asked,
        pay_on=state.pay_on or days.local_day(message.at, "UTC"),
        offer=state.offer,
        summary=f"Approved by {', '.join(people)} ({state.rule}).",
    )
    return Turn(
        [approved],
        {"status": approved.leads_to},
        [process.start("tell_payment", state.generation)],
        wake_at=process.watch(message),
    )


def told(state: Payment, bill: Bill, command: ProcessTold, message: Message) -> Turn:
    gone = not command.found and command.generation == state.generation
    if not gone or state.status not in OPEN:
        return Turn()
    restarted = ProcessRestarted(generation=state.generation + 1)
    start = process.start("start_payment", restarted.generation)
    return Turn([restarted], starts=[start])


def tick(state: Payment, bill: Bill, command: Tick, message: Message) -> Turn:
    if state.status not in MOVES_ITSELF:
        return Turn(wake_at=None)
    tell = process.start("tell_payment", state.generation)
    return Turn(starts=[tell], wake_at=process.watch(message))


def ended(
    state: Payment,
    event: PaymentEvent,
    *before: PaymentEvent,
    starts: Sequence[Start] = (),
    claims: Sequence[Claim] = (),
) -> Turn:
    """Return the turn that ends the payment, after other events, and lets its workflow know."""
    tell = (
        [process.start("tell_payment", state.generation)] if state.status in OPEN or state.suspended else []
    )
    return Turn([*before, event], {"status": event.leads_to}, [*tell, *starts], claims, wake_at=None)


def scheduled(bill: Bill, pay_on: date) -> PaymentScheduled:
    summary = f"To be paid on {pay_on}."
    return PaymentScheduled(invoice_id=bill.invoice_id, pay_on=pay_on, summary=summary)


def must_be(state: Payment, statuses: frozenset[str] | set[str], done: str) -> None:
    if state.status not in statuses:
        raise Stale("too-late", f"this payment is {state.status}: it cannot be {done}")
