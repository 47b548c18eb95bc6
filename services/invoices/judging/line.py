"""Documents that wait for a worker: senders take turns, whatever each of them sends."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class LineFull(Exception):
    """As many wait as may; who has most of them waiting is told so."""


class Line(Generic[T]):
    """At most `places` wait; the next is always of the sender that has waited longest for its turn."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._waiting: OrderedDict[str, deque[asyncio.Future[T]]] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(line) for line in self._waiting.values())

    def join(self, sender: str) -> asyncio.Future[T]:
        """Return a place; when none is left, the last one of a sender with more of them is given up.

        Raises:
            LineFull: No sender has more documents waiting; also set on the place that is given up.
        """
        if len(self) >= self._places:
            most = max(self._waiting, key=lambda name: len(self._waiting[name]), default=sender)
            if len(self._waiting.get(most, ())) <= len(self._waiting.get(sender, ())) + 1:
                raise LineFull
            place = self._waiting[most].pop()
            if not place.done():
                place.set_exception(LineFull())
        place = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(sender, deque()).append(place)
        return place

    def next(self) -> asyncio.Future[T] | None:
        """Take the next place out of the line; None when nobody waits."""
        while self._waiting:
            sender, line = self._waiting.popitem(last=False)
            place = line.popleft()
            if line:
                self._waiting[sender] = line
            if not place.done():
                return place
        return None

    def leave(self, place: asyncio.Future[T]) -> bool:
        """Give a place up; return whether it was still in the line."""
        for sender, line in self._waiting.items():
            if place in line:
                line.remove(place)
                if not line:
                    del self._waiting[sender]
                return True
        return False
