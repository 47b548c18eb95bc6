"""Threads: what was said before, kept small enough to be read at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.agents.messages import Remember, Remembered
from finnest.errors import Invalid, Missing
from finnest.letters import named
from finnest.records import Command, Event, Record
from finnest.texts import shortened
from finnest.turn import Decider, Message, Turn

KIND = "thr"
LAST = 8
"""Exchanges that an agent is shown again; the rest is in the history."""
QUESTION_BYTES, ANSWER_BYTES = 400, 1_200


class Exchange(Record):
    """A question and its answer, shortened."""

    run: str
    question: str
    answer: str
    outside: bool = False
    """Whether the answer rests on text that somebody outside wrote."""


class Thread(Record):
    """A conversation over several runs."""

    user: str = ""
    """Whose it is; nobody else is shown it."""
    count: int = 0
    last: tuple[Exchange, ...] = ()


class Threads(Decider[Thread]):
    """Keeps the threads of one agent."""

    kind = KIND
    schema = 1
    newborn = Thread()

    def __init__(self, feature: str) -> None:
        self.remember = named(Remember, feature, "remember_exchange")
        self._remembered = named(Remembered, feature, "exchange_remembered")
        self.commands: Sequence[type[Command]] = (self.remember,)
        self.events: Sequence[type[Event]] = (self._remembered,)

    def decide(self, state: Thread, command: Command, message: Message) -> Turn:
        if not isinstance(command, Remember):
            raise Invalid("unknown-command", "a thread only grows")
        if state.user not in ("", message.by):
            raise Missing("no-such-thread", "there is no such thread")
        if any(one.run == command.run for one in state.last):
            return Turn()
        event = self._remembered(
            user=message.by,
            run=command.run,
            question=shortened(command.question, QUESTION_BYTES),
            answer=shortened(command.answer, ANSWER_BYTES),
            outside=command.outside,
        )
        return Turn([event])

    def evolve(self, state: Thread, event: Event) -> Thread:
        if not isinstance(event, Remembered):
            return state
        added = Exchange(run=event.run, question=event.question, answer=event.answer, outside=event.outside)
        return Thread(user=event.user, count=state.count + 1, last=(*state.last, added)[-LAST:])
