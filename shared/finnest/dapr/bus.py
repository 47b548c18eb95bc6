"""The bus: publishing CloudEvents, sending commands, and waiting for their outcome."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from finnest import errors
from finnest.context import TRACE, Caller
from finnest.dapr.sidecar import Sidecar
from finnest.errors import Throttled, TooLarge, Unavailable
from finnest.ids import StreamKey, command_id, digest, subject
from finnest.ports import Clock, Commands, Publisher
from finnest.records import Command
from finnest.turn import Outcome
from finnest.turns import Turns

COMPONENT = "bus"
COMMAND_BYTES = 48 * 1024
"""A command's data; larger bodies are stored first and named by hash."""
STUCK_AFTER_S = 60.0
POLL_S, SOON_S = 0.75, 0.1
"""How long the first look into the store waits, and how long when another process took the last turn."""
OPEN_COMMANDS = 1_000
"""Commands of one process without outcome; more are refused instead of queued without end."""
OPEN_S = 60.0


class DaprPublisher(Publisher):
    """Publishes through the component `bus`; the broker drops an id it saw in the last two minutes."""

    def __init__(self, sidecar: Sidecar, on_stuck: Callable[[], object] = lambda: None) -> None:
        self._sidecar = sidecar
        self._on_stuck = on_stuck
        self._failing_since: float | None = None

    async def publish(self, subject: str, event: Mapping[str, Any]) -> None:
        body = json.dumps(event, separators=(",", ":")).encode()
        headers = {"content-type": "application/cloudevents+json"}
        try:
            status, _, _ = await self._sidecar.request(
                "POST", f"/publish/{COMPONENT}/{subject}", body=body, headers=headers
            )
        except errors.Later:
            self._failed()
            raise
        if status not in (200, 204):
            # A refusal by the sidecar's scopes says nothing about the broker.
            if status != 403:
                self._failed()
            raise Unavailable("bus-away", "the broker did not confirm the message")
        self._failing_since = None

    def _failed(self) -> None:
        # The sidecar's connection closes for good after some minutes without a broker.
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        elif now - self._failing_since > STUCK_AFTER_S:
            self._failing_since = now
            self._on_stuck()


class Outcomes:
    """Hands outcomes to those who wait for them in this process."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[asyncio.Future[Outcome]]] = {}
        self._open: dict[str, float] = {}

    def tell(self, message_id: str, outcome: Outcome) -> None:
        """Hand the outcome to everyone who waits for this message."""
        self._open.pop(message_id, None)
        for future in self._waiting.pop(message_id, ()):
            if not future.done():
                future.set_result(outcome)

    def admit(self) -> None:
        """Raise `Throttled` when too many commands sent from here have no outcome yet."""
        # Whose turn another process took is never told here.
        stale = time.monotonic() - OPEN_S
        while self._open and next(iter(self._open.values())) < stale:
            del self._open[next(iter(self._open))]
        if len(self._open) >= OPEN_COMMANDS:
            raise Throttled("too-far-behind", "too much waits to be done; try again in a moment")

    def expect(self, message_id: str) -> asyncio.Future[Outcome]:
        """Return a future of the outcome; `forget` it when done."""
        self._open.setdefault(message_id, time.monotonic())
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(message_id, []).append(future)
        return future

    def close(self, message_id: str) -> None:
        """Count the command as done."""
        self._open.pop(message_id, None)

    def forget(self, message_id: str, future: asyncio.Future[Outcome]) -> None:
        """Stop waiting."""
        waiting = self._waiting.get(message_id, [])
        if future in waiting:
            waiting.remove(future)
        if not waiting:
            self._waiting.pop(message_id, None)


class BusCommands(Commands):
    """Puts commands of one feature on the bus and reads their outcome from the marker."""

    def __init__(
        self,
        feature: str,
        turns: Turns,
        publisher: Publisher,
        outcomes: Outcomes,
        clock: Clock,
    ) -> None:
        self._feature = feature
        self._turns = turns
        self._publisher = publisher
        self._outcomes = outcomes
        self._clock = clock
        self._look_s = POLL_S

    async def send(
        self,
        thing: str,
        command: Command,
        caller: Caller,
        *,
        request: str,
        wait_s: float = 2.0,
    ) -> Outcome | None:
        key = StreamKey(self._feature, caller.tenant, thing)
        # Refused here, or the message would come back until it is a dead letter.
        self._turns.check(key)
        message_id = command_id(key, command.wire, request)
        data = json.dumps(command.wire_data(), separators=(",", ":"))
        if len(data) > COMMAND_BYTES:
            raise TooLarge("command-too-large", f"a command has at most {COMMAND_BYTES} bytes")
        event = {
            "specversion": "1.0",
            "id": message_id,
            "source": f"finnest/{self._feature}",
            "type": command.wire,
            "subject": thing,
            "time": self._clock.now().isoformat(),
            "datacontenttype": "application/json",
            "data": data,
            "tenant": caller.tenant,
            "by": caller.user,
            "intake": caller.intake,
            "traceparent": TRACE.get(),
        }
        self._outcomes.admit()
        told = self._outcomes.expect(message_id)
        try:
            await self._publisher.publish(subject("commands", command.wire, key.partition), event)
            outcome = await self._outcome(key, message_id, told, wait_s)
        except Unavailable:
            self._outcomes.close(message_id)
            raise
        finally:
            self._outcomes.forget(message_id, told)
        if outcome is None:
            return None
        self._outcomes.close(message_id)
        if outcome.fingerprint != _fingerprint(command):
            raise errors.Invalid("key-reused", "the same request id came with another content")
        if outcome.refused is not None:
            raise errors.from_data(outcome.refused)
        return outcome

    async def _outcome(
        self, key: StreamKey, message_id: str, told: asyncio.Future[Outcome], wait_s: float
    ) -> Outcome | None:
        loop = asyncio.get_running_loop()
        deadline, look_s = loop.time() + wait_s, self._look_s
        while (left := deadline - loop.time()) > 0:
            await asyncio.wait([told], timeout=min(look_s, left))
            look_s = min(look_s * 2, POLL_S)
            if told.done():
                self._look_s = min(self._look_s * 2, POLL_S)
                return told.result()
            # Another process may have taken the turn: then only the store tells.
            known = await self._turns.outcome(key, message_id)
            if known is not None:
                self._look_s = SOON_S
                return known
        return None


def _fingerprint(command: Command) -> str:
    return digest(command.wire, json.dumps(command.wire_data(), sort_keys=True))
