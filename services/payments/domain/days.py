"""Days on which money moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def local_day(at: datetime, time_zone: str) -> date:
    """Return the calendar day of an instant in a time zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def workday(day: date) -> date:
    """Return the day itself, or the Monday after it when it falls on a weekend."""
    late = day.weekday() - SATURDAY
    return day + timedelta(days=2 - late) if late >= 0 else day


def plan(wanted: date | None, today: date) -> date:
    """Return the first day from `wanted` on, and not before today, on which banks work."""
    return workday(max(wanted or today, today))
