"""One seed: orders are given in a storm, the storm ends, and then everything must be as if there was none."""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from finnest import errors
from finnest.context import Caller
from finnest.errors import Later, Rejected
from finnest.ids import StreamKey, command_id, kind_of
from finnest.records import Command
from finnest.turn import Outcome
from finnest.turns import Head, Turns
from tests.simulation.domain import (
    CREDIT,
    LETTERS,
    MANIFESTS,
    RULES,
    Break,
    Deposit,
    Hold,
    Look,
    Withdraw,
    slip_claim,
    wants_confirmation,
)
from tests.simulation.world import Crashed, Parts, World

CALM_S = 400.0
"""How long after the storm everything must have come to rest."""


class Violation(AssertionError):
    """A promise was broken."""


@dataclass(slots=True)
class Order:
    """One request of a client, asked until answered, sometimes more than once."""

    number: int
    tenant: str
    account: str
    command: Command
    at_s: float
    times: int
    since: int = 0
    """The stream's version when it was first asked."""
    answers: list[Any] = field(default_factory=list[Any])

    @property
    def key(self) -> StreamKey:
        return StreamKey("accounts", self.tenant, self.account)

    @property
    def message_id(self) -> str:
        return command_id(self.key, self.command.wire, f"order-{self.number}")


def run_seed(seed: int, parts: Parts | None = None, tracing: bool = False) -> World:
    """Run one seed.

    Raises:
        Violation: A promise was broken.
    """
    world = World(seed, parts, tracing)
    try:
        world.loop.run_until_complete(_life(world))
    finally:
        world.loop.end()
    return world


def schedule(seed: int, parts: Parts | None = None) -> list[str]:
    """Return every step of a seed, as it happened."""
    world = World(seed, parts, tracing=True)
    assert world.trace is not None
    try:
        with contextlib.suppress(Violation):
            world.loop.run_until_complete(_life(world))
    finally:
        world.loop.end()
    return [f"{world.weather}", *world.trace]


async def _life(world: World) -> None:
    orders = _orders(world)
    world.reports |= {
        order.message_id
        for order in orders
        if isinstance(order.command, Deposit | Withdraw) and order.command.report
    }
    clients = [world.loop.create_task(_client(world, order)) for order in orders]
    await world.pause(world.weather.storm_s)
    world.stormy = False
    world.note(None, "the storm ends", "")
    for _ in range(int(CALM_S / 5)):
        await world.pause(5.0)
        if all(c.done() for c in clients) and not world.broker.waiting and not world.waker.due:
            break
    unanswered = [o.number for o, c in zip(orders, clients, strict=True) if not c.done()]
    waiting = [(d.feature, d.id) for d in world.broker.waiting]
    _hold(not unanswered, f"orders never answered: {unanswered}")
    _hold(not waiting, f"messages never acknowledged: {waiting}")
    _hold(not world.waker.due, f"reminders that never end: {world.waker.due}")
    for client in clients:
        client.result()
    await check(world, orders)


def _orders(world: World) -> list[Order]:
    chance = world.chance
    accounts = [f"acct-{n}" for n in range(chance.choice((1, 2)))]
    slips = [f"slip{n}" for n in range(chance.choice((1, 3)))]
    orders: list[Order] = []
    for number in range(chance.randint(2, 6)):
        draw = chance.random()
        if draw < 0.45:
            command = Deposit(
                cents=chance.randint(1, 9),
                slip=chance.choice(slips),
                strict=chance.random() < 0.5,
                report=chance.random() < 0.6,
            )
        elif draw < 0.7:
            command = Withdraw(cents=chance.randint(1, 5), report=chance.random() < 0.6)
        elif draw < 0.8:
            command = Hold(seconds=chance.choice((0.0, 0.5, 10.0, 40.0)))
        elif draw < 0.98:
            command = Look()
        else:
            command = Break()
        orders.append(
            Order(
                number,
                chance.choice(("kestrel", "kestrel", "heron")),
                chance.choice(accounts),
                command,
                chance.random() * world.weather.storm_s * chance.choice((0.1, 0.9)),
                chance.choice((1, 1, 2)),
            )
        )
    return orders


