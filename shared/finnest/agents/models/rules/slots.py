"""Slots: values of a stated kind, found in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from finnest.agents.models.rules.days import day
from finnest.agents.models.rules.names import documents, names
from finnest.agents.models.rules.words import holds, light, tokens

_SIGN = r"(?:AUD|NZD|AU\$|NZ\$|A\$|\$)\s?"
_NUMBER = r"(?<!\d)(?:\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,2})?|\d{1,12}(?:\.\d{1,2})?)"
_TIMES = r"(?:\s?(?P<k>k)\b)?"
_NOT_MONEY = (
    r"(?![\d/-]|[.,]\d|\s*(?:days?|weeks?|months?|years?|hours?|invoices?|bills?|payments?|suppliers?|requests?|people|%"
    r"|st|nd|rd|th|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
)
_AMOUNT = rf"(?:{_SIGN})?(?P<n>{_NUMBER}){_TIMES}{_NOT_MONEY}"
_SURE = re.compile(
    rf"{_SIGN}(?P<n>{_NUMBER}){_TIMES}|\b(?P<m>{_NUMBER})\s?(?:(?P<j>k)\b|dollars|bucks|AUD|NZD)",
    re.IGNORECASE,
)
_WORDS = {
    "max": r"below|under|less than|lower than|cheaper than|smaller than|up to|at most|no(?:t)? more than|not over"
    r"|within|max(?:imum)?(?: of)?|<=?",
    "min": r"above|over|(?<!no )(?<!not )more than|at least|greater than|larger than|bigger than|higher than|exceeding"
    r"|from|min(?:imum)?(?: of)?|>=?",
}
_AFTER = {"max": r"or (?:less|below|under|lower)", "min": r"(?:or|and) (?:more|above|over|higher|up)|\+|plus"}
_BOUNDED = {
    bound: (
        re.compile(rf"(?<!\w)(?:{words})\s*{_AMOUNT}", re.IGNORECASE),
        re.compile(rf"(?:{_SIGN})?(?P<n>{_NUMBER}){_TIMES}\s*(?:{_AFTER[bound]})(?!\w)", re.IGNORECASE),
    )
    for bound, words in _WORDS.items()
}
_BETWEEN = re.compile(
    rf"\b(?:between|from)\s+(?:{_SIGN})?(?P<low>{_NUMBER})(?P<lk>\s?k\b)?\s+(?:and|to)\s+(?:{_SIGN})?(?P<high>{_NUMBER})"
    r"(?P<hk>\s?k\b)?",
    re.IGNORECASE,
)
REASON = re.compile(
    r"[\s,;:]+(?:because|reason(?: is)?:?|saying|with the reason|(?:as|since)\s+(?=(?:it|we|the|they|he|she|this|that"
    r"|there|i|our|its|their|you)\b))\s*(?P<why>.{3,200}?)[.!]*$",
    re.IGNORECASE,
)
"""Why, at the end of a sentence."""


def find(schema: Mapping[str, Any], text: str, today: date, known: Collection[str] = ()) -> Any:
    """Return the value of a parameter that the sentence holds, or None."""
    slot = dict(schema.get("x-slot", {}))
    kind = slot.get("kind")
    if kind == "money":
        return money(text, slot.get("bound"))
    if kind == "choice" or "enum" in schema or "const" in schema:
        return choice(schema, text)
    if kind in ("supplier", "about"):
        found = [*(documents(text) if kind == "about" else ()), *names(text, known)]
        return found[0] if found else None
    reader = _READERS.get(str(kind))
    if reader is not None:
        return reader(text, today)
    for option in schema.get("anyOf", ()):
        found = find({**option, **({"x-slot": slot} if slot else {})}, text, today, known)
        if found is not None:
            return found
    if schema.get("format") == "date":
        return day(text, today)
    return _count(text) if schema.get("type") == "integer" else None


def money(text: str, bound: str | None = None) -> str | None:
    """Return an amount as decimal text; with a bound, only one that the sentence gives as that bound."""
    if bound is None:
        found = _SURE.search(text)
        groups = found.groupdict() if found else {}
        return _decimal(groups.get("n") or groups.get("m"), groups.get("k") or groups.get("j"))
    if found := _BETWEEN.search(text):
        low, high = ("low", "lk"), ("high", "hk")
        number, thousand = low if bound == "min" else high
        return _decimal(found[number], found[thousand])
    for pattern in _BOUNDED[bound]:
        if found := pattern.search(text):
            return _decimal(found["n"], found["k"])
    return None


def amounts(text: str) -> list[str]:
    """Return every amount of money, whatever it bounds."""
    return [found.group(0) for found in _SURE.finditer(text)]


def choice(schema: Mapping[str, Any], text: str) -> str | None:
    """Return the value of a choice whose words the sentence has; of several the longest."""
    said = [light(word) for word in tokens(text)]
    words: dict[str, str] = {str(value).replace("_", " "): str(value) for value in schema.get("enum", ())}
    for option in schema.get("anyOf", ()):
        words |= {str(value).replace("_", " "): str(value) for value in option.get("enum", ())}
    words |= dict(schema.get("x-slot", {}).get("words", {}))
    for phrase in sorted(words, key=len, reverse=True):
        if holds(said, [light(word) for word in tokens(phrase)], gap=0):
            return words[phrase]
    return None


def reason(text: str, _: date) -> str | None:
    """Return why, when the sentence says so."""
    found = REASON.search(text)
    return found["why"].strip() if found else None


def document(text: str, _: date) -> str | None:
    """Return the first id or number of a document."""
    return next(iter(documents(text)), None)


def draft(text: str, _: date) -> str | None:
    """Return the id of a draft."""
    found = _DRAFT.search(text)
    return found.group(0) if found else None


def _decimal(number: str | None, thousand: str | None) -> str | None:
    if number is None:
        return None
    plain = number.replace(",", "")
    return f"{float(plain) * 1000:.0f}" if thousand and thousand.strip() else plain


def _count(text: str) -> int | None:
    found = re.search(
        r"\b(?:top|first|last|latest|newest|biggest|largest)\s+(\d{1,3})\b", text, re.IGNORECASE
    )
    return int(found.group(1)) if found else None


def said(text: str, _: date) -> str | None:
    """Return what somebody wants kept in mind, or out of it."""
    found = _SAID.search(text)
    return found.group(1).strip() if found else None


_SAID = re.compile(r"\b(?:remember|forget)\s+(?:that\s+)?(.{2,240}?)[.!]?\s*$", re.IGNORECASE)
_DRAFT = re.compile(r"\bdrf-[a-z0-9]{4,40}\b")
_READERS: Mapping[str, Callable[[str, date], Any]] = {
    "date": day,
    "draft": draft,
    "document": document,
    "said": said,
    "text": reason,
}
