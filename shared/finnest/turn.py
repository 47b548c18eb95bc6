"""A turn: one message in, one decision out. Values only; nothing here does I/O.

A feature writes a `Decider`: `decide` returns a `Turn` or raises `Rejected`; `evolve` folds an event into
the state. The kernel saves, publishes, performs and answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from finnest.records import Command, Event, Record

S = TypeVar("S", bound=Record)


class Message(Record):
    """Something that arrived for one thing: a command, an event, the result of an effect, or a tick."""

    id: str
    """Names the message for good; delivered twice, it is taken once."""
    type: str
    tenant: str
    thing: str
    data: dict[str, Any]
    by: str
    """Who caused it: a user, or `agent:<name>`."""
    intake: bool = False
    """True when the user only passed it on (`Caller.intake`)."""
    at: datetime
    trace: str = ""


class Start(Record):
    """An effect to perform after the commit; its result comes back as the next message.

    It may be performed more than once, always with the same key: it must be pure, or the other side must
    honour the key.
    """

    effect: str
    args: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Claim:
    """A name that at most one thing of the feature and tenant holds, taken with the turn.

    When another thing holds it already, `otherwise(holder)` is the turn instead; without it the turn is
    refused as `Stale`.
    """

    what: str
    otherwise: Callable[[str], Turn] | None = None


class _Unchanged:
    """The deadline stays as it is."""


UNCHANGED: Final = _Unchanged()


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from one message: saved together or not at all."""

    events: Sequence[Event] = ()
    reply: dict[str, Any] = field(default_factory=dict[str, Any])
    starts: Sequence[Start] = ()
    claims: Sequence[Claim] = ()
    wake_at: datetime | _Unchanged | None = UNCHANGED
    """When the stream wants a `Tick` (UTC); None for never."""


class Tick(Command):
    """The stream's deadline has passed."""

    wire = "kernel.tick.v1"


class EffectFailed(Command):
    """An effect broke every time it was tried; the decider says what follows."""

    wire = "kernel.effect_failed.v1"
    effect: str
    args: dict[str, Any]
    reason: str


class Decider(Protocol[S]):
    """The rules of one kind of thing. Pure and total: the same input, the same turn."""

    kind: str
    """Prefix of the ids of these things."""
    schema: int
    """Grows when the state's shape changes; older code refuses a newer one."""
    newborn: S
    """The state before the first event."""
    commands: Sequence[type[Command]]
    events: Sequence[type[Event]]

    def decide(self, state: S, command: Command, message: Message) -> Turn:
        """Return what follows from the command.

        Raises:
            Rejected: The command is refused; nothing but the refusal is saved.
        """
        ...

    def evolve(self, state: S, event: Event) -> S:
        """Return the state after the event."""
        ...


class Outcome(Record):
    """The answer to a message; stored with the turn, so every repeat gets the same."""

    version: int = 0
    """The stream's version after the turn."""
    reply: dict[str, Any] = {}
    refused: dict[str, Any] | None = None
    """The error as data when the message was refused (`errors.as_data`)."""
    fingerprint: str = ""
    """Digest of the message's content: the same id with other content is refused."""
