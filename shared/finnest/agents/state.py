"""What a run is now, folded from its events."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from finnest.agents.guard import Verdict
from finnest.agents.messages import Limits, Origin, Parent, Process, Spent, Waiting, Wanted
from finnest.agents.models.port import Call, Usage
from finnest.asking import Needs
from finnest.records import Record

Status = Literal["", "thinking", "acting", "waiting", "finished", "failed", "cancelled"]
ENDED = ("finished", "failed", "cancelled")


class Queued(Record):
    """A call that has been judged and is not done."""

    call: Call
    verdict: Verdict
    why: str
    needs: Needs = Needs()
    policy: str = ""
    effect: Literal["read", "write", "spend"] = "read"


class Child(Record):
    """What works for this run: a run of another feature's agent, or a workflow."""

    run: str
    """The run's id, or the workflow's instance."""
    until: datetime
    """When it is given up."""
    heard: int = 0
    """The number of the last that was heard of it."""
    wanted: Wanted | None = None
    call: str = ""
    """Of a workflow: the call whose result it is."""


class Plan(Record):
    """The items of one call that are not taken up yet."""

    call: str
    tool: str
    argument: str
    items: tuple[str, ...]
    begun: int = 0
    workers: int
    """How many are worked on at the same time at most."""
    why: str
    policy: str
    """Version of the table that allowed it."""


class Run(Record):
    """One run."""

    status: Status = ""
    agent: str = ""
    user: str = ""
    roles: tuple[str, ...] = ()
    thread: str = ""
    question: str = ""
    origin: Origin | None = None
    limits: Limits = Limits()
    steps: int = 0
    usage: Usage = Usage()
    tainted: bool = False
    """Whether it has read text that somebody outside wrote."""
    proposed: tuple[Call, ...] = ()
    """The calls of the model's last answer that are not judged yet."""
    queue: tuple[Queued, ...] = ()
    plan: Plan | None = None
    widened: bool = False
    """Whether it has got more steps for wide work."""
    waiting: Waiting | None = None
    paused: bool = False
    """Whether nothing more is begun until a person resumes it."""
    held_back: bool = False
    """Whether a step was held back meanwhile; what was under way before goes on by itself."""
    answer: str = ""
    due: datetime | None = None
    """When it must have its answer; moves on by the time for which the clock stands."""
    stands_since: datetime | None = None
    """Since when the clock stands: people decide, or it is paused."""
    parent: Parent | None = None
    process: Process | None = None
    ask: str = ""
    """The feature whose agent does it; this run hands it on and tells what that says."""
    in_vain: bool = False
    """Whether that agent did not do it."""
    children: tuple[Child, ...] = ()
    below: Spent = Spent()
    """What runs that it asked for have used."""
    reports: int = 0
    """How often it has told the run above."""

    @property
    def agents(self) -> tuple[str, ...]:
        """The agents in whose name it acts: its own, and all above it."""
        return (*(self.parent.agents if self.parent else ()), self.agent)

    @property
    def spent(self) -> Spent:
        """What it and the runs that it asked for have used."""
        return self.below.plus(Spent(steps=self.steps, usage=self.usage))

    @property
    def payer(self) -> str:
        """The thread whose budget pays."""
        return self.parent.thread if self.parent else self.thread

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in ENDED
