"""Days on which money moves: business days of Australia (by state) and New Zealand (by region).

A day that is none moves to the next one: the bank pays later, never earlier than was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from pydantic import Field

from finnest.records import Command, Record

SATURDAY = 5
KNOWN_UNTIL = 2100
"""Nobody can say which days are holidays later than this; there only weekends count."""
_DAY = timedelta(days=1)


class Closed(Record):
    """On which weekdays from `first` to `last`, both included, banks move no money: what the feature calendar said."""

    place: str
    first: date
    last: date
    days: tuple[date, ...] = Field(max_length=200)


class DatedCommand(Command):
    """Base of commands whose turn asks for business days."""

    closed: Closed | None = None
    """What calendar said when the command was sent. None when it did not answer: then `holidays` counts."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The business days of a place: neither weekend nor public nor bank holiday."""

    name: str
    """`AU`, `AU-NSW`, `NZ`, `NZ-AUK`: a country, and the state or region whose holidays count too."""
    closed: Closed | None = None
    """What counts for the days of its span, when it is about this place; for all others the package counts."""

    def is_business_day(self, day: date) -> bool:
        """Return whether banks move money on the day."""
        if day.weekday() >= SATURDAY:
            return False
        told = self.closed
        if told is not None and told.place == self.name and told.first <= day <= told.last:
            return day not in told.days
        return day.year > KNOWN_UNTIL or day not in _holidays(self.name)

    def on_or_after(self, day: date) -> date:
        """Return the day itself, or the first business day after it."""
        while not self.is_business_day(day):
            day += _DAY
        return day

    def on_or_before(self, day: date) -> date:
        """Return the day itself, or the last business day before it."""
        while not self.is_business_day(day):
            day -= _DAY
        return day

    def plan(self, wanted: date | None, today: date) -> date:
        """Return the first business day from `wanted` on, and not before today."""
        return self.on_or_after(max(wanted or today, today))


def calendar_of(name: str) -> Calendar:
    """Return the calendar.

    Raises:
        ValueError: There is no such calendar.
    """
    if name.partition("-")[0] not in ("AU", "NZ"):
        raise ValueError(f"{name}: a calendar is AU or NZ, with a state or region such as AU-NSW")
    try:
        _holidays(name)
    except NotImplementedError as error:
        raise ValueError(f"{name}: no such state or region") from error
    return Calendar(name)


def local_day(at: datetime, time_zone: str) -> date:
    """Return the calendar day of an instant in a time zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


@lru_cache(maxsize=64)
def _holidays(name: str) -> holidays.HolidayBase:
    country, _, place = name.partition("-")
    kind = holidays.AU if country == "AU" else holidays.NZ
    kinds = [k for k in (holidays.PUBLIC, holidays.BANK) if k in kind.supported_categories]
    return holidays.country_holidays(country, subdiv=place or None, categories=kinds)
