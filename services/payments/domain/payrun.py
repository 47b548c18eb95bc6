"""A pay run: gathers once, files once. Its payments stand in bodies by hash, so the state stays small."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from finnest.errors import Invalid, Missing, Stale
from finnest.records import Command, Event, Record
from finnest.turn import Claim, Decider, Message, Tick, Turn
from services.payments.domain import days, process
from services.payments.domain.bill import money
from services.payments.domain.entry import file_claim
from services.payments.domain.payer import Format
from services.payments.domain.policy import Policies
from services.payments.domain.process import ProcessRestarted, ProcessStarted, ProcessTold
from services.payments.domain.run_messages import (
    FilePayRun,
    GatherPayments,
    OpenPayRun,
    PaymentsGathered,
    PayRunEmpty,
    PayRunFiled,
    PayRunOpened,
    PayRunSent,
    SendPayRun,
)

MAX_PAYMENTS = 1_000
AHEAD = timedelta(days=366)

_FILED = ("file", "entries", "left_out", "count", "total_cents", "currency")

RunStatus = Literal["", "opened", "filed", "sent", "empty"]


class PayRun(Record):
    """One run."""

    status: RunStatus = ""
    pay_on: date | None = None
    process_on: date | None = None
    format: Format = "aba"
    cash_limit_cents: int | None = None
    opened_at: datetime | None = None
    candidates: str = ""
    candidate_count: int = 0
    file: str = ""
    entries: str = ""
    left_out: str = ""
    count: int = 0
    total_cents: int = 0
    currency: str = "AUD"
    generation: int = 0


class PayRuns(Decider[PayRun]):
    """Decides pay runs."""

    kind = "run"
    schema = 1
    newborn = PayRun()
    commands: Sequence[type[Command]] = (
        OpenPayRun,
        GatherPayments,
        FilePayRun,
        SendPayRun,
        ProcessStarted,
        ProcessTold,
    )
    events: Sequence[type[Event]] = (
        PayRunOpened,
        PaymentsGathered,
        PayRunFiled,
        PayRunEmpty,
        PayRunSent,
        ProcessRestarted,
    )

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def decide(self, state: PayRun, command: Command, message: Message) -> Turn:
        if isinstance(command, OpenPayRun):
            return self._open(state, command, message)
        if not state.status:
            raise Missing("no-such-pay-run", "there is no such pay run")
        match command:
            case GatherPayments():
                return _gather(state, command)
            case FilePayRun():
                return _file(state, command)
            case SendPayRun():
                return _send(state)
            case Tick() if state.status == "opened":
                tell = process.start("tell_pay_run", state.generation)
                return Turn(starts=[tell], wake_at=process.watch(message))
            case ProcessTold(found=False) if _abandoned(state, command):
                restarted = ProcessRestarted(generation=state.generation + 1)
                start = process.start("start_pay_run", restarted.generation)
                return Turn([restarted], starts=[start], wake_at=process.watch(message))
            case _:
                return Turn()

    def evolve(self, state: PayRun, event: Event) -> PayRun:
        match event:
            case PayRunOpened():
                return PayRun(status="opened", **event.model_dump())
            case PaymentsGathered():
                kept = {"candidates": event.candidates, "left_out": event.left_out}
                return state.model_copy(update={**kept, "candidate_count": event.count})
            case PayRunFiled():
                kept = {name: getattr(event, name) for name in _FILED}
                return state.model_copy(update={"status": "filed", **kept})
            case PayRunEmpty():
                kept = {"entries": event.entries, "left_out": event.left_out}
                return state.model_copy(update={"status": "empty", **kept})
            case PayRunSent():
                return state.model_copy(update={"status": "sent"})
            case ProcessRestarted():
                return state.model_copy(update={"generation": event.generation})
            case _:
                return state

    def _open(self, state: PayRun, command: OpenPayRun, message: Message) -> Turn:
        if state.status:
            return Turn(reply={"status": state.status})
        policy = self._policies.of(message.tenant)
        takes = policy.payer.formats
        format = command.format or takes[0]
        if format not in takes:
            raise Invalid("not-this-bank", f"an account in {policy.payer.currency} has no {format} file")
        today = days.local_day(message.at, policy.time_zone)
        if command.pay_on > today + AHEAD:
            raise Invalid("too-far-ahead", "a pay run is at most a year ahead")
        limit = command.cash_limit_cents
        opened = PayRunOpened(
            pay_on=command.pay_on,
            process_on=policy.business_days(command.closed).plan(command.pay_on, today),
            format=format,
            cash_limit_cents=policy.cash_limit_cents if limit is None else limit,
            opened_at=message.at,
            currency=policy.payer.currency,
            summary=f"Pays what is due by {command.pay_on}.",
        )
        start = process.start("start_pay_run", opened.generation)
        return Turn([opened], {"status": "opened"}, [start], wake_at=process.watch(message))


def _gather(state: PayRun, command: GatherPayments) -> Turn:
    if state.status != "opened" or state.candidates:
        raise Stale("gathered", "the payments of this run are fixed")
    if command.count == 0:
        return Turn([_empty("", command.left_out)], {"status": "empty"}, wake_at=None)
    if command.count > MAX_PAYMENTS:
        raise Invalid("too-many", f"a pay run takes at most {MAX_PAYMENTS} payments")
    gathered = PaymentsGathered.model_validate(command.model_dump())
    return Turn([gathered], {"status": "opened"})


def _empty(entries: str, left_out: str) -> PayRunEmpty:
    if entries:
        summary = "The bank has nothing to pay: credit notes cover what was due."
    else:
        summary = "What is due was left out." if left_out else "Nothing was due."
    return PayRunEmpty(entries=entries, left_out=left_out, summary=summary)


def _file(state: PayRun, command: FilePayRun) -> Turn:
    if state.status != "opened" or not state.candidates:
        raise Stale("not-open", f"this pay run is {state.status}")
    if not command.payments:
        empty = _empty(command.entries, command.left_out)
        return Turn([empty], {"status": "empty"}, wake_at=None)
    if len(set(command.payments)) != len(command.payments) or (len(command.payments) > state.candidate_count):
        raise Invalid("not-gathered", "a file pays what its run has gathered, each once")
    count = len(command.payments)
    filed = PayRunFiled(
        file=command.file,
        entries=command.entries,
        left_out=command.left_out,
        count=count,
        total_cents=command.total_cents,
        currency=state.currency,
        summary=f"The file pays {count} for {money(command.total_cents, state.currency)}.",
    )
    claims = [Claim(file_claim(payment, command.takes.get(payment, 1))) for payment in command.payments]
    return Turn([filed], {"status": "filed"}, claims=claims, wake_at=None)


def _send(state: PayRun) -> Turn:
    if state.status != "filed":
        raise Stale("not-filed", f"this pay run is {state.status}, so there is no file to send")
    return Turn([PayRunSent()], {"status": "sent"})


def _abandoned(state: PayRun, told: ProcessTold) -> bool:
    return state.status == "opened" and told.generation == state.generation
