"""Bugs planted on purpose: each must be found, or the simulation is blind where it matters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from finnest.dapr.consumer import Consumer
from finnest.dapr.host import ActorHost
from finnest.ids import StreamKey
from finnest.ports import Clock, Publisher, Store, Write
from finnest.turn import Decider, Message, Outcome
from finnest.turns import Head, Turns
from tests.simulation.world import Parts, Weather


class _Altered(Store):
    """A store that changes some writes."""

    def __init__(self, inner: Store, alter: Callable[[Write], Write]) -> None:
        self._inner = inner
        self._alter = alter

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        return await self._inner.get(keys)

    async def transact(self, writes: Sequence[Write]) -> bool:
        return await self._inner.transact([self._alter(write) for write in writes])


def _unmarked(write: Write) -> Write:
    return replace(write, if_absent=write.if_absent and "/seen/" not in write.key)


def _unfenced(write: Write) -> Write:
    return replace(write, if_absent=write.if_absent and "/e/" not in write.key)


def _unclaimed(write: Write) -> Write:
    return replace(write, if_absent=write.if_absent and "/claim/" not in write.key)


class _Ahead(Store):
    """Pretends to save."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner
        self._over: dict[str, str] = {}

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        found = await self._inner.get([key for key in keys if key not in self._over])
        return found | {key: self._over[key] for key in keys if key in self._over}

    async def transact(self, writes: Sequence[Write]) -> bool:
        self._over |= {write.key: write.value for write in writes}
        return True


class PublishFirst(Turns):
    """Publishes what a turn would say before it is saved."""

    def __init__(
        self,
        feature: str,
        deciders: Sequence[Decider[Any]],
        store: Store,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        super().__init__(feature, deciders, store, publisher, clock)
        self._ahead = lambda: Turns(feature, deciders, _Ahead(store), publisher, clock)

    async def take(self, key: StreamKey, message: Message) -> Outcome:
        ahead = self._ahead()
        await ahead.take(key, message)
        await ahead.publish(key)
        return await super().take(key, message)


class TrustsMemory(Turns):
    """Never looks again at the store while it remembers something."""

    async def refresh(self, key: StreamKey) -> Head:
        return self.peek(key) or await super().refresh(key)


class AckFirst(Consumer):
    """Acknowledges, then takes the turn."""

    async def handle(self, lane: str, body: bytes) -> str:
        self._behind = asyncio.ensure_future(super().handle(lane, body))
        return "SUCCESS"


class NoResumeOnRedelivery(ActorHost):
    """Answers a repeated message and does nothing else."""

    async def turn(self, key: StreamKey, message: Message) -> Outcome:
        known = await self._turns.outcome(key, message.id)
        return known or await super().turn(key, message)


class NoResumeOnTick(ActorHost):
    """Ends the ticking and does nothing else."""

    async def tick(self, key: StreamKey) -> None:
        await self._waker.rest(self._actor, key.actor_id)


class NoWake(ActorHost):
    """Acknowledges without a reminder for what is left."""

    async def _wake(self, key: StreamKey, head: Head) -> None:
        return


class ForgetsToPublish(ActorHost):
    """Sets no reminder for a result whose event could not be published."""

    async def _wake(self, key: StreamKey, head: Head) -> None:
        if head.pending or head.wake_at:
            await super()._wake(key, head)


BUGS: dict[str, tuple[Parts, int]] = {
    "skips the marker": (Parts(store=lambda store: _Altered(store, _unmarked)), 50),
    "does not fence the stream": (Parts(store=lambda store: _Altered(store, _unfenced)), 200),
    "does not fence claims": (Parts(store=lambda store: _Altered(store, _unclaimed)), 200),
    "publishes before it saves": (Parts(turns=PublishFirst), 50),
    "trusts its memory": (Parts(turns=TrustsMemory), 500),
    "acknowledges before it saves": (Parts(consumer=AckFirst), 50),
    "does not resume on redelivery": (Parts(host=NoResumeOnRedelivery), 100),
    "does not resume on a tick": (Parts(host=NoResumeOnTick), 50),
    "sets no reminder": (Parts(host=NoWake), 50),
    "forgets what it could not publish": (
        Parts(host=ForgetsToPublish, weather=Weather(storm_s=5.0, weak="bus.publish")),
        1000,
    ),
}
"""Each bug and the number of seeds within which it must be found."""
