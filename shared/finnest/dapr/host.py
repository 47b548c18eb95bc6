"""Hosts the actors of one feature: turn lock, effects after the commit, and the wake that heals crashes.

Dapr's own actor runtime for Python is not used: it saves what a failed turn left in its cache, has no lock
in the process and rewrites strings that look like dates (`tests/contract/test_sdk_actors.py` shows it).
"""

from __future__ import annotations

import asyncio
import weakref
from collections import Counter
from typing import Any

import structlog

from finnest import errors
from finnest.context import TRACE
from finnest.dapr.bus import Outcomes
from finnest.errors import Later
from finnest.failpoints import failpoint
from finnest.feature import Feature
from finnest.ids import StreamKey
from finnest.ports import Clock, EffectCall, Waker
from finnest.records import Command
from finnest.telemetry import span
from finnest.turn import EffectFailed, Message, Outcome, Start, Tick
from finnest.turns import Head, Turns, effect_result

INSTANT_S = 0.025
"""How long an acknowledgement may wait for effects before a reminder takes over."""
WAKE_S = 30.0
EFFECTS_AT_ONCE = 32
EFFECT_TRIES = 5
EFFECT_PAUSES_S = (0.0, 0.2, 1.0)

log = structlog.get_logger()


class ActorHost:
    """Takes turns for one feature, one at a time per actor, and sees their effects through."""

    def __init__(
        self, feature: Feature, turns: Turns, waker: Waker, outcomes: Outcomes, clock: Clock
    ) -> None:
        self._feature = feature
        self._actor = feature.manifest.actor
        self._turns = turns
        self._waker = waker
        self._outcomes = outcomes
        self._clock = clock
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._broken: Counter[str] = Counter()
        self._slots = asyncio.Semaphore(EFFECTS_AT_ONCE)

    async def turn(self, key: StreamKey, message: Message) -> Outcome:
        """Take one message and settle what follows; when this returns, it may be acknowledged.

        Raises:
            Later: Something is not durable yet; the same message again goes on from there.
        """
        with span("turn", message.trace, stream=key.stream, message=message.type):
            async with self._lock(key):
                outcome = await self._turns.take(key, message)
                failpoint("after-save")
                self._outcomes.tell(message.id, outcome)
                head = await self._turns.publish(key)
                failpoint("after-publish")
            await self._settle(key, head)
        return outcome

    async def answer(self, key: StreamKey, message: Message) -> dict[str, Any]:
        """Take a turn and return what its caller gets: an outcome, `later` or `bug`, as data."""
        try:
            outcome = await self.turn(key, message)
        except Later as later:
            return {"later": errors.as_data(later)}
        except Exception as error:
            log.exception("turn-failed", stream=key.stream, message=message.id, type=message.type)
            return {"bug": f"{type(error).__name__}: {error}"[:300]}
        return {"outcome": outcome.wire_data()}

    async def tick(self, key: StreamKey) -> None:
        """Do what is still to be done for a stream: publish, deadline, effects; stop ticking when none is.

        Raises:
            Later: Not everything could be done; the next tick tries again.
        """
        failpoint("before-reminder")
        async with self._lock(key):
            # Memory may be behind: another process may have had the actor meanwhile.
            await self._turns.refresh(key)
            head = await self._turns.publish(key)
            if head.due(self._clock.now()):
                await self._turns.take(key, self._message(key, f"tick:{head.version}", Tick()))
                head = await self._turns.publish(key)
            if not head.left:
                await self._waker.rest(self._actor, key.actor_id)
                # Again: another process may have set the reminder that was just removed.
                head = await self._turns.refresh(key)
        if head.left:
            await self._settle(key, head)
        failpoint("after-reminder")

    def deactivate(self, key: StreamKey) -> None:
        """Forget an actor that moves or rests."""
        self._turns.forget(key)

    async def close(self) -> None:
        """Stop the effects that run here; they go on after the next start."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _settle(self, key: StreamKey, head: Head) -> None:
        self._start(key, head)
        loop = asyncio.get_running_loop()
        end = loop.time() + INSTANT_S
        # Those that follow from an effect are waited for as well; one that failed runs no more and is not.
        while running := [self._running[one] for one in head.pending if one in self._running]:
            _, slow = await asyncio.wait(running, timeout=max(end - loop.time(), 0.0))
            head = self._turns.peek(key) or head
            if slow:
                break
        if head.left:
            await self._wake(key, head)

    async def _wake(self, key: StreamKey, head: Head) -> None:
        due_s = WAKE_S
        if head.wake_at is not None:
            until_s = max((head.wake_at - self._clock.now()).total_seconds(), 0.0)
            due_s = min(until_s, WAKE_S) if head.pending else until_s
        failpoint("before-wake")
        await self._waker.wake(self._actor, key.actor_id, due_s)

    def _start(self, key: StreamKey, head: Head) -> None:
        for effect_key, start in head.pending.items():
            if effect_key not in self._running:
                task = asyncio.create_task(self._see_through(key, effect_key, start))
                self._running[effect_key] = task
                task.add_done_callback(lambda _, k=effect_key: self._running.pop(k, None))

    async def _see_through(self, key: StreamKey, effect_key: str, start: Start) -> None:
        """Perform one effect and take its result; on failure the wake comes back to it."""
        try:
            result = await self._perform(key, effect_key, start)
            if result is None:
                return
            failpoint("after-effect")
            message = self._message(key, effect_result(effect_key), result)
            async with self._lock(key):
                await self._turns.take(key, message)
                head = await self._turns.publish(key)
            self._broken.pop(effect_key, None)
            self._start(key, head)
        except Later as later:
            log.info("effect-waits", effect=start.effect, key=effect_key, reason=later.slug)
        except Exception:
            self._broken[effect_key] += 1
            log.exception("effect-result-broke", effect=start.effect, key=effect_key)

    async def _perform(self, key: StreamKey, effect_key: str, start: Start) -> Command | None:
        reason = "result"
        for pause_s in EFFECT_PAUSES_S:
            if self._broken[effect_key] >= EFFECT_TRIES:
                return EffectFailed(effect=start.effect, args=start.args, reason=reason)
            await asyncio.sleep(pause_s)
            try:
                # Whoever waits to try again leaves its place to the others.
                async with self._slots:
                    failpoint("before-effect")
                    return await self._feature.effects[start.effect](await self._call(key, effect_key, start))
            except Later as later:
                reason = later.slug
            except Exception as error:
                log.exception("effect-broke", effect=start.effect, key=effect_key)
                reason = type(error).__name__
                self._broken[effect_key] += 1
        if self._broken[effect_key] >= EFFECT_TRIES:
            return EffectFailed(effect=start.effect, args=start.args, reason=reason)
        log.info("effect-waits", effect=start.effect, key=effect_key, reason=reason)
        return None

    async def _call(self, key: StreamKey, effect_key: str, start: Start) -> EffectCall:
        head = self._turns.peek(key) or await self._turns.load(key)
        args = dict(start.args)
        return EffectCall(key.tenant, key.thing, effect_key, args, TRACE.get(), head.state, head.version)

    def _message(self, key: StreamKey, message_id: str, command: Command) -> Message:
        return Message(
            id=message_id,
            type=command.wire,
            tenant=key.tenant,
            thing=key.thing,
            data=command.wire_data(),
            by=f"agent:{self._feature.manifest.agent or self._feature.manifest.name}",
            at=self._clock.now(),
            trace=TRACE.get(),
        )

    def _lock(self, key: StreamKey) -> asyncio.Lock:
        lock = self._locks.get(key.stream)
        if lock is None:
            lock = self._locks[key.stream] = asyncio.Lock()
        return lock
