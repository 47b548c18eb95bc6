"""Which line of an order a line of an invoice or receipt means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from services.matching.documents.papers import Line

How = Literal["line", "item", "description"]
ALIKE = 0.6
"""Share of words that two descriptions must have in common to mean the same."""
FUZZY_LINES = 200
"""Orders with more lines are not searched for similar descriptions."""
_IDS = ("standard_id", "buyers_id", "sellers_id")


@dataclass(frozen=True, slots=True)
class Paired:
    """The order's line that is meant; `conflict` when the item ids of the two differ."""

    line: Line
    how: How
    conflict: bool = False


class Pairing:
    """Finds lines of one order: by reference, by item ids, by description as the last resort."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self._by_id = {line.id: line for line in lines}
        self._by_item: Mapping[str, dict[str, list[Line]]] = {name: {} for name in _IDS}
        self._by_text: dict[frozenset[str], list[Line]] = {}
        for line in lines:
            for name in _IDS:
                if code := _code(line, name):
                    self._by_item[name].setdefault(code, []).append(line)
            self._by_text.setdefault(_words(line.name), []).append(line)

    def find(self, line: Line, fits: Callable[[Line], bool] = lambda _: True) -> Paired | None:
        """Return what the line means, or None.

        Of several candidates the first that `fits` is meant, else the first.
        """
        referred = self._by_id.get(line.order_line)
        by_item = self._items(line)
        if referred is not None:
            differs = _differ(line, referred)
            if differs and by_item:
                return Paired(_best(by_item, fits), "item")
            return Paired(referred, "line", conflict=differs)
        if by_item:
            return Paired(_best(by_item, fits), "item")
        by_text = self._texts(line)
        return Paired(_best(by_text, fits), "description") if by_text else None

    def _items(self, line: Line) -> list[Line]:
        for name in _IDS:
            found = self._by_item[name].get(_code(line, name))
            if found:
                return found
        return []

    def _texts(self, line: Line) -> list[Line]:
        words = _words(line.name)
        if not words:
            return []
        if words in self._by_text:
            return self._by_text[words]
        if len(self._by_id) > FUZZY_LINES:
            return []
        shares = [(len(words & other) / len(words | other), other) for other in self._by_text if other]
        close = sorted((pair for pair in shares if pair[0] >= ALIKE), key=lambda pair: -pair[0])
        # Two that are equally close are a guess, and a guess pays the wrong thing.
        alone = close and (len(close) == 1 or close[0][0] > close[1][0])
        return self._by_text[close[0][1]] if alone else []


def _best(lines: list[Line], fits: Callable[[Line], bool]) -> Line:
    return next((line for line in lines if fits(line)), lines[0])


def _differ(one: Line, other: Line) -> bool:
    pairs = [(_code(one, name), _code(other, name)) for name in _IDS]
    known = [(a, b) for a, b in pairs if a and b]
    return bool(known) and all(a != b for a, b in known)


def _code(line: Line, name: str) -> str:
    return re.sub(r"[\s-]", "", str(getattr(line, name))).upper()


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.lower()))
