"""The treasurer: decides what a payment does next. What needs people stands in `policy.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from finnest.errors import Invalid, Missing, Stale
from finnest.records import Command, Event
from finnest.turn import Decider, EffectFailed, Message, Tick, Turn
from services.payments.agent import bank, ending, holding, steps
from services.payments.agent.asking import judged, withdrawn
from services.payments.domain import days, events, process
from services.payments.domain.bill import Bill
from services.payments.domain.commands import (
    CancelPayment,
    ConfirmPayment,
    CreditDropped,
    CreditRefused,
    CreditSettled,
    FailPayment,
    IncludePayment,
    JudgePayment,
    PayElsewhere,
    ProposePayment,
    ReschedulePayment,
    SchedulePayment,
    SettlePayment,
    StopPayment,
)
from services.payments.domain.events import PaymentApproved, PaymentRescheduled
from services.payments.domain.payee_messages import PayeeSeen
from services.payments.domain.payment import BEFORE_FILE, Payment, evolve
from services.payments.domain.policy import Policies, Policy
from services.payments.domain.process import ProcessRestarted, ProcessStarted, ProcessTold
from services.payments.domain.step import PaymentEvent
from services.payments.domain.terms import terms_of

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
            IncludePayment: bank.include,
            ConfirmPayment: bank.confirm,
            FailPayment: bank.fail,
            CancelPayment: ending.cancel,
            PayElsewhere: ending.pay_elsewhere,
            CreditDropped: ending.credit_dropped,
            StopPayment: bank.stop,
            CreditRefused: steps.credit_refused,
            PayeeSeen: self._hear,
            EffectFailed: steps.effect_failed,
            ProcessTold: steps.told,
            Tick: self._tick,
        }
        own = (kind for kind in self._rules if kind not in (Tick, EffectFailed))
        self.commands: Sequence[type[Command]] = (ProposePayment, ProcessStarted, CreditSettled, *own)

    def decide(self, state: Payment, command: Command, message: Message) -> Turn:
        if isinstance(command, ProposePayment):
            return steps.propose(state, command, message, self._policy(message).payer)
        if state.bill is None:
            raise Missing("no-such-payment", "there is no such payment")
        rule = self._rules.get(type(command))
        return rule(state, state.bill, command, message) if rule else Turn()

    def evolve(self, state: Payment, event: Event) -> Payment:
        return evolve(state, event)

    def _judge(self, state: Payment, bill: Bill, command: JudgePayment, message: Message) -> Turn:
        if state.status != "proposed":
            raise Stale("judged", "this payment has been judged")
        policy, today = self._policy(message), self._today(message)
        calendar = policy.business_days(command.closed)
        terms = terms_of(bill, policy.early_payment, policy.terms_days, calendar, today)
        pay_on = calendar.plan(state.pay_on, today) if state.pay_on else terms.pay_on
        said = judged(state, bill, pay_on, terms.offer, policy, message)
        wake_at = process.watch(message) if isinstance(said, PaymentApproved) else None
        return Turn([said], {"status": said.leads_to}, wake_at=wake_at)

    def _schedule(self, state: Payment, bill: Bill, command: SchedulePayment, message: Message) -> Turn:
        if state.status != "approved":
            raise Stale("not-approved", f"this payment is {state.status}")
        calendar = self._policy(message).business_days(command.closed)
        pay_on = calendar.plan(state.pay_on, self._today(message))
        scheduled = steps.scheduled(bill, pay_on)
        return Turn([scheduled], {"status": scheduled.leads_to}, wake_at=None)

    def _reschedule(self, state: Payment, bill: Bill, command: ReschedulePayment, message: Message) -> Turn:
        steps.must_be(state, BEFORE_FILE, "moved to another day")
        policy, today = self._policy(message), self._today(message)
        if not today <= command.pay_on <= today + AHEAD:
            raise Invalid("bad-day", "a payment is made today or on a day of the coming year")
        pay_on = policy.business_days(command.closed).on_or_after(command.pay_on)
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
        said = judged(state, bill, pay_on, state.offer, policy, message, asks)
        done: list[PaymentEvent] = [*withdrawn(state, bill, "it is paid on another day."), moved, said]
        if isinstance(said, PaymentApproved):
            done.append(steps.scheduled(bill, pay_on))
        return Turn(done, {"status": done[-1].leads_to}, wake_at=None)

    def _hear(self, state: Payment, bill: Bill, news: PayeeSeen, message: Message) -> Turn:
        return holding.hear(state, bill, news, message, self._policy(message), self._today(message))

    def _tick(self, state: Payment, bill: Bill, tick: Tick, message: Message) -> Turn:
        if state.suspended:
            return holding.look(state, message)
        return steps.tick(state, bill, tick, message)

    def _policy(self, message: Message) -> Policy:
        return self._policies.of(message.tenant)

    def _today(self, message: Message) -> date:
        return days.local_day(message.at, self._policy(message).time_zone)
