"""What a run takes."""

from __future__ import annotations

from typing import Any, Literal

from finnest.agents.messages.values import Limits, Origin, Parent, Process, Spent, Wanted
from finnest.agents.models.port import Call, Result, Usage
from finnest.asking import SettleApproval
from finnest.ids import kind_of
from finnest.records import Command

TEXT_CHARS = 16_000


class AskAgent(Command):
    """A person, or another agent for them, says something."""

    text: str
    thread: str
    roles: tuple[str, ...] = ()
    origin: Origin | None = None
    limits: Limits = Limits()
    parent: Parent | None = None
    """The run that asks, when no person does."""
    tainted: bool = False
    """Whether the run that asks has read text that somebody outside wrote."""
    process: Process | None = None
    """The workflow that asks, when no person does."""
    ask: str = ""
    """The feature whose agent a workflow wants to do it; none means this one's."""


class Thought(Command):
    """What the model answered."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    usage: Usage = Usage()
    model: str
    reminded: bool = False
    """Whether it was reminded of something that somebody outside had written."""
    recall: str = ""
    """How it was reminded, where an embeddings model is chosen."""
    trouble: str = ""
    """Why there is no answer, in words for a person; the run ends."""


class Acted(Command):
    """What came of tool calls."""

    results: tuple[Result, ...]
    outside: bool = False
    process: str = ""
    """Instance of the workflow that the only call has begun; its end is the result, not what is said here."""


class Previewed(Command):
    """What a call would do, read from live data."""

    call: str
    text: str
    trouble: str = ""
    """Why it cannot be done at all."""


class Taken(Command):
    """Whether another feature's agent has taken a piece."""

    run: str
    trouble: str = ""
    """Why it has not, in words for the model."""


class HearAgent(Command):
    """How a run that was asked for goes on; made of its `agent_reported` event."""

    source: str
    """The run that tells."""
    to: str
    number: int
    """Counts what that run has told; what comes late is not heard."""
    status: Literal["acting", "waiting", "finished", "failed", "cancelled"]
    answer: str = ""
    tainted: bool = False
    spent: Spent = Spent()
    wanted: Wanted | None = None

    def address(self) -> str | None:
        """Return the id of the run that asked, when it is one of this feature."""
        return self.to if kind_of(self.to) == self.wire.partition(".")[0] else None


class HearProcess(Command):
    """How a workflow ended that the run waits for."""

    instance: str
    ok: bool = True
    text: str
    content: dict[str, Any] = {}


class DropRun(Command):
    """The run that asked does not want an answer any more; this one has perhaps not begun, and never will."""


class DecideCall(Command):
    """The user of the run answers what it asked."""

    args_hash: str
    decision: Literal["approve", "reject"]
    reason: str = ""
    roles: tuple[str, ...] = ()
    """The roles that the user has now; a run keeps none that its user has lost."""


class SettleCall(SettleApproval):
    """Other people answered."""

    def address(self) -> str | None:
        """Return the run's id, when it is one of this feature."""
        feature = self.wire.partition(".")[0]
        return self.thing if self.feature == feature and kind_of(self.thing) == feature else None


class CancelRun(Command):
    """Stop it."""

    roles: tuple[str, ...] = ()


class PauseRun(Command):
    """Begin nothing more until it is resumed."""

    roles: tuple[str, ...] = ()


class ResumeRun(Command):
    """Go on."""

    roles: tuple[str, ...] = ()


class Remember(Command):
    """Add an exchange to a thread."""

    run: str
    question: str
    answer: str
    outside: bool = False
