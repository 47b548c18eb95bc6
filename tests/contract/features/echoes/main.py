"""Echoes: one for each pad, which hears what is written on it from now on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.feature import Feature, Kit, Settings
from finnest.records import Command, Event, Record
from finnest.turn import Decider, Message, Turn


class Hear(Command):
    wire = "echoes.hear.v1"
    source: str
    text: str

    def address(self) -> str:
        return echo_of(self.source)


class Heard(Event):
    wire = "echoes.heard.v1"
    text: str


class Echo(Record):
    texts: tuple[str, ...] = ()


class Echoes(Decider[Echo]):
    kind = "echo"
    schema = 1
    newborn = Echo()
    commands: Sequence[type[Command]] = (Hear,)
    events: Sequence[type[Event]] = (Heard,)

    def decide(self, state: Echo, command: Command, message: Message) -> Turn:
        assert isinstance(command, Hear)
        return Turn([Heard(text=command.text)])

    def evolve(self, state: Echo, event: Event) -> Echo:
        assert isinstance(event, Heard)
        return Echo(texts=(*state.texts, event.text))


def echo_of(pad: str) -> str:
    return f"echo-{pad.partition('-')[2]}"


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    return [Echoes()]


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    return Feature(kit.manifest, deciders)
