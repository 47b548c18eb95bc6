"""What a run says."""

from __future__ import annotations

from typing import Literal

from finnest.agents.guard import Verdict
from finnest.agents.messages.values import Limits, Origin, Waiting
from finnest.agents.models.port import Call, Result, Usage
from finnest.asking import ApprovalRequested, ApprovalWithdrawn, Needs
from finnest.records import Event


class Asked(Event):
    """A run began."""

    agent: str
    text: str
    thread: str
    user: str
    roles: tuple[str, ...]
    origin: Origin | None = None
    limits: Limits


class Answered(Event):
    """The model answered; stored before anything is done about it."""

    text: str
    calls: tuple[Call, ...]
    usage: Usage
    model: str
    reminded: bool = False


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


class Waits(Event):
    """An action waits for a person."""

    waiting: Waiting


class Decided(Event):
    """A person, or silence, decided about an action."""

    call: str
    decision: Literal["approved", "rejected", "expired"]
    people: tuple[str, ...] = ()
    reason: str = ""
    roles: tuple[str, ...] | None = None
    """The roles that the user had then, when the user decided."""


class Finished(Event):
    """The model's last answer is the run's."""


class Failed(Event):
    """The run ended without an answer."""

    reason: str


class Cancelled(Event):
    """A person stopped the run."""

    reason: str


class Paused(Event):
    """A person wants the run to rest."""


class HeldBack(Event):
    """The next step would have begun, but the run is paused."""


class Resumed(Event):
    """The run goes on."""


class CallApprovalRequested(ApprovalRequested):
    """An action of a run waits for other people."""


class CallApprovalWithdrawn(ApprovalWithdrawn):
    """The run does not need the answer any more."""


class Remembered(Event):
    """An exchange was added."""

    user: str
    """Whose thread it is."""
    run: str
    question: str
    answer: str
    outside: bool = False
    """Whether the answer rests on text that somebody outside wrote."""
