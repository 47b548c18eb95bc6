"""Amounts in words: “two thousand dollars” is read as “2000 dollars”."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL: Mapping[str, int] = {
    **{word: number for number, word in enumerate([*_ONES, *_TEENS], 1)},
    **{word: number * 10 for number, word in enumerate(_TENS, 2)},
}
_SCALES: Mapping[str, int] = {"thousand": 1_000, "grand": 1_000, "million": 1_000_000}
_WORD = rf"(?:{'|'.join([*_SMALL, *_SCALES, 'hundred', 'an?'])}|\d{{1,6}}(?:\.\d{{1,3}})?)"
_WORDS = rf"{_WORD}(?:(?:\s+and\s+|[\s-]+){_WORD}){{0,9}}"
_MONEY = re.compile(
    r"(?<![\w.$,-])(?<!half )(?<!few )(?<!couple of )(?<!several )"
    rf"(?P<words>{_WORDS})(?=\s+(?:dollars?|bucks|AUD|NZD)\b)",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(?P<before>(?:below|under|over|above|exceeding|less than|more than|up to|at least|at most)\s+)"
    rf"(?P<words>{_WORDS})(?![\w-])",
    re.IGNORECASE,
)
_KEPT = re.compile(r"\b(?:remember|forget)\b", re.IGNORECASE)
"""What is to be kept in mind is kept in its own words."""


def with_figures(text: str) -> str:
    """Return the text with amounts in figures; words for numbers that are no plain amount stay."""
    if _KEPT.search(text):
        return text
    money = _MONEY.sub(lambda found: _figure(found["words"]) or found[0], text)

    def bounded(found: re.Match[str]) -> str:
        words = found["words"].lower().split()
        large = any(word in (*_SCALES, "hundred") for word in words)
        figure = _figure(found["words"]) if large else ""
        return f"{found['before']}${figure}" if figure else found[0]

    return _BOUND.sub(bounded, money)


def _figure(said: str) -> str:
    """Return the number in figures, or nothing when the words are no number."""
    words = [word for word in re.split(r"[\s-]+", said.lower()) if word != "and"]
    if all(word[0].isdigit() for word in words):
        return ""
    total, part, last = Decimal(0), Decimal(0), Decimal(0)
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else ""
        if word in _SCALES:
            total, part, last = total + (part or 1) * _SCALES[word], Decimal(0), Decimal(0)
        elif word == "hundred":
            part, last = (part or 1) * 100, Decimal(100)
        elif word in ("a", "an"):
            if after not in (*_SCALES, "hundred"):
                return ""
        else:
            value = Decimal(word) if word[0].isdigit() else Decimal(_SMALL[word])
            # “twenty five” and “hundred five” go on; “five twenty” and “one two” are no number.
            if last and not (last >= 100 or (last >= 20 and value < 10)):
                return ""
            part, last = part + value, value
    whole = total + part
    return f"{whole:f}".rstrip("0").rstrip(".") if whole != whole.to_integral() else f"{whole:.0f}"
