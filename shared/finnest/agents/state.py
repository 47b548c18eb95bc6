"""What a run is now, folded from its events."""

from __future__ import annotations

from typing import Literal

from finnest.agents.guard import Verdict
from finnest.agents.messages import Limits, Origin, Waiting
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
    waiting: Waiting | None = None
    paused: bool = False
    """Whether nothing more is begun until a person resumes it."""
    held_back: bool = False
    """Whether a step was held back meanwhile; what was under way before goes on by itself."""
    answer: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in ENDED
