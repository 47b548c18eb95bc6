"""Ports: what the kernel and the features need from the world, in their own words.

Each port's docstring is its contract; one suite in `tests/contract` holds every adapter and twin to it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from finnest.context import Caller
from finnest.records import Command
from finnest.turn import Outcome


class Clock(Protocol):
    """The time, always UTC with zone."""

    def now(self) -> datetime:
        """Return the present instant."""
        ...


@dataclass(frozen=True, slots=True)
class Write:
    """One key to set inside a transaction."""

    key: str
    value: str
    if_absent: bool = False
    """Refuse the whole transaction when the key exists."""
    ttl_s: int | None = None
    """Seconds until the key is gone; None for ever."""


class Store(Protocol):
    """Keys and values of one feature, changed in transactions.

    Values are text and come back exactly as they went in. A transaction is visible whole or not at all;
    when `transact` returns, it is durable.
    """

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        """Return the values of the keys that exist.

        Raises:
            Unavailable: The store does not answer.
        """
        ...

    async def transact(self, writes: Sequence[Write]) -> bool:
        """Apply all writes; return False when it failed for whatever reason.

        False does not say why, nor even that nothing was written (the answer may have been lost): read
        the keys again to know.
        """
        ...


class Publisher(Protocol):
    """The way out to the bus."""

    async def publish(self, subject: str, event: Mapping[str, Any]) -> None:
        """Return when the broker has stored the CloudEvent durably; the same id again is harmless.

        Raises:
            Unavailable: The broker did not confirm; it may have stored it.
        """
        ...


class Waker(Protocol):
    """Wakes a stream again and again until told otherwise, across crashes of anything."""

    async def wake(self, actor: str, actor_id: str, due_s: float) -> None:
        """Tick the actor in `due_s` seconds and every 30 s from then on; replaces the earlier setting.

        Raises:
            Unavailable: Not registered.
        """
        ...

    async def rest(self, actor: str, actor_id: str) -> None:
        """Stop ticking the actor; unknown is fine.

        Raises:
            Unavailable: Not known whether it stopped.
        """
        ...


class Peers(Protocol):
    """Other features, called by name through the sidecar."""

    async def call(
        self,
        feature: str,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 5.0,
    ) -> Answer:
        """Return the feature's answer, whatever its status.

        Raises:
            Unavailable: The feature could not be reached.
            TimedOut: It did not answer in time; it may have acted.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer of a peer."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str]


class Blobs(Protocol):
    """Large bodies by their SHA-256, kept for a tenant."""

    async def put(self, tenant: str, body: bytes) -> str:
        """Store the body durably and return its SHA-256 in hexadecimal.

        Raises:
            Unavailable: Not stored.
        """
        ...

    async def get(self, tenant: str, sha256: str) -> bytes:
        """Return the body.

        Raises:
            Missing: No such body for this tenant.
        """
        ...


class Commands(Protocol):
    """The way in: a command is on the bus, durably, before anything is answered."""

    async def send(
        self,
        thing: str,
        command: Command,
        caller: Caller,
        *,
        request: str,
        wait_s: float = 2.0,
    ) -> Outcome | None:
        """Send a command to a thing of this feature; return its outcome, or None when it takes longer.

        The message id derives from tenant, thing, command and `request`: the same request again is the
        same message and gets the same outcome.

        Raises:
            Rejected: The command was refused.
            Unavailable: Not accepted; nothing will happen.
        """
        ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """One committed event as the history shows it."""

    version: int
    type: str
    at: datetime
    by: str
    data: dict[str, Any]


class Streams(Protocol):
    """Read access to the feature's own streams; state and the last version always from the store."""

    async def state(self, tenant: str, thing: str) -> tuple[Any, int]:
        """Return state and version (0 and newborn when the thing does not exist)."""
        ...

    async def history(self, tenant: str, thing: str, version: int = 0) -> list[Recorded]:
        """Return the committed events, oldest first: all, or those up to a version that is committed."""
        ...

    async def rest(self, tenant: str, thing: str, rests: Callable[[Any, int], bool], within_s: float) -> None:
        """Return when this process sees a state (and version) that rests, or after the time; the store is certain."""
        ...


class Processes(Protocol):
    """Durable workflows by business key."""

    async def start(self, workflow: str, instance: str, argument: dict[str, Any]) -> None:
        """Start the workflow; an instance that exists already is fine.

        Raises:
            Unavailable: Not known whether it started; the same call again is safe.
        """
        ...

    async def tell(self, workflow: str, instance: str, event: str, fact: dict[str, Any]) -> bool:
        """Raise an external event; False when no such instance runs, `Unavailable` when that is not known."""
        ...


Effect = Callable[["EffectCall"], Awaitable[Command]]
"""Performs an effect and returns its result as the command that the stream takes next."""


@dataclass(frozen=True, slots=True)
class EffectCall:
    """One effect to perform."""

    tenant: str
    thing: str
    key: str
    """`<stream>@<version>/<n>`: the same for every repeat; goes to the other side."""
    args: dict[str, Any]
    trace: str
    state: Any = None
    """The thing's state as this process knows it when the effect begins, at `version`."""
    version: int = 0
