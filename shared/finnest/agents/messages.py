"""What a run takes and says. Every feature with an agent has these under its own wire names."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from finnest.agents.guard import Verdict
from finnest.agents.models.port import Call, Result, Usage
from finnest.asking import ApprovalRequested, ApprovalWithdrawn, Needs, SettleApproval
from finnest.ids import kind_of
from finnest.records import Command, Event, Record

TEXT_CHARS = 16_000


class Limits(Record):
    """Bounds of one run."""

    steps: int = 12
    """Model answers at most."""
    tokens: int = 200_000
    micros: int = 2_000_000
    """Millionths of a US dollar."""
    depth: int = 3
    """Agents that may stand above one another."""
    wait_s: int = 24 * 3600
    """How long a person may take; then silence means no."""


class Origin(Record):
    """The run, and how far of it, that this one goes on from."""

    run: str
    version: int


class AskAgent(Command):
    """A person, or another agent for them, says something."""

    text: str
    thread: str
    roles: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    """Ids of the runs that asked for this one, the outermost first."""
    origin: Origin | None = None
    limits: Limits = Limits()


class Thought(Command):
    """What the model answered."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    usage: Usage = Usage()
    model: str
    trouble: str = ""
    """Why there is no answer, in words for a person; the run ends."""


class Acted(Command):
    """What came of tool calls."""

    results: tuple[Result, ...]
    outside: bool = False


class Previewed(Command):
    """What a call would do, read from live data."""

    call: str
    text: str
    args: dict[str, Any]
    trouble: str = ""
    """Why it cannot be done at all."""


class DecideCall(Command):
    """The user of the run answers what it asked."""

    args_hash: str
    decision: Literal["approve", "reject"]
    reason: str = ""


class SettleCall(SettleApproval):
    """Other people answered."""

    def address(self) -> str | None:
        """Return the run's id, when it is one of this feature."""
        feature = self.wire.partition(".")[0]
        return self.thing if self.feature == feature and kind_of(self.thing) == feature else None


class CancelRun(Command):
    """Stop it."""

    reason: str = ""
    roles: tuple[str, ...] = ()


class Asked(Event):
    """A run began."""

    agent: str
    text: str
    thread: str
    user: str
    roles: tuple[str, ...]
    above: tuple[str, ...] = ()
    origin: Origin | None = None
    limits: Limits


class Answered(Event):
    """The model answered; stored before anything is done about it."""

    text: str
    calls: tuple[Call, ...]
    usage: Usage
    model: str


class Judged(Event):
    """The guard decided about a call."""

    call: str
    tool: str
    effect: Literal["read", "write", "spend"]
    verdict: Verdict
    why: str
    needs: Needs = Needs()
    policy: str
    """Version of the table that decided."""


class Done(Event):
    """Calls have their results."""

    results: tuple[Result, ...]
    outside: bool


class Waiting(Record):
    """The exact action that waits for a person."""

    call: Call
    args_hash: str
    by: Literal["user", "approvers"]
    preview: str
    why: str
    until: datetime


class Waits(Event):
    """An action waits for a person."""

    waiting: Waiting


class Decided(Event):
    """A person, or silence, decided about an action."""

    call: str
    decision: Literal["approved", "rejected", "expired"]
    people: tuple[str, ...] = ()
    reason: str = ""


class Finished(Event):
    """The model's last answer is the run's."""


class Failed(Event):
    """The run ended without an answer."""

    reason: str


class Cancelled(Event):
    """A person stopped the run."""

    reason: str


class CallApprovalRequested(ApprovalRequested):
    """An action of a run waits for other people."""


class CallApprovalWithdrawn(ApprovalWithdrawn):
    """The run does not need the answer any more."""


class Remember(Command):
    """Add an exchange to a thread."""

    run: str
    question: str
    answer: str


class Remembered(Event):
    """An exchange was added."""

    run: str
    question: str
    answer: str
