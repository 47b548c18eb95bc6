"""What a run says."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from finnest.agents.guard import Verdict
from finnest.agents.messages.values import Limits, Origin, Parent, Process, Spent, Waiting, Wanted
from finnest.agents.models.port import Call, Result, Usage
from finnest.agents.planning import Choice, Width
from finnest.asking import ApprovalRequested, ApprovalWithdrawn, Needs
from finnest.records import Event


class Dated(Event):
    """Base of what stops the run's clock, or lets it go on."""

    at: datetime | None = None
    """From when (UTC); None in what was stored before runs had a clock."""


class Asked(Event):
    """A run began."""

    agent: str
    text: str
    thread: str
    user: str
    roles: tuple[str, ...]
    origin: Origin | None = None
    limits: Limits
    parent: Parent | None = None
    tainted: bool = False
    process: Process | None = None
    ask: str = ""
    """The feature whose agent does it: this run only hands it on, and thinks nothing."""
    due: datetime | None = None
    """When it must have its answer, unless its clock stands meanwhile."""


class Answered(Event):
    """The model answered; stored before anything is done about it."""

    text: str
    calls: tuple[Call, ...]
    usage: Usage
    model: str
    reminded: bool = False
    recall: str = ""
    """How facts were recalled, where an embeddings model is chosen: by meaning, or by words and why."""


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


class Planned(Event):
    """Wide work was divided."""

    call: str
    """The call that states the items; none when one answer had a call for each."""
    tool: str
    width: Width
    """What was decided from."""
    choice: Choice


class Done(Event):
    """Calls have their results."""

    results: tuple[Result, ...]
    outside: bool


class Handed(Dated):
    """A call waits for its result: for a run of another feature's agent, or for a workflow."""

    run: str
    """The run's id, or the workflow's instance."""
    call: str
    until: datetime
    """When it is given up."""
    process: bool = False
    """Whether it is a workflow."""


class Heard(Dated):
    """What another feature's agent told about its piece, or why nothing more is heard of it."""

    run: str
    number: int = 0
    status: Literal["acting", "waiting", "finished", "failed", "cancelled", "refused", "expired"]
    leaves: Literal["acting", "waiting"]
    """What the run that hears it is then."""
    tainted: bool = False
    spent: Spent = Spent()
    wanted: Wanted | None = None


class Reported(Event):
    """What the run that asked for this one is told."""

    to: str
    number: int
    status: Literal["acting", "waiting", "finished", "failed", "cancelled"]
    answer: str = ""
    tainted: bool = False
    spent: Spent = Spent()
    """All that this run, and those that it asked for, have used; told at the end."""
    wanted: Wanted | None = None


class Waits(Dated):
    """An action waits for a person."""

    waiting: Waiting


class Decided(Dated):
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


class Paused(Dated):
    """A person wants the run to rest."""


class HeldBack(Event):
    """The next step would have begun, but the run is paused."""


class Resumed(Dated):
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
