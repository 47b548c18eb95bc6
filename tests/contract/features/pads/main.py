"""Pads: a thing to write on; the word "poison" breaks it until the file `mended` lies in the home."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from finnest.feature import Feature, Kit, Settings
from finnest.records import Command, Event, Record
from finnest.turn import Decider, Message, Turn

POISON = "poison"


class Write(Command):
    wire = "pads.write.v1"
    text: str


class Written(Event):
    wire = "pads.written.v1"
    text: str


class Pad(Record):
    texts: tuple[str, ...] = ()


class Pads(Decider[Pad]):
    kind = "pad"
    schema = 1
    newborn = Pad()
    commands: Sequence[type[Command]] = (Write,)
    events: Sequence[type[Event]] = (Written,)

    def __init__(self, mended: Path) -> None:
        self._mended = mended

    def decide(self, state: Pad, command: Command, message: Message) -> Turn:
        assert isinstance(command, Write)
        if command.text == POISON and not self._mended.exists():
            raise ZeroDivisionError
        return Turn([Written(text=command.text)], {"lines": len(state.texts) + 1})

    def evolve(self, state: Pad, event: Event) -> Pad:
        assert isinstance(event, Written)
        return Pad(texts=(*state.texts, event.text))


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    return [Pads(settings.home / "mended")]


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    return Feature(kit.manifest, deciders)
