"""A pay run: gathers once, files once. Its payments stand in bodies by hash, so the state stays small."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from finnest.errors import Invalid, Missing, Stale
from finnest.records import Command, Event, Record
from finnest.turn import Claim, Decider, Message, Tick, Turn
from services.payments.domain import days, process
from services.payments.domain.bill import money
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

_FILED = ("file", "entries", "count", "total_cents", "currency")

RunStatus = Literal["", "opened", "filed", "sent", "empty"]


class PayRun(Record):
    """One run."""

    status: RunStatus = ""
    pay_on: date | None = None
    process_on: date | None = None
    format: str = ""
    candidates: str = ""
    candidate_count: int = 0
    file: str = ""
    entries: str = ""
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
                kept = {"candidates": event.candidates, "candidate_count": event.count}
                return state.model_copy(update=kept)
            case PayRunFiled():
                kept = {name: getattr(event, name) for name in _FILED}
                return state.model_copy(update={"status": "filed", **kept})
            case PayRunEmpty():
                return state.model_copy(update={"status": "empty"})
            case PayRunSent():
                return state.model_copy(update={"status": "sent"})
            case ProcessRestarted():
                return state.model_copy(update={"generation": event.generation})
            case _:
                return state

    def _open(self, state: PayRun, command: OpenPayRun, message: Message) -> Turn:
        if state.status:
            return Turn(reply={"status": state.status})
        today = days.local_day(message.at, self._policies.of(message.tenant).time_zone)
        if command.pay_on > today + AHEAD:
            raise Invalid("too-far-ahead", "a pay run is at most a year ahead")
        opened = PayRunOpened(
            pay_on=command.pay_on,
            process_on=days.plan(command.pay_on, today),
            format=command.format,
            summary=f"Pays what is due by {command.pay_on}.",
        )
        start = process.start("start_pay_run", opened.generation)
        return Turn([opened], {"status": "opened"}, [start], wake_at=process.watch(message))


def _gather(state: PayRun, command: GatherPayments) -> Turn:
    if state.status != "opened" or state.candidates:
        raise Stale("gathered", "the payments of this run are fixed")
    if command.count == 0:
        return Turn([PayRunEmpty()], {"status": "empty"}, wake_at=None)
    if command.count > MAX_PAYMENTS:
        raise Invalid("too-many", f"a pay run takes at most {MAX_PAYMENTS} payments")
    gathered = PaymentsGathered(candidates=command.candidates, count=command.count)
    return Turn([gathered], {"status": "opened"})


def _file(state: PayRun, command: FilePayRun) -> Turn:
    if state.status != "opened" or not state.candidates:
        raise Stale("not-open", f"this pay run is {state.status}")
    if not command.payments:
        return Turn([PayRunEmpty()], {"status": "empty"}, wake_at=None)
    if len(set(command.payments)) != len(command.payments) or (len(command.payments) > state.candidate_count):
        raise Invalid("not-gathered", "a file pays what its run has gathered, each once")
    count = len(command.payments)
    filed = PayRunFiled(
        file=command.file,
        entries=command.entries,
        count=count,
        total_cents=command.total_cents,
        summary=f"The file pays {count} for {money(command.total_cents)}.",
    )
    claims = [Claim(f"file/{payment}") for payment in command.payments]
    return Turn([filed], {"status": "filed"}, claims=claims, wake_at=None)


def _send(state: PayRun) -> Turn:
    if state.status != "filed":
        raise Stale("not-filed", f"this pay run is {state.status}, so there is no file to send")
    return Turn([PayRunSent()], {"status": "sent"})


def _abandoned(state: PayRun, told: ProcessTold) -> bool:
    return state.status == "opened" and told.generation == state.generation
