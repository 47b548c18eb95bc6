"""A small bank for the simulation: accounts that claim, wait and cause effects, and books that follow them.

accounts.deposited ──► ledger.record ──► ledger.recorded ──► accounts.acknowledge
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from finnest.errors import Invalid
from finnest.ids import digest
from finnest.letters import Letters, Pings
from finnest.manifest import Consumed, Manifest
from finnest.records import Command, Event, Record
from finnest.turn import Claim, Decider, EffectFailed, Message, Start, Tick, Turn

CREDIT = 5


class Deposit(Command):
    wire = "accounts.deposit.v1"
    cents: int
    slip: str
    """Names the piece of paper; it counts for one account only."""
    strict: bool = False
    """Refuse a slip that another account has, instead of noting it."""
    report: bool = False


class Withdraw(Command):
    wire = "accounts.withdraw.v1"
    cents: int
    report: bool = False


class Look(Command):
    wire = "accounts.look.v1"


class Hold(Command):
    wire = "accounts.hold.v1"
    seconds: float


class Break(Command):
    """No rule can take this one."""

    wire = "accounts.break.v1"


class Reported(Command):
    wire = "accounts.reported.v1"
    receipt: str


class Confirmed(Command):
    wire = "accounts.confirmed.v1"
    receipt: str


class Acknowledge(Command):
    wire = "accounts.acknowledge.v1"
    account: str
    cents: int

    def address(self) -> str:
        return self.account


class Deposited(Event):
    wire = "accounts.deposited.v1"
    cents: int
    slip: str


class Duplicate(Event):
    wire = "accounts.duplicate.v1"
    slip: str
    of: str


class Withdrawn(Event):
    wire = "accounts.withdrawn.v1"
    cents: int


class Held(Event):
    wire = "accounts.held.v1"
    until: datetime


class Released(Event):
    wire = "accounts.released.v1"


class ReportFiled(Event):
    wire = "accounts.report_filed.v1"
    receipt: str


class ReportConfirmed(Event):
    wire = "accounts.report_confirmed.v1"
    receipt: str


class ReportFailed(Event):
    wire = "accounts.report_failed.v1"
    effect: str


class Acknowledged(Event):
    wire = "accounts.acknowledged.v1"
    cents: int


class Account(Record):
    balance: int = 0
    acknowledged: int = 0
    held_until: datetime | None = None


class Accounts(Decider[Account]):
    kind = "acct"
    schema = 1
    newborn = Account()
    commands: Sequence[type[Command]] = (
        Deposit, Withdraw, Look, Hold, Break, Reported, Confirmed, Acknowledge,
    )  # fmt: skip
    events: Sequence[type[Event]] = (
        Deposited, Duplicate, Withdrawn, Held, Released,
        ReportFiled, ReportConfirmed, ReportFailed, Acknowledged,
    )  # fmt: skip

    def decide(self, state: Account, command: Command, message: Message) -> Turn:
        match command:
            case Deposit():
                return _deposit(state, command)
            case Withdraw(cents=cents):
                if cents > state.balance + CREDIT:
                    raise Invalid("too-little", f"there are {state.balance}")
                reply = {"balance": state.balance - cents}
                return Turn([Withdrawn(cents=cents)], reply, starts=_report(command))
            case Hold(seconds=seconds):
                until = message.at + timedelta(seconds=seconds)
                return Turn([Held(until=until)], wake_at=until)
            case Tick():
                return Turn([Released()])
            case Reported(receipt=receipt):
                start = Start(effect="confirm", args={"receipt": receipt})
                starts = [start] if wants_confirmation(receipt) else []
                return Turn([ReportFiled(receipt=receipt)], starts=starts)
            case Confirmed(receipt=receipt):
                return Turn([ReportConfirmed(receipt=receipt)])
            case EffectFailed(effect=effect):
                return Turn([ReportFailed(effect=effect)])
            case Acknowledge(cents=cents):
                return Turn([Acknowledged(cents=cents)])
            case Break():
                raise ZeroDivisionError
            case _:
                return Turn(reply={"balance": state.balance})

    def evolve(self, state: Account, event: Event) -> Account:
        match event:
            case Deposited(cents=cents):
                return state.model_copy(update={"balance": state.balance + cents})
            case Withdrawn(cents=cents):
                return state.model_copy(update={"balance": state.balance - cents})
            case Acknowledged(cents=cents):
                return state.model_copy(update={"acknowledged": state.acknowledged + cents})
            case Held(until=until):
                return state.model_copy(update={"held_until": until})
            case Released():
                return state.model_copy(update={"held_until": None})
            case _:
                return state


def _deposit(state: Account, command: Deposit) -> Turn:
    def noted(holder: str) -> Turn:
        return Turn([Duplicate(slip=command.slip, of=holder)], {"duplicate_of": holder})

    return Turn(
        [Deposited(cents=command.cents, slip=command.slip)],
        {"balance": state.balance + command.cents},
        starts=_report(command),
        claims=[Claim(slip_claim(command.slip), None if command.strict else noted)],
    )


def _report(command: Deposit | Withdraw) -> list[Start]:
    return [Start(effect="report", args={"cents": command.cents})] if command.report else []


def wants_confirmation(receipt: str) -> bool:
    return receipt < "m"


def slip_claim(slip: str) -> str:
    return f"slip {slip}"


class RecordDeposit(Command):
    wire = "ledger.record.v1"
    source: str
    cents: int

    def address(self) -> str:
        return f"book-{'ab'[digest(self.source)[0] < 'm']}"


class Recorded(Event):
    wire = "ledger.recorded.v1"
    account: str
    cents: int


class Book(Record):
    totals: dict[str, int] = {}


class Books(Decider[Book]):
    kind = "book"
    schema = 1
    newborn = Book()
    commands: Sequence[type[Command]] = (RecordDeposit,)
    events: Sequence[type[Event]] = (Recorded,)

    def decide(self, state: Book, command: Command, message: Message) -> Turn:
        assert isinstance(command, RecordDeposit)
        return Turn([Recorded(account=command.source, cents=command.cents)])

    def evolve(self, state: Book, event: Event) -> Book:
        assert isinstance(event, Recorded)
        total = state.totals.get(event.account, 0) + event.cents
        return Book(totals={**state.totals, event.account: total})


ACCOUNTS = Manifest(
    name="accounts",
    summary="keeps accounts",
    commands=("accounts.deposit.v1",),
    consumes=(Consumed(event="ledger.recorded.v1", mode="react", take="accounts.acknowledge.v1"),),
)
LEDGER = Manifest(
    name="ledger",
    summary="keeps books",
    commands=("ledger.record.v1",),
    consumes=(
        Consumed(event="accounts.deposited.v1", mode="react", take="ledger.record.v1"),
        Consumed(event="accounts.*", mode="project"),
    ),
)
MANIFESTS = (ACCOUNTS, LEDGER)
LETTERS = {m.name: Letters(m.name) for m in MANIFESTS}
RULES: dict[str, Sequence[Decider[Any]]] = {
    "accounts": [Accounts(), Pings("accounts"), LETTERS["accounts"]],
    "ledger": [Books(), Pings("ledger"), LETTERS["ledger"]],
}
