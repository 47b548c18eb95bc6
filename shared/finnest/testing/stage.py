"""A stage: the rules of one feature on twins, for tests that speak in commands and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from finnest import errors
from finnest.ids import StreamKey
from finnest.ports import Effect, EffectCall
from finnest.records import Command, Event
from finnest.testing.bus import MemoryPublisher
from finnest.testing.clock import ManualClock
from finnest.testing.stores import MemoryStore
from finnest.turn import Decider, Message, Outcome, Tick
from finnest.turns import Turns, effect_result


class Stage:
    """Takes commands through real turns and performs effects when told."""

    def __init__(
        self,
        feature: str,
        deciders: Sequence[Decider[Any]],
        effects: Mapping[str, Effect] | None = None,
        tenant: str = "kestrel",
    ) -> None:
        self.clock = ManualClock()
        self.store = MemoryStore(self.clock)
        self.bus = MemoryPublisher()
        self.turns = Turns(feature, deciders, self.store, self.bus, self.clock)
        self._feature = feature
        self._effects = dict(effects or {})
        self._tenant = tenant
        self._kinds = {kind.wire: kind for decider in deciders for kind in decider.events}
        self._count = 0

    def give(self, name: str, effect: Effect) -> None:
        """Let the stage perform an effect that needs the stage itself."""
        self._effects[name] = effect

    async def say(
        self, thing: str, command: Command, *, by: str = "ada", request: str | None = None
    ) -> Outcome:
        """Take a command; the same request again is the same message.

        Raises:
            Rejected: The command was refused.
        """
        self._count += 1
        return await self._take(thing, request or f"request-{self._count}", command, by)

    async def perform(self, thing: str) -> list[str]:
        """Perform pending effects, and those that follow, until none is left; return their names."""
        performed: list[str] = []
        while (head := await self.turns.load(self.key(thing))).pending:
            key, start = next(iter(head.pending.items()))
            args = dict(start.args)
            call = EffectCall(self._tenant, thing, key, args, "", head.state, head.version)
            result = await self._effects[start.effect](call)
            await self._take(thing, effect_result(key), result, f"agent:{self._feature}")
            performed.append(start.effect)
        return performed

    async def tick(self, thing: str) -> None:
        """Let the deadline pass."""
        head = await self.turns.load(self.key(thing))
        if head.wake_at is None:
            raise AssertionError(f"{thing} has no deadline")
        self.clock.advance(max((head.wake_at - self.clock.now()).total_seconds(), 0.0))
        await self._take(thing, f"tick:{head.version}", Tick(), f"agent:{self._feature}")

    async def state(self, thing: str) -> Any:
        """Return the thing's state."""
        return (await self.turns.load(self.key(thing))).state

    async def events(self, thing: str) -> list[Event]:
        """Return the thing's events, oldest first; the kernel's own entries are left out."""
        return [
            self._kinds[entry.type].model_validate(entry.data)
            for entry in await self.turns.history(self.key(thing))
            if entry.type in self._kinds
        ]

    def key(self, thing: str) -> StreamKey:
        """Return the key of a thing's stream."""
        return StreamKey(self._feature, self._tenant, thing)

    async def _take(self, thing: str, message_id: str, command: Command, by: str) -> Outcome:
        message = Message(
            id=message_id,
            type=command.wire,
            tenant=self._tenant,
            thing=thing,
            data=command.wire_data(),
            by=by,
            at=self.clock.now(),
        )
        outcome = await self.turns.take(self.key(thing), message)
        await self.turns.publish(self.key(thing))
        if outcome.refused is not None:
            raise errors.from_data(outcome.refused)
        return outcome
