"""Taking turns: load, decide, save, publish. The only place where a stream changes.

    message ──► decide ──► one transaction { head, events, marker, claims } ──► publish ──► acknowledge

Two keys of the transaction refuse to exist twice: the first new event (so of two writers one loses) and
the marker of the message (so a message is answered once). Nothing is read first on a warm path; a head in
memory is a guess that the transaction checks. After a failed transaction the keys are read again, and they
alone say what happened.

This file awaits ports and nothing else, so a simulation can run it step by step.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pydantic

from finnest import errors
from finnest.entries import Entries
from finnest.errors import Conflict, FinnestError, Invalid, NotYet, Rejected, Stale, Unavailable
from finnest.failpoints import failpoint
from finnest.ids import StreamKey, digest, kind_of, subject
from finnest.ports import Clock, Publisher, Recorded, Store, Write
from finnest.records import Command, Event, Record
from finnest.turn import (
    UNCHANGED,
    Decider,
    EffectFailed,
    Message,
    Outcome,
    Start,
    Tick,
    Turn,
)
from finnest.watching import Watchers

MARKER_TTL_S = 31 * 24 * 3600
"""A marker outlives every redelivery of its message; commands live 30 days on the bus."""
REPUBLISH_WITHIN = timedelta(days=25)
"""After a restart the last events are published again, in case the crash came before. Older ones are not:
their cause was acknowledged or given up, and consumers may have forgotten them (`MARKER_TTL_S`)."""
SNAPSHOT_BYTES = 16 * 1024
TURN_ATTEMPTS = 8
HEADS_IN_MEMORY = 2_000


class Noted(Event):
    """The kernel's own entry in a stream: an effect or a deadline that led to nothing."""

    wire = "kernel.noted.v1"
    what: str
    reason: str | None = None
    """Slug of the refusal when the rules refused it."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a stream is now: version, snapshot, what is still to be done."""

    state: Record
    schema: int
    version: int = 0
    published: int = 0
    pending: Mapping[str, Start] = field(default_factory=dict[str, Start])
    wake_at: datetime | None = None
    unpublished: Mapping[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    """Entries of this process that are committed and not yet published; not stored."""

    @property
    def left(self) -> bool:
        """Whether anything is still to be done: publish, perform, or wait for a deadline."""
        return bool(self.pending or self.wake_at or self.published < self.version)

    def due(self, now: datetime) -> bool:
        """Return whether the deadline has passed."""
        return self.wake_at is not None and self.wake_at <= now

    def text(self) -> str:
        """Return the stored form."""
        state = self.state.wire_data()
        body: dict[str, Any] = {
            "schema": self.schema,
            "version": self.version,
            "published": self.published,
            "state": state,
            "pending": {key: start.wire_data() for key, start in self.pending.items()},
            "wake_at": self.wake_at.isoformat() if self.wake_at else None,
        }
        text = json.dumps(body, separators=(",", ":"))
        if len(text) > SNAPSHOT_BYTES:
            raise Invalid("too-big", f"this would grow over {SNAPSHOT_BYTES} bytes")
        return text


@dataclass(frozen=True, slots=True)
class _Plan:
    """A transaction ready to be tried, and what is true when it succeeds."""

    head: Head
    outcome: Outcome
    writes: Sequence[Write]
    claims: Sequence[str]
    entries: Mapping[str, str] = field(default_factory=dict[str, str])


class Turns:
    """Takes the turns of one feature's streams."""

    def __init__(
        self,
        feature: str,
        deciders: Sequence[Decider[Any]],
        store: Store,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        self._feature = feature
        self._deciders = {decider.kind: decider for decider in deciders}
        self._commands = {
            decider.kind: {kind.wire: kind for kind in (*decider.commands, Tick, EffectFailed)}
            for decider in deciders
        }
        self._store = store
        self._publisher = publisher
        self._clock = clock
        self._heads: OrderedDict[str, Head] = OrderedDict()
        self._entries = Entries(store)
        self.watchers = Watchers()

    async def take(self, key: StreamKey, message: Message) -> Outcome:
        """Take one message; return its outcome, the stored one if it was taken before.

        Raises:
            Conflict: Others kept changing the stream; nothing was saved.
            Unavailable: The store did not answer; ask again with the same message.
        """
        head = self._heads.get(key.stream)
        fresh = head is None
        if head is None:
            head = await self.load(key)
        held: dict[str, str] = {}
        for _ in range(TURN_ATTEMPTS):
            try:
                plan = self._plan(key, head, message, held)
            except Rejected as refusal:
                plan = self._refuse(key, head, message, refusal)
            except Exception:
                # A repeat need not fit the state it has made; then its marker answers, not the rules.
                self.forget(key)
                known = await self._marker(key, message)
                if known is None:
                    raise
                await self._remember(key)
                return known
            if plan.head is head and not fresh:
                # The transaction checks a new event against the stream, but not an answer without one.
                head, fresh = await self.refresh(key), True
                continue
            failpoint("before-save")
            if await self._store.transact(plan.writes):
                self._entries.keep(plan.entries)
                self._keep(key, plan.head)
                return plan.outcome
            self.forget(key)
            known = await self._marker(key, message)
            if known is not None:
                await self._remember(key)
                return known
            found = {**held, **await self._holders(key, plan.claims)}
            before, head, fresh = head, await self.load(key), True
            if head.version == before.version and found == held:
                raise Unavailable("store-refused", "the state store did not take the change")
            held = found
        raise Conflict("contended", "others kept changing this; nothing was saved")

    def check(self, key: StreamKey) -> None:
        """Raise `Invalid` unless the feature has things of this kind."""
        self._decider(key)

    async def publish(self, key: StreamKey) -> Head:
        """Publish what is committed and not yet published, in order; return the head.

        Raises:
            Unavailable: The bus did not confirm; call again.
        """
        head = self._heads.get(key.stream) or await self._remember(key)
        for version in range(head.published + 1, head.version + 1):
            entry = head.unpublished.get(version)
            if entry is None:
                entry = (await self._entries.read(key, [version]))[version]
            if self._clock.now() - datetime.fromisoformat(entry["at"]) < REPUBLISH_WITHIN:
                failpoint("before-publish")
                await self._publisher.publish(
                    subject("events", entry["type"], key.partition), _announce(key, version, entry)
                )
            latest = self._heads.get(key.stream, head)
            if latest.published < version:
                rest = {v: e for v, e in latest.unpublished.items() if v > version}
                self._keep(key, replace(latest, published=version, unpublished=rest))
        return self._heads.get(key.stream, head)

    async def load(self, key: StreamKey) -> Head:
        """Read the head from the store.

        Raises:
            Unavailable: No answer, or the head was written by newer code than this.
        """
        decider = self._decider(key)
        text = (await self._store.get([key.head])).get(key.head)
        if text is None:
            return Head(state=decider.newborn, schema=decider.schema)
        body = json.loads(text)
        if body["schema"] > decider.schema:
            raise Unavailable("newer-state", "this was written by a newer version of the feature")
        wake_at = body["wake_at"]
        return Head(
            state=type(decider.newborn).model_validate(body["state"]),
            schema=decider.schema,
            version=body["version"],
            published=body["published"],
            pending={k: Start.model_validate(v) for k, v in body["pending"].items()},
            wake_at=datetime.fromisoformat(wake_at) if wake_at else None,
        )

    async def refresh(self, key: StreamKey) -> Head:
        """Return the head as the store has it; memory, when it is right, knows more of publishing.

        Raises:
            Unavailable: As `load`.
        """
        known = self._heads.get(key.stream)
        head = await self.load(key)
        if known is not None and known.version == head.version:
            return known
        self._keep(key, head)
        return head

    async def history(self, key: StreamKey, version: int = 0) -> list[Recorded]:
        """Return the committed events, oldest first: all, or those up to a version that is committed."""
        last = version or (await self.load(key)).version
        entries = await self._entries.read(key, range(1, last + 1))
        return [
            Recorded(v, e["type"], datetime.fromisoformat(e["at"]), e["by"], e["data"])
            for v, e in sorted(entries.items())
        ]

    async def outcome(self, key: StreamKey, message_id: str) -> Outcome | None:
        """Return the stored outcome of a message, or None."""
        marker = key.seen(message_id)
        text = (await self._store.get([marker])).get(marker)
        return Outcome.model_validate_json(text) if text else None

    def peek(self, key: StreamKey) -> Head | None:
        """Return what memory holds of the stream."""
        return self._heads.get(key.stream)

    def forget(self, key: StreamKey) -> None:
        """Drop what memory holds of the stream; the store knows better."""
        self._heads.pop(key.stream, None)

    def _plan(self, key: StreamKey, head: Head, message: Message, held: Mapping[str, str]) -> _Plan:
        # The result of an effect and a passed deadline always leave an entry: it ends them.
        ends = effect_of(message) in head.pending or message.type == Tick.wire
        try:
            turn = self._decide(key, head, message, held)
            if ends and not turn.events:
                turn = replace(turn, events=[Noted(what=message.id)])
            return self._commit(key, head, message, turn)
        except Rejected as refusal:
            if not ends:
                raise
            noted = Noted(what=message.id, reason=refusal.slug)
            return self._commit(key, head, message, Turn([noted]))

    def _decide(self, key: StreamKey, head: Head, message: Message, held: Mapping[str, str]) -> Turn:
        decider = self._decider(key)
        effect = effect_of(message)
        if effect is not None and effect not in head.pending:
            raise Stale("effect-settled", "this effect has its result already")
        if message.type == Tick.wire and not head.due(message.at):
            raise NotYet("not-due", "the deadline has not passed")
        command = decode(self._commands[decider.kind], message.type, message.data)
        turn = decider.decide(head.state, command, message)
        while True:
            lost = next((c for c in turn.claims if held.get(c.what, key.thing) != key.thing), None)
            if lost is None:
                return replace(turn, claims=[c for c in turn.claims if c.what not in held])
            if lost.otherwise is None:
                raise Stale("taken", "another one holds this already", holder=held[lost.what])
            turn = lost.otherwise(held[lost.what])

    def _commit(self, key: StreamKey, head: Head, message: Message, turn: Turn) -> _Plan:
        decider = self._decider(key)
        if not turn.events:
            if turn.starts or turn.claims or turn.wake_at is not UNCHANGED:
                raise TypeError(f"a turn of {decider.kind} starts, claims or wakes without an event")
            outcome = Outcome(version=head.version, reply=turn.reply, fingerprint=fingerprint(message))
            return _Plan(head, outcome, [_mark(key, message, outcome)], ())
        state: Record = head.state
        entries: dict[int, dict[str, Any]] = {}
        for version, event in enumerate(turn.events, start=head.version + 1):
            noted = isinstance(event, Noted)
            if not noted:
                state = decider.evolve(state, event)
            entries[version] = {
                "type": f"{self._feature}.noted.v1" if noted else event.wire,
                "data": event.wire_data(),
                "by": message.by,
                "intake": message.intake,
                "at": message.at.isoformat(),
                "cause": message.id,
                "trace": message.trace,
            }
        version = head.version + len(entries)
        effect = effect_of(message)
        pending = {k: s for k, s in head.pending.items() if k != effect}
        for number, start in enumerate(turn.starts):
            pending[f"{key.event_id(version)}/{number}"] = start
        wake_at = head.wake_at if turn.wake_at is UNCHANGED else cast("datetime | None", turn.wake_at)
        if message.type == Tick.wire and turn.wake_at is UNCHANGED:
            wake_at = None
        after = Head(
            state=state,
            schema=decider.schema,
            version=version,
            published=head.published,
            pending=pending,
            wake_at=wake_at,
            unpublished={**head.unpublished, **entries},
        )
        outcome = Outcome(version=version, reply=turn.reply, fingerprint=fingerprint(message))
        texts = {key.event(v): json.dumps(e, separators=(",", ":")) for v, e in entries.items()}
        first = key.event(head.version + 1)
        writes = [Write(name, text, if_absent=name == first) for name, text in texts.items()]
        writes.append(Write(key.head, after.text()))
        writes.append(_mark(key, message, outcome))
        writes += [Write(key.claim(c.what), key.thing, if_absent=True) for c in turn.claims]
        return _Plan(after, outcome, writes, [claim.what for claim in turn.claims], texts)

    def _refuse(self, key: StreamKey, head: Head, message: Message, refusal: FinnestError) -> _Plan:
        outcome = Outcome(
            version=head.version, refused=errors.as_data(refusal), fingerprint=fingerprint(message)
        )
        return _Plan(head, outcome, [_mark(key, message, outcome)], ())

    async def _marker(self, key: StreamKey, message: Message) -> Outcome | None:
        known = await self.outcome(key, message.id)
        if known is not None and known.fingerprint != fingerprint(message):
            refusal = Invalid("key-reused", "the same request id came with another content")
            return Outcome(version=known.version, refused=errors.as_data(refusal))
        return known

    async def _holders(self, key: StreamKey, claims: Sequence[str]) -> dict[str, str]:
        if not claims:
            return {}
        names = {key.claim(what): what for what in claims}
        found = await self._store.get(list(names))
        return {names[name]: holder for name, holder in found.items()}

    async def _remember(self, key: StreamKey) -> Head:
        head = await self.load(key)
        self._keep(key, head)
        return head

    def _keep(self, key: StreamKey, head: Head) -> None:
        self._heads[key.stream] = head
        self._heads.move_to_end(key.stream)
        self.watchers.tell(key.stream)
        while len(self._heads) > HEADS_IN_MEMORY:
            oldest = next((s for s, h in self._heads.items() if not h.unpublished), None)
            if oldest is None:
                return
            del self._heads[oldest]

    def _decider(self, key: StreamKey) -> Decider[Any]:
        decider = self._deciders.get(kind_of(key.thing))
        if decider is None:
            raise Invalid("unknown-kind", f"{self._feature} has no {kind_of(key.thing)}")
        return decider


def effect_result(effect_key: str) -> str:
    """Return the message id under which an effect's result arrives."""
    return f"effect:{effect_key}"


def effect_of(message: Message) -> str | None:
    """Return the key of the effect whose result this is, or None."""
    return message.id.removeprefix("effect:") if message.id.startswith("effect:") else None


def fingerprint(message: Message) -> str:
    """Return a digest of what the message says; who carries it and when does not count."""
    return digest(message.type, json.dumps(message.data, sort_keys=True))


def announced(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a CloudEvent from the bus (it travels as JSON text: integers stay exact)."""
    data = entry["data"]
    return json.loads(data) if isinstance(data, str) else dict(data)


def decode(kinds: Mapping[str, type[Command]], type_: str, data: dict[str, Any]) -> Command:
    """Return the command of that wire name.

    Raises:
        Invalid: No such command, or the data does not fit it.
    """
    kind = kinds.get(type_)
    if kind is None:
        raise Invalid("unknown-command", f"nothing here takes {type_}")
    try:
        return kind.model_validate(data)
    except pydantic.ValidationError as error:
        raise Invalid("bad-command", _first_problem(error)) from error


def _announce(key: StreamKey, version: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": key.event_id(version),
        "source": f"finnest/{key.feature}",
        "type": entry["type"],
        "subject": key.thing,
        "time": entry["at"],
        "datacontenttype": "application/json",
        "data": json.dumps(entry["data"], separators=(",", ":")),
        "tenant": key.tenant,
        "stream": key.stream,
        "streamversion": version,
        "by": entry["by"],
        "intake": entry["intake"],
        "cause": entry["cause"],
        "traceparent": entry["trace"],
    }


def _mark(key: StreamKey, message: Message, outcome: Outcome) -> Write:
    return Write(key.seen(message.id), outcome.model_dump_json(), if_absent=True, ttl_s=MARKER_TTL_S)


def _first_problem(error: pydantic.ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}" if where else str(problem["msg"])