async def _client(world: World, order: Order) -> None:
    await world.pause(order.at_s)
    order.since = _stored_version(world, order.key)
    caller = Caller(tenant=order.tenant, user="ada")
    while len(order.answers) < order.times:
        process = world.some_process()
        if process is None:
            await world.pause(1.0)
            continue
        world.note(process, f"order {order.number}: {order.command.wire}", order.message_id)
        sending = process.commands["accounts"].send(
            order.account, order.command, caller, request=f"order-{order.number}"
        )
        try:
            outcome = await process.run(sending)
        except Rejected as refusal:
            order.answers.append((refusal.slug, refusal.detail))
        except (Crashed, Later):
            await world.pause(1.0)
        else:
            if outcome is not None:
                order.answers.append(outcome)
            elif isinstance(order.command, Break):
                return
            await world.pause(world.chance.choice((0.5, 3.0)))


async def check(world: World, orders: Sequence[Order]) -> None:
    """Hold every promise against what is stored."""
    turns = {m.name: Turns(m.name, RULES[m.name], world.store, _Nowhere(), world.clock) for m in MANIFESTS}
    streams = sorted({key.rsplit("/", 1)[0] for key in world.store.all_keys() if key.endswith("/head")})
    heads: dict[StreamKey, Head] = {}
    entries: dict[StreamKey, list[dict[str, Any]]] = {}
    for stream in streams:
        key = StreamKey.of_stream(stream)
        heads[key] = await turns[key.feature].load(key)
        entries[key] = _entries(world, key, heads[key].version)
    outcomes = {o.number: await turns["accounts"].outcome(o.key, o.message_id) for o in orders}
    _check_streams(world, heads, entries)
    _check_orders(orders, outcomes, entries)
    _check_effects(world, entries)
    _check_claims(world, orders, entries)
    _check_books(heads, entries)
    _check_letters(orders, heads, entries)


class _Nowhere:
    async def publish(self, subject: str, event: Any) -> None:
        raise AssertionError("nothing is published while checking")


def _stored_version(world: World, key: StreamKey) -> int:
    text = world.store.look(key.head)
    return json.loads(text)["version"] if text else 0


def _entries(world: World, key: StreamKey, version: int) -> list[dict[str, Any]]:
    texts = [world.store.look(key.event(v)) for v in range(1, version + 1)]
    _hold(None not in texts, f"{key.stream} has a gap")
    _hold(world.store.look(key.event(version + 1)) is None, f"{key.stream} has events over its head")
    return [json.loads(text) for text in texts if text is not None]


def _check_streams(
    world: World, heads: dict[StreamKey, Head], entries: dict[StreamKey, list[dict[str, Any]]]
) -> None:
    for key, head in heads.items():
        _hold(not head.pending, f"{key.stream} has pending effects: {list(head.pending)}")
        _hold(head.wake_at is None, f"{key.stream} still has a deadline")
        missing = [v for v in range(1, head.version + 1) if key.event_id(v) not in world.broker.ids]
        _hold(not missing, f"{key.stream} never published {missing}")
        rules = next(r for r in RULES[key.feature] if r.kind == kind_of(key.thing))
        state = rules.newborn
        kinds = {kind.wire: kind for kind in rules.events}
        for entry in entries[key]:
            if entry["type"] in kinds:
                state = rules.evolve(state, kinds[entry["type"]].model_validate(entry["data"]))
        _hold(state == head.state, f"{key.stream} is not what its events say")
        for feature, witness in world.views.items():
            if feature == key.feature or key.feature == "accounts":
                facts = [f for f in witness.facts if f.stream == key.stream]
                _hold(
                    [f.version for f in facts] == list(range(1, head.version + 1)),
                    f"{feature} saw {[f.version for f in facts]} of {key.stream}",
                )
                _hold(
                    [f.data for f in facts] == [e["data"] for e in entries[key]],
                    f"{feature} saw other events of {key.stream} than were committed",
                )


def _check_orders(
    orders: Sequence[Order],
    outcomes: dict[int, Outcome | None],
    entries: dict[StreamKey, list[dict[str, Any]]],
) -> None:
    for order in orders:
        outcome = outcomes[order.number]
        history = entries.get(order.key, [])
        mine = [v for v, e in enumerate(history, start=1) if e["cause"] == order.message_id]
        if isinstance(order.command, Break):
            _hold(outcome is None and not mine, f"order {order.number} was not poison")
            continue
        assert outcome is not None
        for answer in order.answers:
            if isinstance(answer, Outcome):
                same = answer == outcome
            else:
                error = errors.from_data(outcome.refused or {"slug": ""})
                same = answer == (error.slug, error.detail)
            _hold(same, f"order {order.number} was answered {answer}, but it is {outcome}")
        _hold(
            outcome.version >= order.since,
            f"order {order.number} was answered from version {outcome.version}, "
            f"older than {order.since} when it was asked",
        )
        effective = outcome.refused is None and not isinstance(order.command, Look)
        _hold(
            len(mine) == int(effective),
            f"order {order.number} has {len(mine)} events: {outcome}",
        )
        if mine:
            _hold(mine == [outcome.version], f"order {order.number} is in {mine}: {outcome}")
        _check_answer(order, outcome, history[: outcome.version])


