"""What every feature has without asking: a ping, and a place for messages that nobody could take."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from finnest.databases import insert
from finnest.errors import Invalid, Missing, Stale
from finnest.feature import Fact, Projection
from finnest.ids import StreamKey, derived, subject
from finnest.ports import Effect, EffectCall, Publisher, Streams
from finnest.records import Command, Event, Record, Wired
from finnest.turn import Decider, Message, Start, Turn

RAW_BYTES = 24 * 1024
"""What is kept of a message that nobody could take."""

W = TypeVar("W", bound=Wired)


def named(kind: type[W], feature: str, what: str) -> type[W]:
    """Return the record type under the feature's own wire name."""
    body = {"wire": f"{feature}.{what}.v1", "__doc__": kind.__doc__}
    return cast("type[W]", type(kind.__name__, (kind,), body))


class Ping(Command):
    """Asks for an answer that has been through bus, actor and store."""


class NoState(Record):
    """A thing that keeps nothing."""


class Pings(Decider[NoState]):
    """Answers pings; only the marker is written."""

    kind = "ping"
    schema = 1
    newborn = NoState()
    events: Sequence[type[Event]] = ()

    def __init__(self, feature: str) -> None:
        self.command = named(Ping, feature, "ping")
        self.commands: Sequence[type[Command]] = (self.command,)

    def decide(self, state: NoState, command: Command, message: Message) -> Turn:
        return Turn(reply={"pong": message.id})

    def evolve(self, state: NoState, event: Event) -> NoState:
        return state


class KeepLetter(Command):
    """Keep a message that could not be taken."""

    message_id: str
    subject: str
    reason: str
    detail: str
    attempts: int
    raw: str
    cut: bool = False
    """True when the message was too large to be kept whole; it cannot be replayed."""


class ReplayLetter(Command):
    """Put the message on the bus again."""


class LetterSent(Command):
    """The message is on the bus again."""


class DeadLettered(Event):
    """A message could not be taken and was put aside."""

    message_id: str
    subject: str
    reason: str
    detail: str
    attempts: int
    raw: str
    cut: bool = False


class ReplayAsked(Event):
    """A person wants the message to be tried again."""

    times: int


class DeadLetterReplayed(Event):
    """The message was put on the bus again."""


class Letter(Record):
    """One dead letter."""

    status: str = ""
    times: int = 0
    whole: bool = True
    """False when only a part of the message was kept, or it had no id."""


class Letters(Decider[Letter]):
    """Keeps and replays dead letters of one feature."""

    kind = "dead"
    schema = 1
    newborn = Letter()

    def __init__(self, feature: str) -> None:
        self.keep = named(KeepLetter, feature, "keep_letter")
        self.replay = named(ReplayLetter, feature, "replay_letter")
        self.sent = named(LetterSent, feature, "letter_sent")
        self._lettered = named(DeadLettered, feature, "dead_lettered")
        self._asked = named(ReplayAsked, feature, "dead_letter_replay_asked")
        self._replayed = named(DeadLetterReplayed, feature, "dead_letter_replayed")
        self.commands: Sequence[type[Command]] = (self.keep, self.replay, self.sent)
        self.events: Sequence[type[Event]] = (self._lettered, self._asked, self._replayed)

    def decide(self, state: Letter, command: Command, message: Message) -> Turn:
        if isinstance(command, KeepLetter):
            if state.status == "open":
                return Turn()
            return Turn([self._lettered.model_validate(command.model_dump())])
        if not state.status:
            raise Missing("no-such-letter", "there is no such dead letter")
        if isinstance(command, ReplayLetter):
            if state.status != "open":
                raise Stale("not-open", f"this dead letter is {state.status}")
            if not state.whole:
                raise Invalid("not-replayable", "only a part of this message was kept")
            times = state.times + 1
            start = Start(effect="replay_letter", args={"times": times})
            return Turn([self._asked(times=times)], {"status": "replaying"}, [start])
        if isinstance(command, LetterSent):
            # It may have come back, to be kept again, before this news of its sending.
            return Turn([self._replayed()] if state.status == "replaying" else [])
        raise Invalid("unknown-command", "a dead letter is kept or replayed")

    def evolve(self, state: Letter, event: Event) -> Letter:
        if isinstance(event, DeadLettered):
            whole = bool(event.message_id) and not event.cut
            return Letter(status="open", times=state.times, whole=whole)
        if isinstance(event, ReplayAsked):
            return state.model_copy(update={"status": "replaying", "times": event.times})
        return state.model_copy(update={"status": "replayed"})

    def thing(self, message_id: str) -> str:
        """Return the dead letter's id for a message."""
        return derived(self.kind, message_id)


_TOLD = ("message_id", "subject", "reason", "detail")
_metadata = sa.MetaData()
DEAD_LETTERS = sa.Table(
    "dead_letters",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    *(sa.Column(name, sa.String, nullable=False) for name in ("at", "status", *_TOLD)),
    sa.Column("attempts", sa.Integer, nullable=False),
)


class LetterViews(Projection):
    """The table of a feature's dead letters; it may hear those of another whose events it takes."""

    tables = _metadata
    of_kernel = True

    def __init__(self, feature: str) -> None:
        self._feature = feature

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        owner, what = fact.type.split(".")[:2]
        if owner != self._feature:
            return
        if what == "dead_lettered":
            values = {name: fact.data[name] for name in (*_TOLD, "attempts")}
            values |= {"at": fact.at.isoformat(), "status": "open"}
            row = insert(DEAD_LETTERS).values(tenant=fact.tenant, id=fact.thing, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["tenant", "id"], set_=values))
        elif what in ("dead_letter_replay_asked", "dead_letter_replayed"):
            status = "replayed" if what.endswith("replayed") else "replaying"
            connection.execute(
                sa.update(DEAD_LETTERS)
                .where(DEAD_LETTERS.c.tenant == fact.tenant, DEAD_LETTERS.c.id == fact.thing)
                .values(status=status)
            )


def listed(tenant: str) -> Callable[[sa.Connection], list[dict[str, Any]]]:
    """Return the query for a tenant's dead letters, newest first."""

    def query(connection: sa.Connection) -> list[dict[str, Any]]:
        wanted = (
            sa.select(DEAD_LETTERS)
            .where(DEAD_LETTERS.c.tenant == tenant)
            .order_by(DEAD_LETTERS.c.at.desc())
            .limit(500)
        )
        return [dict(row) for row in connection.execute(wanted).mappings()]

    return query


def replayer(streams: Streams, publisher: Publisher, letters: Letters) -> Effect:
    """Return the effect that puts a dead letter on the bus again.

    It goes out under a new id (the broker would swallow the old one) and names the original, so it is
    taken once even when the first delivery had been taken after all.
    """

    async def replay(call: EffectCall) -> Command:
        history = await streams.history(call.tenant, call.thing)
        letter = next(e.data for e in history if e.type.endswith(".dead_lettered.v1"))
        event = json.loads(letter["raw"])
        stream = event.get("stream")
        lane = "events" if stream else "commands"
        if stream:
            key = StreamKey.of_stream(stream)
        else:
            feature = event["type"].partition(".")[0]
            key = StreamKey(feature, event["tenant"], event["subject"])
        again = {**event, "id": f"{letter['message_id']}~{call.args['times']}"}
        again["originalid"] = letter["message_id"]
        await publisher.publish(subject(lane, event["type"], key.partition), again)
        return letters.sent()

    return replay
