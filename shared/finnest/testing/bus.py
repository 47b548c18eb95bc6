"""The bus in memory: what was published, and commands that are taken at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finnest import errors
from finnest.context import Caller
from finnest.errors import Unavailable
from finnest.ids import StreamKey, command_id
from finnest.ports import Clock, Commands, Publisher
from finnest.records import Command
from finnest.testing.trouble import OPEN, Gate, Trouble
from finnest.turn import Message, Outcome
from finnest.turns import Turns, fingerprint


class MemoryPublisher(Publisher):
    """Keeps each CloudEvent once by its id, in the order of arrival."""

    def __init__(self, gate: Gate = OPEN) -> None:
        self._gate = gate
        self.sent: dict[str, tuple[str, dict[str, Any]]] = {}
        """Id -> subject and event."""

    async def publish(self, subject: str, event: Mapping[str, Any]) -> None:
        trouble = await self._gate.before("bus.publish", event)
        if trouble is not Trouble.NOT_DONE:
            self.accept(subject, event)
        await self._gate.after("bus.publish", event)
        if trouble is not None:
            raise Unavailable("bus-away", "the broker did not confirm the message")

    def accept(self, subject: str, event: Mapping[str, Any]) -> None:
        """Store a message, past any gate."""
        self.sent.setdefault(event["id"], (subject, dict(event)))


class MemoryCommands(Commands):
    """Takes each command at once, through the feature's real turns; effects stay pending."""

    def __init__(self, feature: str, turns: Turns, clock: Clock) -> None:
        self._feature = feature
        self._turns = turns
        self._clock = clock
        self.sent: list[tuple[str, Command, Caller]] = []
        """Thing, command and caller of everything sent."""

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
        message = Message(
            id=command_id(key, command.wire, request),
            type=command.wire,
            tenant=caller.tenant,
            thing=thing,
            data=command.wire_data(),
            by=caller.user,
            intake=caller.intake,
            at=self._clock.now(),
        )
        self.sent.append((thing, command, caller))
        outcome = await self._turns.take(key, message)
        await self._turns.publish(key)
        if outcome.refused is not None:
            raise errors.from_data(outcome.refused)
        if outcome.fingerprint != fingerprint(message):
            raise errors.Invalid("key-reused", "the same request id came with another content")
        return outcome
