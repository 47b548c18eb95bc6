"""Takes what the bus delivers to one feature and says whether it may be acknowledged.

Always `SUCCESS` or `RETRY`: an answer of another kind would make the sidecar drop the message. `RETRY` comes
back after the broker's `ackWait`, so short troubles are waited out here first.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any

import structlog

from finnest.dapr.reach import Actors
from finnest.errors import FinnestError, Later, Rejected, from_data
from finnest.failpoints import failpoint
from finnest.feature import Fact, Feature
from finnest.ids import StreamKey, digest
from finnest.letters import RAW_BYTES, Letters
from finnest.manifest import Consumed
from finnest.ports import Clock
from finnest.records import Command
from finnest.turn import Message
from finnest.turns import MARKER_TTL_S, decode
from finnest.views import Views

HANDLER_S = 3.0
PAUSES_S = (0.05, 0.15, 0.4, 0.8)
BUG_TRIES = 5
PARK_AFTER_S = 600.0
PLATFORM = "platform"
"""Tenant of messages that do not say whose they are."""
TRACKED = 10_000

log = structlog.get_logger()


class Bug(Exception):
    """The turn failed for a reason that is ours; the traceback is in the log of its host."""


class Consumer:
    """The bus end of one feature."""

    def __init__(
        self,
        feature: Feature,
        letters: Letters,
        actors: Actors,
        views: Views,
        clock: Clock,
        started: datetime,
    ) -> None:
        self._feature = feature
        self._manifest = feature.manifest
        self._letters = letters
        self._actors = actors
        self._views = views
        self._clock = clock
        self._started = started
        self._kinds = {kind.wire: kind for decider in feature.deciders for kind in decider.commands}
        self._troubles: OrderedDict[str, tuple[float, int]] = OrderedDict()

    async def handle(self, lane: str, body: bytes) -> str:
        """Take one delivery; return `SUCCESS` or `RETRY`."""
        try:
            fact = read_fact(body)
        except (ValueError, KeyError, TypeError, Rejected) as error:
            detail = f"{type(error).__name__}: {error}"[:300]
            letter = self._letter("", "unknown", "undecodable", detail, 1, body)
            return await self._keep(PLATFORM, f"raw:{digest(body)}", letter, body)
        trouble: tuple[str, str] | None = None
        try:
            async with asyncio.timeout(HANDLER_S):
                await self._patiently(lane, fact)
        except (Later, TimeoutError) as later:
            slug = later.slug if isinstance(later, FinnestError) else "slow"
            since, tries = self._again(fact.id)
            if asyncio.get_running_loop().time() - since < PARK_AFTER_S:
                return "RETRY"
            trouble = ("parked", f"{slug} for {int(PARK_AFTER_S)} s, {tries} deliveries")
        except Exception as error:
            _, tries = self._again(fact.id)
            log.exception("delivery-failed", id=fact.id, type=fact.type, tries=tries)
            if tries < BUG_TRIES:
                return "RETRY"
            trouble = ("bug", f"{type(error).__name__}: {error}"[:300])
        if trouble is not None:
            tries = self._troubles[fact.id][1]
            letter = self._letter(fact.id, fact.type, *trouble, tries, body)
            verdict = await self._keep(fact.tenant, fact.id, letter, body)
            if verdict != "SUCCESS":
                return verdict
        self._troubles.pop(fact.id, None)
        failpoint("before-ack")
        return "SUCCESS"

    async def _patiently(self, lane: str, fact: Fact) -> None:
        for pause_s in PAUSES_S:
            try:
                return await self._take(lane, fact)
            except Later:
                await asyncio.sleep(pause_s)
        return await self._take(lane, fact)

    async def _take(self, lane: str, fact: Fact) -> None:
        if lane == "commands":
            message = self._message(fact, fact.type, fact.thing, fact.data)
            await self._turn(message)
            return
        # Acting before showing: a view that cannot be built must not keep anything from happening.
        for consumed in self._manifest.hears:
            if consumed.mode == "react" and consumed.matches(fact.type):
                await self._react(consumed, fact)
        if fact.type.startswith(f"{self._manifest.name}.") or self._projects(fact.type):
            await self._views.apply(fact)

    def _projects(self, wire: str) -> bool:
        return any(c.mode == "project" and c.matches(wire) for c in self._manifest.hears)

    async def _react(self, consumed: Consumed, fact: Fact) -> None:
        if fact.at < self._started:
            return
        if self._clock.now() - fact.at > timedelta(seconds=MARKER_TTL_S):
            raise Bug("older than the markers: reacting now could act twice")
        data = {"source": fact.thing, **fact.data}
        command = decode(self._kinds, consumed.take or "", data)
        thing = command.address()
        if thing is not None:
            message = self._message(fact, command.wire, thing, command.wire_data())
            # One event may lead to several commands for one thing.
            await self._turn(message.model_copy(update={"id": f"{fact.id}>{command.wire}"}))

    async def _turn(self, message: Message) -> None:
        key = StreamKey(self._manifest.name, message.tenant, message.thing)
        answer = await self._actors.call(
            self._manifest.actor,
            key.actor_id,
            "turn",
            message.model_dump_json().encode(),
            HANDLER_S,
        )
        if "later" in answer:
            raise from_data(answer["later"])
        if "bug" in answer:
            raise Bug(answer["bug"])

    def _message(self, fact: Fact, type_: str, thing: str, data: dict[str, Any]) -> Message:
        return Message(
            id=fact.id,
            type=type_,
            tenant=fact.tenant,
            thing=thing,
            data=data,
            by=fact.by,
            intake=fact.intake,
            at=self._clock.now(),
            trace=fact.trace,
        )

    async def _keep(self, tenant: str, message_id: str, letter: Command, body: bytes) -> str:
        # A replay that fails again is another delivery of the same message: it is kept again.
        try:
            await self._turn(
                Message(
                    id=f"letter:{message_id}:{digest(body)}",
                    type=letter.wire,
                    tenant=tenant,
                    thing=self._letters.thing(message_id),
                    data=letter.wire_data(),
                    by=f"agent:{self._manifest.name}",
                    at=self._clock.now(),
                )
            )
        except (FinnestError, Bug):
            log.exception("dead-letter-not-kept", id=message_id)
            return "RETRY"
        log.warning("dead-letter", id=message_id, feature=self._manifest.name)
        return "SUCCESS"

    def _letter(
        self, message_id: str, subject: str, reason: str, detail: str, attempts: int, body: bytes
    ) -> Command:
        return self._letters.keep(
            message_id=message_id,
            subject=subject,
            reason=reason,
            detail=detail,
            attempts=attempts,
            raw=body[:RAW_BYTES].decode("utf-8", "replace"),
            cut=len(body) > RAW_BYTES,
        )

    def _again(self, message_id: str) -> tuple[float, int]:
        now = asyncio.get_running_loop().time()
        since, tries = self._troubles.pop(message_id, (now, 0))
        self._troubles[message_id] = (since, tries + 1)
        while len(self._troubles) > TRACKED:
            self._troubles.popitem(last=False)
        return since, tries + 1


def read_fact(body: bytes) -> Fact:
    """Return the fact, or command, in a CloudEvent.

    Raises:
        ValueError, KeyError, TypeError, Rejected: It is none of ours.
    """
    envelope = json.loads(body)
    data = envelope["data"]
    fact = Fact(
        id=envelope.get("originalid") or envelope["id"],
        type=envelope["type"],
        tenant=envelope["tenant"],
        stream=envelope.get("stream", ""),
        thing=envelope["subject"],
        version=envelope.get("streamversion", 0),
        at=envelope["time"],
        by=envelope["by"],
        intake=envelope.get("intake", False),
        data=json.loads(data) if isinstance(data, str) else data,
        trace=envelope.get("traceparent", ""),
    )
    StreamKey("unknown", fact.tenant, fact.thing)
    return fact
