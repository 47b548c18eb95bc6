"""The steps of a payment that need no policy: each a pure rule of the treasurer."""

from __future__ import annotations

from datetime import date

from finnest.errors import Denied, Stale
from finnest.turn import Message, Tick, Turn
from services.payments.domain import days, process
from services.payments.domain.bill import Bill, why_held
from services.payments.domain.commands import (
    CancelPayment,
    ConfirmPayment,
    FailPayment,
    IncludePayment,
    ProposePayment,
    SettlePayment,
    StopPayment,
)
from services.payments.domain.events import (
    PaymentApproved,
    PaymentCancelled,
    PaymentEvent,
    PaymentFailed,
    PaymentHeld,
    PaymentIncluded,
    PaymentPaid,
    PaymentProposed,
    PaymentRejected,
    PaymentScheduled,
    PaymentStopped,
)
from services.payments.domain.payment import BEFORE_FILE, MOVES_ITSELF, OPEN, Payment
from services.payments.domain.process import ProcessRestarted, ProcessTold


def propose(state: Payment, command: ProposePayment, message: Message) -> Turn:
    if state.bill is not None:
        return Turn(reply={"status": state.status})
    bill = Bill.model_validate(command.model_dump())
    proposed = PaymentProposed(
        invoice_id=bill.invoice_id,
        bill=bill,
        summary=f"{bill.amount} to {bill.supplier} is to be paid.",
    )
    reason = why_held(bill)
    if reason:
        held = PaymentHeld(invoice_id=bill.invoice_id, reason=reason, summary=f"Held: {reason}")
        return Turn([proposed, held], {"status": held.leads_to})
    start = process.start("start_payment", proposed.generation)
    return Turn([proposed], {"status": proposed.leads_to}, [start], wake_at=process.watch(message))


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
        return _ended(state, rejected)
    people = tuple(p for p in dict.fromkeys(command.people) if p not in ask.excluded)
    if len(people) < ask.needs.people:
        raise Denied("too-few-people", f"{ask.needs.people} other people must approve this")
    approved = PaymentApproved(
        invoice_id=bill.invoice_id,
        people=people,
        rule=state.rule,
        asked=state.asked,
        pay_on=state.pay_on or days.local_day(message.at, "UTC"),
        summary=f"Approved by {', '.join(people)} ({state.rule}).",
    )
    return Turn(
        [approved],
        {"status": approved.leads_to},
        [process.start("tell_payment", state.generation)],
        wake_at=process.watch(message),
    )


def include(state: Payment, bill: Bill, command: IncludePayment, message: Message) -> Turn:
    if state.run_id == command.run_id:
        return Turn(reply={"status": state.status})
    if state.status != "scheduled" or state.run_id or state.pay_on is None:
        raise Stale("not-scheduled", f"this payment is {state.status}")
    if state.pay_on > command.process_on:
        raise Stale("later", f"this payment is planned for {state.pay_on}")
    included = PaymentIncluded(
        invoice_id=bill.invoice_id,
        run_id=command.run_id,
        summary=f"Taken into pay run {command.run_id}.",
    )
    return Turn([included], {"status": included.leads_to})


def confirm(state: Payment, bill: Bill, command: ConfirmPayment, message: Message) -> Turn:
    must_be(state, {"included"}, "confirmed")
    summary = f"{bill.amount} was paid; {message.by} says so."
    return _ended(state, PaymentPaid(invoice_id=bill.invoice_id, summary=summary))


def fail(state: Payment, bill: Bill, command: FailPayment, message: Message) -> Turn:
    must_be(state, {"included"}, "failed")
    summary = f"The bank did not pay: {command.reason}"
    failed = PaymentFailed(invoice_id=bill.invoice_id, reason=command.reason, summary=summary)
    return _ended(state, failed)


def cancel(state: Payment, bill: Bill, command: CancelPayment, message: Message) -> Turn:
    if state.status == "included":
        raise Stale("in-a-pay-run", f"it is in pay run {state.run_id}: stop it instead")
    must_be(state, BEFORE_FILE | {"exception"}, "cancelled")
    summary = f"Cancelled by {message.by}: {command.reason}"
    cancelled = PaymentCancelled(invoice_id=bill.invoice_id, reason=command.reason, summary=summary)
    return _ended(state, cancelled)


def stop(state: Payment, bill: Bill, command: StopPayment, message: Message) -> Turn:
    if state.status in BEFORE_FILE:
        raise Stale("not-in-a-pay-run", "it is in no pay run yet: cancel it instead")
    must_be(state, {"included"}, "stopped")
    summary = f"Stopped by {message.by}: {command.reason}"
    stopped = PaymentStopped(invoice_id=bill.invoice_id, reason=command.reason, summary=summary)
    return _ended(state, stopped)


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


def _ended(state: Payment, event: PaymentEvent) -> Turn:
    """Return the turn that ends the payment and lets its workflow know."""
    workflow = state.status in OPEN
    tell = [process.start("tell_payment", state.generation)] if workflow else []
    return Turn([event], {"status": event.leads_to}, tell, wake_at=None)


def scheduled(bill: Bill, pay_on: date) -> PaymentScheduled:
    summary = f"To be paid on {pay_on}."
    return PaymentScheduled(invoice_id=bill.invoice_id, pay_on=pay_on, summary=summary)


def must_be(state: Payment, statuses: frozenset[str] | set[str], done: str) -> None:
    if state.status not in statuses:
        raise Stale("too-late", f"this payment is {state.status}: it cannot be {done}")
