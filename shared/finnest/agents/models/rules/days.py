"""Days: local dates as people say them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNT = rf"(?P<count>\d{{1,3}}|an?|{'|'.join(_NUMBERS)})"
_YEAR = r"(?:,?\s+(?P<year>20\d\d))?"
_WORDS = """
january february march april may june july august september october november december day days week weeks month months
fortnight end next coming today tomorrow date dated time times th st nd rd
"""
WORDS = frozenset([*_DAYS, *_MONTHS, *_NUMBERS, *_WORDS.split()])
"""Words that only say a day."""
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_SLASHED = re.compile(r"(?<![\w/-])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>20\d\d|\d\d))?(?![\w/-])")
_NAMED = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?\s+{_MONTH}{_YEAR}")
_TURNED = re.compile(rf"\b{_MONTH}\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b{_YEAR}")
_ORDINAL = re.compile(r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)\b")
_END_OF = re.compile(rf"\b(?:end|last day) of {_MONTH}{_YEAR}")
_AHEAD = re.compile(
    rf"\b(?:in|within|over|during)\s+(?:the\s+)?(?:next\s+|coming\s+|following\s+)?{_COUNT}\s+(?P<unit>day|week|month)"
    rf"|\b(?:next|coming|following)\s+(?P<more>\d{{1,3}}|{'|'.join(_NUMBERS)})\s+(?P<units>day|week|month)"
)
_NEAR = (("day after tomorrow", 2), ("tomorrow", 1), ("yesterday", -1), ("today", 0), ("tonight", 0))
_WEEKDAY = re.compile(rf"\b(?P<next>next\s+)?(?P<name>{'|'.join(_DAYS)})\b")


def day(text: str, today: date) -> str | None:
    """Return a local date as ISO text: `Friday` is the next one, `next Friday` that of next week."""
    found = _day(text.lower(), today)
    return found.isoformat() if found else None


def _day(low: str, today: date) -> date | None:
    if found := _ISO.search(low):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHED.search(low):
        year = found["year"]
        full = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
        return _coming(int(found["day"]), int(found["month"]), full, today)
    for word, offset in _NEAR:
        if re.search(rf"\b{word}\b", low):
            return today + timedelta(days=offset)
    if found := _NAMED.search(low) or _TURNED.search(low):
        month = _MONTHS.index(found["month"][:3]) + 1
        return _coming(int(found["day"]), month, int(found["year"]) if found["year"] else None, today)
    return _counted(low, today) or _relative(low, today)


def _counted(low: str, today: date) -> date | None:
    if found := _AHEAD.search(low):
        said, unit = found["count"] or found["more"], found["unit"] or found["units"]
        count = int(said) if said.isdigit() else _NUMBERS.index(said) + 1 if said in _NUMBERS else 1
        return today + timedelta(days=count * {"day": 1, "week": 7, "month": 30}[unit])
    if re.search(r"\bfortnight\b", low):
        return today + timedelta(days=14)
    if found := _WEEKDAY.search(low):
        number = _DAYS.index(found["name"])
        if found["next"]:
            return today + timedelta(days=7 - today.weekday() + number)
        return today + timedelta(days=(number - today.weekday()) % 7)
    return None


def _relative(low: str, today: date) -> date | None:
    if found := _END_OF.search(low):
        month = _MONTHS.index(found["month"][:3]) + 1
        year = int(found["year"]) if found["year"] else today.year + (month < today.month)
        return _end(year, month)
    if re.search(r"\bnext month\b", low):
        return _end(today.year + (today.month == 12), today.month % 12 + 1)
    if re.search(r"\b(?:end of (?:the |this )?month|month[- ]end|eom|(?:this|the) month)\b", low):
        return _end(today.year, today.month)
    if re.search(r"\bnext week\b", low):
        return today + timedelta(days=13 - today.weekday())
    if re.search(r"\b(?:this|the) week\b", low):
        return today + timedelta(days=6 - today.weekday())
    if found := _ORDINAL.search(low):
        meant = _date(today.year, today.month, int(found["day"]))
        if meant is not None and meant >= today:
            return meant
        return _date(today.year + (today.month == 12), today.month % 12 + 1, int(found["day"]))
    return None


def _coming(number: int, month: int, year: int | None, today: date) -> date | None:
    meant = _date(year or today.year, month, number)
    if meant is None or year is not None or meant >= today:
        return meant
    return _date(today.year + 1, month, number)


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
