"""Slots: values of a stated kind, found in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from finnest.agents.models.rules.words import stems

_NUMBER = r"(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)(?P<k>\s?k\b)?"
_OTHER = _NUMBER.replace("?P<n>", "?P<m>").replace("?P<k>", "?P<j>")
_MONEY = re.compile(
    rf"(?:(?:AUD|NZD|\$|A\$|NZ\$)\s?{_NUMBER}|{_OTHER}\s?(?:dollars|AUD|NZD|bucks))", re.IGNORECASE
)
_UPPER = r"(?:below|under|less than|up to|at most|no more than|smaller than|within|max(?:imum)?(?: of)?)"
_LOWER = r"(?:above|over|more than|at least|greater than|larger than|exceeding|min(?:imum)?(?: of)?)"
_BOUNDED = {
    "max": re.compile(rf"{_UPPER}\s+(?:AUD|NZD|A\$|NZ\$|\$)?\s?{_NUMBER}", re.IGNORECASE),
    "min": re.compile(rf"{_LOWER}\s+(?:AUD|NZD|A\$|NZ\$|\$)?\s?{_NUMBER}", re.IGNORECASE),
}
_ID = re.compile(r"\b(?:inv|pay|mat|ord|run|apr|sup)-[a-z0-9]{4,40}\b")
_DOCUMENT = re.compile(r"\b(?=[\w/-]*\d)[A-Z]{1,10}[A-Za-z]{0,6}[-/#]?\d[\w/-]*\b|#\d[\w/-]*")
_QUOTED = re.compile(r"[\"“']([^\"”']{1,200})[\"”']")
_NAME = re.compile(
    r"\b(?:from|for|to|of|by|about|supplier|vendor|with)\s+"
    r"((?:the\s+)?[A-Z0-9][\w&'.-]*(?:\s+(?:[A-Z0-9&][\w&'.-]*|of|and|&)(?=\s|$|[?.,!]))*)"
)
_ANY_NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b([A-Z][\w&'-]+(?:\s+[A-Z][\w&'-]+)*)\b")
_BECAUSE = re.compile(
    r"\b(?:because|as|since|reason:?|saying|with the reason)\s+(.{3,200}?)[.!]?$", re.IGNORECASE
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CALENDAR = """
january february march april may june july august september october november december today tomorrow
monday tuesday wednesday thursday friday saturday sunday aba po gst aud nzd abn i
"""
_NOT_NAMES = frozenset(_CALENDAR.split())


def find(schema: Mapping[str, Any], text: str, today: date) -> Any:
    """Return the value of a parameter that the sentence holds, or None."""
    slot = dict(schema.get("x-slot", {}))
    kind = slot.get("kind")
    if kind == "money":
        return money(text, slot.get("bound"))
    if kind == "choice" or "enum" in schema or "const" in schema:
        return _choice(schema, slot, text)
    reader = _READERS.get(str(kind))
    if reader is not None:
        return reader(text, today)
    for option in schema.get("anyOf", ()):
        found = find({**option, **({"x-slot": slot} if slot else {})}, text, today)
        if found is not None:
            return found
    if schema.get("format") == "date":
        return day(text, today)
    if schema.get("type") == "integer":
        return _count(text)
    return None


def money(text: str, bound: str | None = None) -> str | None:
    """Return an amount as decimal text; with a bound, only one that the sentence gives as that bound."""
    found = _BOUNDED[bound].search(text) if bound else _MONEY.search(text)
    if found is None:
        return None
    groups = found.groupdict()
    number = (groups.get("n") or groups.get("m") or "").replace(",", "")
    thousand = groups.get("k") or groups.get("j")
    return str(int(float(number) * 1000)) if thousand else number


def day(text: str, today: date) -> str | None:
    """Return a local date as ISO text: `Friday` is the next one, today included."""
    low = text.lower()
    if found := re.search(r"\b(\d{4})-(\d{2})-(\d{2})\b", low):
        return found.group(0)
    for word, offset in (
        ("day after tomorrow", 2),
        ("tomorrow", 1),
        ("yesterday", -1),
        ("today", 0),
        ("tonight", 0),
    ):
        if re.search(rf"\b{word}\b", low):
            return (today + timedelta(days=offset)).isoformat()
    if found := re.search(r"\bin (\d{1,3}) (day|week)s?\b", low):
        return (today + timedelta(days=int(found[1]) * (7 if found[2] == "week" else 1))).isoformat()
    for number, name in enumerate(_DAYS):
        if found := re.search(rf"\b(next )?{name}\b", low):
            ahead = (number - today.weekday()) % 7
            return (today + timedelta(days=ahead + (7 if found[1] and ahead == 0 else 0))).isoformat()
    if re.search(r"\b(end of (the )?month|month[- ]end)\b", low):
        first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return (first - timedelta(days=1)).isoformat()
    if re.search(r"\b(this|the) week\b", low):
        return (today + timedelta(days=6 - today.weekday())).isoformat()
    if re.search(r"\bnext week\b", low):
        return (today + timedelta(days=13 - today.weekday())).isoformat()
    return _named_day(low, today)


def _named_day(low: str, today: date) -> str | None:
    months = "|".join(_MONTHS)
    found = re.search(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({months})[a-z]*\b", low)
    turned = re.search(rf"\b({months})[a-z]* (\d{{1,2}})(?:st|nd|rd|th)?\b", low)
    if not found and not turned:
        return None
    number, month = (found[1], found[2]) if found else (turned[2], turned[1]) if turned else ("", "")
    try:
        meant = date(today.year, _MONTHS.index(month) + 1, int(number))
    except ValueError:
        return None
    return (meant if meant >= today else meant.replace(year=today.year + 1)).isoformat()


def document(text: str, _: date) -> str | None:
    """Return an id or a document's number."""
    if found := _ID.search(text):
        return found.group(0)
    if found := _DOCUMENT.search(text):
        return found.group(0).lstrip("#")
    return None


def name(text: str, _: date) -> str | None:
    """Return the name of a business that the sentence mentions."""
    if found := _QUOTED.search(text):
        return found.group(1)
    for pattern in (_NAME, _ANY_NAME):
        for found in pattern.finditer(text):
            said = re.sub(r"^the\s+", "", found.group(1)).rstrip(".,?!")
            said = re.sub(r"'s$", "", said)
            first = said.split()[0].lower() if said.split() else ""
            if said and first not in _NOT_NAMES and not _DOCUMENT.fullmatch(said) and not said[0].isdigit():
                return said
    return None


def reason(text: str, _: date) -> str | None:
    """Return why, when the sentence says so."""
    found = _BECAUSE.search(text)
    return found.group(1).strip() if found else None


def _count(text: str) -> int | None:
    found = re.search(
        r"\b(?:top|first|last|latest|newest|biggest|largest)\s+(\d{1,3})\b", text, re.IGNORECASE
    )
    return int(found.group(1)) if found else None


def _choice(schema: Mapping[str, Any], slot: Mapping[str, Any], text: str) -> str | None:
    said = f" {' '.join(stems(text))} "
    words: dict[str, str] = {str(value).replace("_", " "): str(value) for value in schema.get("enum", ())}
    words |= dict(slot.get("words", {}))
    for option in schema.get("anyOf", ()):
        words |= {str(value).replace("_", " "): str(value) for value in option.get("enum", ())}
    for phrase in sorted(words, key=len, reverse=True):
        meant = " ".join(stems(phrase))
        if meant and f" {meant} " in said:
            return words[phrase]
    return None


_READERS: Mapping[str, Callable[[str, date], Any]] = {
    "date": day,
    "document": document,
    "supplier": name,
    "text": reason,
}
