"""A small feature for the kernel's tests: a note that can be written, claimed, sent out and woken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from finnest.errors import Invalid
from finnest.records import Command, Event, Record
from finnest.turn import Claim, Decider, EffectFailed, Message, Start, Tick, Turn


class Write(Command):
    wire = "notes.write.v1"
    text: str
    number: int = 0


class Take(Command):
    """Take a name for this note."""

    wire = "notes.take.v1"
    name: str
    instead: bool = False
    """Note the holder when another note has the name."""


class Send(Command):
    wire = "notes.send.v1"
    to: str


class Sent(Command):
    wire = "notes.sent.v1"
    to: str


class Remind(Command):
    wire = "notes.remind.v1"
    at: datetime | None = None


class Count(Command):
    wire = "notes.count.v1"


class Crash(Command):
    wire = "notes.crash.v1"


class Written(Event):
    wire = "notes.written.v1"
    text: str
    number: int = 0


class Taken(Event):
    wire = "notes.taken.v1"
    name: str


class TakenBefore(Event):
    wire = "notes.taken_before.v1"
    name: str
    holder: str


class SendAsked(Event):
    wire = "notes.send_asked.v1"
    to: str


class WasSent(Event):
    wire = "notes.was_sent.v1"
    to: str


class Reminded(Event):
    wire = "notes.reminded.v1"


class Note(Record):
    texts: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    sent: tuple[str, ...] = ()
    closed: bool = False


class Notes(Decider[Note]):
    kind = "note"
    schema = 2
    newborn = Note()
    commands: Sequence[type[Command]] = (Write, Take, Send, Sent, Remind, Count, Crash)
    events: Sequence[type[Event]] = (Written, Taken, TakenBefore, SendAsked, WasSent, Reminded)

    def decide(self, state: Note, command: Command, message: Message) -> Turn:
        match command:
            case Write(text=""):
                raise Invalid("empty", "a note says something")
            case Write(text=text, number=number):
                written = Written(text=text, number=number)
                return Turn([written], {"lines": len(state.texts) + 1})
            case Take(name=name):
                return _taken(command, name)
            case Send(to=to):
                start = Start(effect="send", args={"to": to})
                return Turn([SendAsked(to=to)], starts=[start])
            case Sent(to="nobody"):
                raise Invalid("nobody", "this went nowhere")
            case Sent(to="twice"):
                return Turn()
            case Sent(to=to):
                return Turn([WasSent(to=to)])
            case EffectFailed():
                return Turn([WasSent(to="lost")])
            case Remind(at=at):
                return Turn([Written(text="remind me")], wake_at=at)
            case Tick():
                return Turn([Reminded()])
            case Crash():
                raise ZeroDivisionError
            case _:
                return Turn(reply={"lines": len(state.texts)})

    def evolve(self, state: Note, event: Event) -> Note:
        match event:
            case Written(text=text, number=number):
                changed: dict[str, Any] = {
                    "texts": (*state.texts, text),
                    "numbers": (*state.numbers, number),
                }
                return state.model_copy(update=changed)
            case WasSent(to=to):
                return state.model_copy(update={"sent": (*state.sent, to)})
            case _:
                return state


def _taken(command: Take, name: str) -> Turn:
    def otherwise(holder: str) -> Turn:
        return Turn([TakenBefore(name=name, holder=holder)], {"holder": holder})

    claim = Claim(f"name {name}", otherwise if command.instead else None)
    return Turn([Taken(name=name)], claims=[claim])
