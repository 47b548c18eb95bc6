"""Threads: what was said before, kept small enough to be read at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.agents.messages import Remember, Remembered
from finnest.errors import Invalid, Missing
from finnest.letters import named
from finnest.records import Command, Event, Record
from finnest.turn import Decider, Message, Turn

KIND = "thr"
LAST = 8
"""Exchanges that an agent is shown again; the rest is in the history."""
QUESTION_CHARS, ANSWER_CHARS = 400, 900


class Exchange(Record):
    """A question and its answer, shortened."""

    run: str
    question: str
    answer: str


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
            question=command.question[:QUESTION_CHARS],
            answer=command.answer[:ANSWER_CHARS],
        )
        return Turn([event])

    def evolve(self, state: Thread, event: Event) -> Thread:
        if not isinstance(event, Remembered):
            return state
        added = Exchange(run=event.run, question=event.question, answer=event.answer)
        return Thread(user=event.user, count=state.count + 1, last=(*state.last, added)[-LAST:])
