"""A world in which anything may go wrong: processes that die, a broker that repeats itself, lost answers.

The kernel in it is the real one (`Turns`, `ActorHost`, `Consumer`, `BusCommands`); the ports are twins, and
every call of a port passes a gate where chance, from one seed, delays it, spoils it or ends its process.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from finnest.dapr.bus import BusCommands, Outcomes
from finnest.dapr.consumer import Consumer
from finnest.dapr.host import ActorHost
from finnest.dapr.reach import Actors
from finnest.errors import Later, TimedOut, Unavailable
from finnest.feature import Fact, Feature
from finnest.ids import StreamKey, digest
from finnest.manifest import Manifest
from finnest.ports import Clock, Effect, EffectCall, Store
from finnest.records import Command
from finnest.testing import OPEN, Gate, MemoryPublisher, MemoryStore, MemoryWaker, Trouble
from finnest.testing.reach import PERIOD
from finnest.turn import Message
from finnest.turns import Turns
from finnest.views import Views
from tests.simulation.domain import LETTERS, MANIFESTS, RULES, Confirmed, Reported
from tests.simulation.loop import VirtualLoop
from tests.simulation.witness import Witness

T = TypeVar("T")
ACK_WAIT_S = 15.0
DUPLICATE_WINDOW_S = 120.0
CALLS = (
    "store.get",
    "store.transact",
    "bus.publish",
    "waker.wake",
    "waker.rest",
    "views.apply",
    "actors.call",
    "effect.report",
)
EPOCH = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


class Crashed(Exception):
    """The process died before it answered."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How often what goes wrong, for one seed."""

    storm_s: float
    crash: float = 0.0
    trouble: float = 0.0
    weak: str = ""
    """The one kind of call that fails half the time."""
    late: float = 0.0
    slow: float = 0.0
    duplicate: float = 0.0
    lost_ack: float = 0.0
    split: float = 0.0
    move: float = 0.0
    broken_effect: float = 0.0

    @classmethod
    def drawn(cls, chance: random.Random) -> Weather:
        """Draw each kind of misfortune to be absent, rare or common, so that seeds differ in kind."""

        def often(most: float) -> float:
            return chance.choice((0.0, most / 5, most))

        return cls(
            storm_s=chance.choice((5.0, 20.0, 60.0)),
            crash=often(0.02),
            trouble=often(0.15),
            weak=chance.choice(("", "", "", *CALLS)),
            late=often(0.3),
            slow=often(0.05),
            duplicate=often(0.3),
            lost_ack=often(0.2),
            split=often(0.5),
            move=often(0.2),
            broken_effect=often(0.3),
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """The kernel's pieces that a planted bug may replace."""

    turns: type[Turns] = Turns
    host: type[ActorHost] = ActorHost
    consumer: type[Consumer] = Consumer
    store: Callable[[Store], Store] = lambda store: store
    weather: Weather | None = None
    """The weather in which it shows; None draws it from the seed."""


class LoopClock(Clock):
    """The time of the virtual loop."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._loop.time())


class ProcessGate(Gate):
    """Where chance meets one process: before and after each of its port calls."""

    def __init__(self, world: World, process: Process) -> None:
        self._world = world
        self._process = process

    async def before(self, call: str, about: object) -> Trouble | None:
        world, process = self._world, self._process
        await world.pause(world.latency())
        await process.end_if_dead()
        if not world.stormy:
            world.note(process, call, about)
            return None
        weather = world.weather
        if world.happens(weather.crash):
            world.note(process, f"dies before {call}", about)
            process.die()
            await process.end_if_dead()
        trouble = None
        if world.happens(0.5 if call == weather.weak else weather.trouble):
            trouble = Trouble.ANSWER_LOST if world.happens(0.5) else Trouble.NOT_DONE
            if call == "store.transact" and world.happens(weather.late):
                trouble = Trouble.LATE
        world.note(process, call, about, trouble)
        return trouble

    async def after(self, call: str, about: object) -> None:
        world, process = self._world, self._process
        if not world.stormy:
            return
        if world.happens(world.weather.crash):
            world.note(process, f"dies after {call}", about)
            process.die()
        elif world.happens(0.3):
            await world.pause(world.latency())
        await process.end_if_dead()

    def later(self, act: Callable[[], object]) -> None:
        world = self._world

        def late() -> None:
            world.note(self._process, "late transaction: taken" if act() else "late: refused", "")

        world.loop.call_later(world.chance.uniform(0.05, 8.0), late)


class Process:
    """One life of one process: all its memory is gone when it dies."""

    def __init__(self, world: World, name: str, parts: Parts) -> None:
        self.world = world
        self.name = name
        self.dead = False
        self._asking: dict[asyncio.Future[None], None] = {}
        gate = ProcessGate(world, self)
        self._gate = gate
        publisher = _Publisher(world.broker, gate)
        waker = _Waker(world, gate, world.waker)
        outcomes = Outcomes()
        self.hosts: dict[str, ActorHost] = {}
        self.consumers: dict[str, Consumer] = {}
        self.commands: dict[str, BusCommands] = {}
        effects: Mapping[str, Effect] = {"report": self._report, "confirm": self._confirm}
        for manifest in MANIFESTS:
            name = manifest.name
            store = parts.store(MemoryStore(world.clock, gate, through=world.store))
            turns = parts.turns(name, RULES[name], store, publisher, world.clock)
            feature = Feature(manifest, RULES[name], effects)
            views = WitnessViews(world.views[name], gate)
            self.hosts[name] = parts.host(feature, turns, waker, outcomes, world.clock)
            self.consumers[name] = parts.consumer(
                feature, LETTERS[name], _Actors(world, self, gate), views, world.clock, EPOCH
            )
            self.commands[name] = BusCommands(name, turns, publisher, outcomes, world.clock)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in this process; who asks may give up, the work goes on.

        Raises:
            Crashed: The process died meanwhile.
        """
        loop = self.world.loop
        task = loop.create_task(work)
        asking: asyncio.Future[None] = loop.create_future()
        task.add_done_callback(lambda _: asking.done() or asking.set_result(None))
        self._asking[asking] = None
        try:
            await asking
        finally:
            self._asking.pop(asking, None)
        if self.dead:
            raise Crashed
        return task.result()

    def die(self) -> None:
        """Die now; a new one starts after a while."""
        if self.dead:
            return
        self.dead = True
        for asking in self._asking:
            if not asking.done():
                asking.set_result(None)
        self.world.replace(self)

    async def end_if_dead(self) -> None:
        """Return while alive; else never."""
        if self.dead:
            await self.world.loop.create_future()

    async def _report(self, call: EffectCall) -> Command:
        await self._outside("report", call)
        return Reported(receipt=digest(call.key))

    async def _confirm(self, call: EffectCall) -> Command:
        await self._outside("confirm", call)
        return Confirmed(receipt=call.args["receipt"])

    async def _outside(self, effect: str, call: EffectCall) -> None:
        world = self.world
        await world.pause(world.chance.choice((0.001, 0.001, 0.02, 0.5, 5.0)))
        trouble = await self._gate.before(f"effect.{effect}", call.key)
        if trouble is Trouble.NOT_DONE:
            raise Unavailable("outside-away", "the other side does not answer")
        world.performed[call.key] += 1
        await self._gate.after(f"effect.{effect}", call.key)
        if trouble is not None:
            raise Unavailable("outside-away", "the answer of the other side was lost")
        if world.stormy and world.happens(world.weather.broken_effect):
            raise ZeroDivisionError


class _Publisher(MemoryPublisher):
    """The way to the world's broker."""

    def __init__(self, broker: Broker, gate: Gate) -> None:
        super().__init__(gate)
        self.accept = broker.accept  # pyright: ignore[reportIncompatibleMethodOverride]


class _Waker(MemoryWaker):
    """Reminders of the world's scheduler: they outlive every process."""

    def __init__(self, world: World, gate: Gate, through: MemoryWaker | None = None) -> None:
        super().__init__(world.clock, gate, through)
        self._world = world

    def set(self, actor: str, actor_id: str, at: datetime) -> None:
        super().set(actor, actor_id, at)
        delay_s = (at - self._world.clock.now()).total_seconds() + 0.0001
        self._world.loop.call_later(delay_s, self._fire, actor, actor_id, at)

    def _fire(self, actor: str, actor_id: str, at: datetime) -> None:
        if self.due.get((actor, actor_id)) == at:
            self.set(actor, actor_id, at + PERIOD)
            self._world.tick(actor.partition(".")[0], actor_id)


class _Actors(Actors):
    """Calls actors wherever the world has placed them, as the sidecars do."""

    def __init__(self, world: World, caller: Process, gate: Gate) -> None:
        self._world = world
        self._caller = caller
        self._gate = gate

    async def call(
        self, actor: str, actor_id: str, method: str, body: bytes, timeout_s: float
    ) -> dict[str, Any]:
        trouble = await self._gate.before("actors.call", actor_id)
        feature = actor.partition(".")[0]
        process = self._world.placed(feature, actor_id)
        if trouble is Trouble.NOT_DONE or process is None:
            raise Unavailable("actor-away", "no host")
        key = StreamKey.of_actor(feature, actor_id)
        message = Message.model_validate_json(body)
        self._world.note(process, "turn", (actor_id, message.type, message.id))
        try:
            answer = await process.run(process.hosts[feature].answer(key, message))
        except Crashed as crash:
            raise Unavailable("actor-away", "the host died") from crash
        await self._gate.after("actors.call", actor_id)
        if trouble is not None:
            raise TimedOut("sidecar-slow", "the answer was lost")
        return answer


class WitnessViews(Views):
    """View tables that keep the facts themselves; durable and shared by all processes."""

    def __init__(self, witness: Witness, gate: Gate) -> None:
        self._witness = witness
        self._gate = gate

    async def apply(self, fact: Fact) -> bool:
        trouble = await self._gate.before("views.apply", fact.id)
        if trouble is Trouble.NOT_DONE:
            raise Unavailable("views-away", "the view database does not take changes")
        fresh = self._witness.take(fact)
        await self._gate.after("views.apply", fact.id)
        if trouble is not None:
            raise Unavailable("views-away", "the view database does not take changes")
        return fresh


@dataclass(eq=False, slots=True)
class Delivery:
    """One message for one consumer."""

    feature: str
    lane: str
    id: str
    body: bytes
    acked: bool = False
    pushes: int = 0


class Broker:
    """Stores messages and pushes them until acknowledged: late, twice, in another order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen: dict[str, float] = {}
        self._filters = [
            (m.name, lane, [f.split(".") for f in m.filters(lane, partition)])
            for m in MANIFESTS
            for lane, partition, _ in m.consumers()
        ]
        self._routes: dict[str, list[tuple[str, str]]] = {}
        self.ids: set[str] = set()
        """Ids of everything ever stored."""
        self.deliveries: list[Delivery] = []

    def accept(self, subject: str, event: Mapping[str, Any]) -> None:
        """Store a message unless its id came in the last two minutes, and deliver it."""
        now = self._world.loop.time()
        if self._seen.get(event["id"], -DUPLICATE_WINDOW_S) > now - DUPLICATE_WINDOW_S:
            return
        self._seen[event["id"]] = now
        self.ids.add(event["id"])
        body = json.dumps(event).encode()
        for feature, lane in self._route(subject):
            delivery = Delivery(feature, lane, event["id"], body)
            self.deliveries.append(delivery)
            self._push(delivery, self._world.latency())

    @property
    def waiting(self) -> list[Delivery]:
        """What is not acknowledged."""
        return [d for d in self.deliveries if not d.acked]

    def _route(self, subject: str) -> list[tuple[str, str]]:
        known = self._routes.get(subject)
        if known is None:
            parts = subject.split(".")
            known = self._routes[subject] = [
                (feature, lane)
                for feature, lane, filters in self._filters
                if any(
                    len(f) == len(parts) and all(a in ("*", b) for a, b in zip(f, parts, strict=True))
                    for f in filters
                )
            ]
        return known

    def _push(self, delivery: Delivery, delay_s: float) -> None:
        self._world.loop.call_later(delay_s, self._hand, delivery)

    def _hand(self, delivery: Delivery) -> None:
        world = self._world
        process = world.some_process()
        if process is None:
            self._push(delivery, 0.5)
            return
        delivery.pushes += 1
        world.note(process, f"delivery {delivery.pushes} to {delivery.feature}", delivery.id)
        world.loop.create_task(self._handle(process, delivery))
        world.loop.call_later(ACK_WAIT_S, self._again, delivery)
        if world.stormy and world.happens(world.weather.duplicate):
            twin = world.loop.create_task
            world.loop.call_later(
                world.chance.choice((0.0, 0.001, 0.01, 20.0)),
                lambda: twin(self._handle(world.some_process() or process, delivery)),
            )

    def _again(self, delivery: Delivery) -> None:
        if not delivery.acked:
            self._hand(delivery)

    async def _handle(self, process: Process, delivery: Delivery) -> None:
        consumer = process.consumers[delivery.feature]
        try:
            verdict = await process.run(consumer.handle(delivery.lane, delivery.body))
        except Crashed:
            return
        world = self._world
        lost = world.stormy and world.happens(world.weather.lost_ack)
        world.note(process, f"{verdict}{', lost' * lost} of {delivery.feature}", delivery.id)
        if verdict == "SUCCESS" and not lost:
            delivery.acked = True


class World:
    """Everything of one seed."""

    def __init__(self, seed: int, parts: Parts | None = None, tracing: bool = False) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.parts = parts or Parts()
        self.weather = self.parts.weather or Weather.drawn(self.chance)
        self.loop = VirtualLoop()
        self.clock = LoopClock(self.loop)
        self.stormy = True
        self.trace: list[str] | None = [] if tracing else None
        self.store = MemoryStore(self.clock)
        self.waker = _Waker(self, OPEN)
        self.views = {m.name: Witness() for m in MANIFESTS}
        self.reports: set[str] = set()
        """Ids of the messages that must cause an effect."""
        self.performed: Counter[str] = Counter()
        """Effect key -> how often the other side was asked."""
        self.broker = Broker(self)
        self._owners: dict[tuple[str, str], int] = {}
        self.processes: list[Process] = []
        self._births = 0
        for _ in range(2):
            self._born()

    def happens(self, probability: float) -> bool:
        """Draw whether something happens."""
        return self.chance.random() < probability

    def latency(self) -> float:
        """Draw how long a call takes."""
        draw = self.chance.random()
        if self.stormy and self.chance.random() < self.weather.slow:
            return draw * 5.0
        return 0.0002 + draw * draw * 0.008

    async def pause(self, seconds: float) -> None:
        """Let the others run."""
        future = self.loop.create_future()
        self.loop.call_later(seconds, future.set_result, None)
        await future

    def note(self, who: Process | None, what: str, about: object, trouble: object = None) -> None:
        """Write down a step, when the seed is being shown."""
        if self.trace is None:
            return
        name = who.name if who else "-"
        end = f"  !! {trouble}" if trouble else ""
        self.trace.append(f"{self.loop.time():9.4f} {name:>3} {what:26} {_shown(about)}{end}")

    def some_process(self) -> Process | None:
        """Return a process that lives, or None."""
        alive = [p for p in self.processes if not p.dead]
        return self.chance.choice(alive) if alive else None

    def placed(self, feature: str, actor_id: str) -> Process | None:
        """Return the process in which the actor lives now; two may believe it for a while."""
        who = (feature, actor_id)
        owner = self.processes[self._owners.setdefault(who, self.chance.randrange(2))]
        if self.stormy and self.happens(self.weather.split):
            owner = self.chance.choice(self.processes)
        elif owner.dead or (self.stormy and self.happens(self.weather.move)):
            self._move(feature, actor_id, owner)
            owner = self.processes[self._owners[who]]
        return None if owner.dead else owner

    def replace(self, dead: Process) -> None:
        """Start a new process in place of a dead one, after a while."""
        self.loop.call_later(self.chance.choice((0.2, 2.0, 20.0)), self._born, dead)

    def tick(self, feature: str, actor_id: str) -> None:
        """Tick an actor, as its reminder says."""
        self.loop.create_task(self._tick(feature, actor_id))

    async def _tick(self, feature: str, actor_id: str) -> None:
        await self.pause(self.latency())
        process = self.placed(feature, actor_id)
        self.note(process, "tick", actor_id)
        if process is None:
            return
        try:
            await process.run(process.hosts[feature].tick(StreamKey.of_actor(feature, actor_id)))
        except (Crashed, Later):
            return

    def _move(self, feature: str, actor_id: str, owner: Process) -> None:
        new = 1 - self._owners[feature, actor_id]
        self._owners[feature, actor_id] = new
        self.note(owner, "moved away", actor_id)
        if not owner.dead and self.happens(0.5):
            owner.hosts[feature].deactivate(StreamKey.of_actor(feature, actor_id))

    def _born(self, dead: Process | None = None) -> None:
        self._births += 1
        place = self.processes.index(dead) if dead else len(self.processes)
        process = Process(self, f"{'AB'[place]}{self._births}", self.parts)
        self.note(process, "starts", "")
        self.processes[place : place + 1] = [process]


def manifest(feature: str) -> Manifest:
    """Return a feature's manifest."""
    return next(m for m in MANIFESTS if m.name == feature)


def _shown(about: object) -> str:
    if isinstance(about, list | tuple):
        items: list[Any] = list(about)
        return ", ".join(str(getattr(item, "key", item)) for item in items)
    if isinstance(about, Mapping):
        return str(about.get("id"))  # pyright: ignore
    return str(about)
