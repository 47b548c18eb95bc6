"""What messages of a run are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from finnest.agents.models.port import Call, Usage
from finnest.records import Record


class Limits(Record):
    """Bounds of one run."""

    steps: int = 12
    """Model answers at most."""
    tokens: int = 200_000
    micros: int = 2_000_000
    """Millionths of a US dollar."""
    wait_s: int = 24 * 3600
    """How long a person may take; then silence means no."""
    work_s: int = 3600
    """How long it may work, from the question to the answer; while people decide and while it is paused the
    clock stands."""
    depth: int = 3
    """Agents that may stand in a row, the one that a person asked counted."""
    parallel: int = 4
    """Agents that may work for one run at the same time."""
    reads: int = 8
    """Tools that only read, used for one run at the same time."""


class Origin(Record):
    """The run, and how far of it, that this one goes on from."""

    run: str
    version: int


class Waiting(Record):
    """The exact action that waits for a person."""

    call: Call
    args_hash: str
    by: Literal["user", "approvers"]
    preview: str
    why: str
    until: datetime


class Process(Record):
    """A workflow of the same feature that waits for a run."""

    workflow: str
    instance: str


class Parent(Record):
    """The run that asked for this one."""

    run: str
    agents: tuple[str, ...]
    """The agents above, the one that a person asked first."""
    thread: str = ""
    """The thread whose budget pays."""


class Spent(Record):
    """What runs have used of their limits."""

    steps: int = 0
    usage: Usage = Usage()

    def plus(self, other: Spent) -> Spent:
        """Return both together."""
        mine, theirs = self.usage, other.usage
        usage = Usage(
            input_tokens=mine.input_tokens + theirs.input_tokens,
            output_tokens=mine.output_tokens + theirs.output_tokens,
            micros=mine.micros + theirs.micros,
        )
        return Spent(steps=self.steps + other.steps, usage=usage)


class Wanted(Record):
    """What a person has to decide in a run, short enough to be shown on the runs above it."""

    run: str
    """The run that takes the decision."""
    action: str
    args_hash: str
    by: Literal["user", "approvers"]
    preview: str
    until: datetime
