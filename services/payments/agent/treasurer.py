"""The treasurer: decides what a payment does next. What needs people stands in `policy.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from finnest.asking import Ask, Needs, action_hash
from finnest.errors import Invalid, Missing, Stale
from finnest.records import Command, Event
from finnest.turn import Decider, Message, Tick, Turn
from services.payments.agent import steps
from services.payments.domain import commands, days, events, process
from services.payments.domain.bill import Bill
from services.payments.domain.commands import (
    CancelPayment,
    ConfirmPayment,
    FailPayment,
    IncludePayment,
    JudgePayment,
    ProposePayment,
    ReschedulePayment,
    SchedulePayment,
    SettlePayment,
    StopPayment,
)
from services.payments.domain.events import (
    PaymentApprovalRequested,
    PaymentApproved,
    PaymentEvent,
    PaymentRescheduled,
)
from services.payments.domain.payment import BEFORE_FILE, Payment, evolve
from services.payments.domain.policy import Policies, judge
from services.payments.domain.process import ProcessRestarted, ProcessStarted, ProcessTold

NAME = "treasurer"
ACTION = "pay_invoice"
AHEAD = timedelta(days=366)

_Rule = Callable[[Payment, Bill, Any, Message], Turn]


class Treasurer(Decider[Payment]):
    """Decides payments."""

    kind = "pay"
    schema = 1
    newborn = Payment()
    events: Sequence[type[Event]] = (*events.STEPS, ProcessRestarted)

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._rules: Mapping[type[Command], _Rule] = {
            JudgePayment: self._judge,
            SettlePayment: steps.settle,
            SchedulePayment: self._schedule,
            ReschedulePayment: self._reschedule,
            IncludePayment: steps.include,
            ConfirmPayment: steps.confirm,
            FailPayment: steps.fail,
            CancelPayment: steps.cancel,
            StopPayment: steps.stop,
            ProcessTold: steps.told,
            Tick: steps.tick,
        }
        own = (kind for kind in self._rules if kind is not Tick)
        self.commands: Sequence[type[Command]] = (ProposePayment, ProcessStarted, *own)

    def decide(self, state: Payment, command: Command, message: Message) -> Turn:
        if isinstance(command, ProposePayment):
            return steps.propose(state, command, message)
        if state.bill is None:
            raise Missing("no-such-payment", "there is no such payment")
        rule = self._rules.get(type(command))
        return rule(state, state.bill, command, message) if rule else Turn()

    def evolve(self, state: Payment, event: Event) -> Payment:
        return evolve(state, event)

    def _judge(self, state: Payment, bill: Bill, _: JudgePayment, message: Message) -> Turn:
        if state.status != "proposed":
            raise Stale("judged", "this payment has been judged")
        wanted = state.pay_on or bill.due_date
        judged = self._judged(state, bill, days.plan(wanted, self._today(message)), message)
        wake_at = process.watch(message) if isinstance(judged, PaymentApproved) else None
        return Turn([judged], {"status": judged.leads_to}, wake_at=wake_at)

    def _schedule(self, state: Payment, bill: Bill, _: SchedulePayment, message: Message) -> Turn:
        if state.status != "approved":
            raise Stale("not-approved", f"this payment is {state.status}")
        scheduled = steps.scheduled(bill, days.plan(state.pay_on, self._today(message)))
        return Turn([scheduled], {"status": scheduled.leads_to}, wake_at=None)

    def _reschedule(self, state: Payment, bill: Bill, command: ReschedulePayment, message: Message) -> Turn:
        steps.must_be(state, BEFORE_FILE, "moved to another day")
        today = self._today(message)
        if not today <= command.pay_on <= today + AHEAD:
            raise Invalid("bad-day", "a payment is made today or on a day of the coming year")
        pay_on = days.workday(command.pay_on)
        if pay_on == state.pay_on:
            return Turn(reply={"status": state.status})
        moved = PaymentRescheduled(
            invoice_id=bill.invoice_id,
            pay_on=pay_on,
            summary=f"{message.by} moves the payment to {pay_on}.",
        )
        if state.status == "proposed":
            return Turn([moved], {"status": state.status})
        asks = () if message.intake else (message.by,)
        judged = self._judged(state, bill, pay_on, message, asks)
        done: list[PaymentEvent] = [moved, judged]
        if isinstance(judged, PaymentApproved):
            done.append(steps.scheduled(bill, pay_on))
        return Turn(done, {"status": done[-1].leads_to}, wake_at=None)

    def _judged(
        self,
        state: Payment,
        bill: Bill,
        pay_on: date,
        message: Message,
        asks: tuple[str, ...] = (),
    ) -> PaymentApproved | PaymentApprovalRequested:
        """Return what the policy says of exactly this action; each time it is another one.

        Who submitted the invoice and who asks for the change do not decide about it.
        """
        policy = self._policies.of(message.tenant)
        verdict = judge(bill, policy)
        asked = state.asked + 1
        if verdict.people == 0:
            return PaymentApproved(
                invoice_id=bill.invoice_id,
                people=(),
                rule=verdict.rule,
                asked=asked,
                pay_on=pay_on,
                summary=f"Approved by policy ({verdict.rule}).",
            )
        own = () if bill.intake or not bill.submitted_by else (bill.submitted_by,)
        args = _exactly(bill, pay_on, asked)
        ask = Ask(
            feature=commands.FEATURE,
            thing=message.thing,
            action=ACTION,
            args=args,
            policy=policy.version,
            args_hash=action_hash(ACTION, args, policy.version),
            why=verdict.why,
            risk="high" if verdict.people > 1 else "medium",
            requested_by=f"agent:{NAME}",
            excluded=tuple(dict.fromkeys((*own, *asks))),
            needs=Needs(people=verdict.people, role=policy.role),
            expires_at=message.at + timedelta(seconds=policy.expires_s),
        )
        return PaymentApprovalRequested(
            invoice_id=bill.invoice_id,
            ask=ask,
            asked=asked,
            rule=verdict.rule,
            pay_on=pay_on,
            summary=f"Waits for approval ({verdict.rule}).",
        )

    def _today(self, message: Message) -> date:
        return days.local_day(message.at, self._policies.of(message.tenant).time_zone)


def _exactly(bill: Bill, pay_on: date, asked: int) -> dict[str, Any]:
    """Return the action that people approve, all of it."""
    payment = bill.payment
    return {
        "invoice_id": bill.invoice_id,
        "number": bill.number,
        "supplier": bill.supplier,
        "amount_cents": bill.payable_cents,
        "currency": bill.currency,
        "bsb": (payment and payment.bsb) or "",
        "account": (payment and payment.account) or "",
        "account_name": (payment and payment.name) or "",
        "reference": (payment and payment.reference) or "",
        "pay_on": pay_on.isoformat(),
        "asked": asked,
    }