def _check_answer(order: Order, outcome: Outcome, history: Sequence[dict[str, Any]]) -> None:
    """Hold the answer against the history that it was given on."""
    balance = 0
    for entry in history:
        if entry["type"] == "accounts.deposited.v1":
            balance += entry["data"]["cents"]
        elif entry["type"] == "accounts.withdrawn.v1":
            balance -= entry["data"]["cents"]
    if outcome.refused is not None and outcome.refused["slug"] == "too-little":
        assert isinstance(order.command, Withdraw)
        _hold(order.command.cents > balance + CREDIT, f"order {order.number} was refused although it fits")
    elif "balance" in outcome.reply:
        _hold(
            outcome.reply["balance"] == balance,
            f"order {order.number} was told {outcome.reply}, but it is {balance}",
        )


def _check_effects(world: World, entries: dict[StreamKey, list[dict[str, Any]]]) -> None:
    for key, history in entries.items():
        causes = [e["cause"] for e in history]
        for version, entry in enumerate(history, start=1):
            filed = entry["type"] == "accounts.report_filed.v1"
            moved = entry["type"] in ("accounts.deposited.v1", "accounts.withdrawn.v1")
            if (moved and entry["cause"] in world.reports) or (
                filed and wants_confirmation(entry["data"]["receipt"])
            ):
                effect = f"{key.event_id(version)}/0"
                _hold(world.performed[effect] > 0, f"{effect} was never performed")
                count = causes.count(f"effect:{effect}")
                _hold(count == 1, f"{effect} has {count} results")


def _check_claims(
    world: World, orders: Sequence[Order], entries: dict[StreamKey, list[dict[str, Any]]]
) -> None:
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, history in entries.items():
        for entry in history:
            if entry["type"] == "accounts.deposited.v1":
                holders[key.tenant, entry["data"]["slip"]].add(key.thing)
    for (tenant, slip), things in holders.items():
        _hold(len(things) == 1, f"{slip} of {tenant} counts for {sorted(things)}")
        claim = StreamKey("accounts", tenant, next(iter(things))).claim(slip_claim(slip))
        _hold(world.store.look(claim) in things, f"{slip} of {tenant} is held by another one")
    for order in orders:
        if isinstance(order.command, Deposit):
            claim = order.key.claim(slip_claim(order.command.slip))
            _hold(world.store.look(claim) is not None, f"order {order.number} left no claim")


def _check_books(heads: dict[StreamKey, Head], entries: dict[StreamKey, list[dict[str, Any]]]) -> None:
    deposited: dict[tuple[str, str], int] = defaultdict(int)
    recorded: dict[tuple[str, str], int] = defaultdict(int)
    acknowledged: dict[tuple[str, str], int] = defaultdict(int)
    for key, history in entries.items():
        for entry in history:
            if entry["type"] == "accounts.deposited.v1":
                deposited[key.tenant, key.thing] += entry["data"]["cents"]
            elif entry["type"] == "ledger.recorded.v1":
                recorded[key.tenant, entry["data"]["account"]] += entry["data"]["cents"]
            elif entry["type"] == "accounts.acknowledged.v1":
                acknowledged[key.tenant, key.thing] += entry["data"]["cents"]
    _hold(deposited == recorded, f"deposited {dict(deposited)}, in the books {dict(recorded)}")
    _hold(
        deposited == acknowledged,
        f"deposited {dict(deposited)}, acknowledged {dict(acknowledged)}",
    )


def _check_letters(
    orders: Sequence[Order],
    heads: dict[StreamKey, Head],
    entries: dict[StreamKey, list[dict[str, Any]]],
) -> None:
    poison = {
        StreamKey("accounts", o.tenant, LETTERS["accounts"].thing(o.message_id))
        for o in orders
        if isinstance(o.command, Break)
    }
    letters = {key for key in heads if key.thing.startswith("dead-")}
    details = [e["data"]["detail"] for key in letters - poison for e in entries[key]]
    _hold(not letters - poison, f"good messages among the dead letters: {details}")
    _hold(letters == poison, f"poison is missing among the dead letters: {poison - letters}")
    for key in letters:
        _hold(len(entries[key]) == 1, f"{key.stream} was kept {len(entries[key])} times")


def _hold(promise: bool, otherwise: str) -> None:
    if not promise:
        raise Violation(otherwise)
