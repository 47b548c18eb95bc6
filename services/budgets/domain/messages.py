"""What a budget takes and says."""

from __future__ import annotations

from datetime import datetime

from finnest.records import Command, Event, Record


class Limit(Record):
    """What a level may spend in a calendar month (UTC); None is no bound."""

    tokens: int | None = None
    micros: int | None = None
    """Millionths of a US dollar."""
    stopped: bool = False
    """True while nothing of this level may run."""


class Used(Record):
    """What a level has spent this month."""

    tokens: int = 0
    micros: int = 0


class Held(Record):
    """A reservation."""

    scopes: tuple[str, ...]
    tokens: int
    micros: int
    until: datetime


class SetLimit(Command):
    """Set what a level may spend."""

    wire = "budgets.set_limit.v1"
    scope: str
    limit: Limit


class Reserve(Command):
    """Put an amount aside on all levels, or on none."""

    wire = "budgets.reserve.v1"
    key: str
    scopes: tuple[str, ...]
    tokens: int
    micros: int


class Settle(Command):
    """Count what was really spent, and free the rest."""

    wire = "budgets.settle.v1"
    key: str
    tokens: int
    micros: int


class LimitSet(Event):
    """A level has another limit."""

    wire = "budgets.limit_set.v1"
    scope: str
    limit: Limit


class Reserved(Event):
    """An amount is put aside."""

    wire = "budgets.reserved.v1"
    key: str
    held: Held


class Settled(Event):
    """An amount is spent."""

    wire = "budgets.settled.v1"
    key: str
    tokens: int
    micros: int


class Released(Event):
    """Reservations are free again."""

    wire = "budgets.released.v1"
    keys: tuple[str, ...]


class MonthBegun(Event):
    """What was spent counts from nothing."""

    wire = "budgets.month_begun.v1"
    month: str


class Warned(Event):
    """A level has used four fifths of its limit."""

    wire = "budgets.warned.v1"
    scope: str
    summary: str
