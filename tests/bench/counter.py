"""The bench's feature: one command, one event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.feature import Feature, Kit, Projection, Settings
from finnest.records import Command, Event, Record
from finnest.turn import Decider, Message, Turn


class Add(Command):
    """Count one more."""

    wire = "counter.add.v1"


class Added(Event):
    """One more."""

    wire = "counter.added.v1"


class Count(Record):
    """How many."""

    total: int = 0


class Counts(Decider[Count]):
    """Counts."""

    kind = "count"
    schema = 1
    newborn = Count()
    commands: Sequence[type[Command]] = (Add,)
    events: Sequence[type[Event]] = (Added,)

    def decide(self, state: Count, command: Command, message: Message) -> Turn:
        return Turn([Added()], {"total": state.total + 1})

    def evolve(self, state: Count, event: Event) -> Count:
        return Count(total=state.total + 1)


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    """Return the decider."""
    return [Counts()]


def projections() -> Sequence[Projection]:
    """Return no views."""
    return []


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    """Wire the feature."""
    return Feature(manifest=kit.manifest, deciders=deciders)
