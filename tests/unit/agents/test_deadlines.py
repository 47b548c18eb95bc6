"""A run has so much time to work; while people decide its clock stands, and one that is quick wakes nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.agents import messages as m
from finnest.agents.messages import Limits
from finnest.agents.models.port import Prompt, Reply
from finnest.dapr import host
from finnest.dapr.bus import Outcomes
from finnest.dapr.host import ActorHost
from finnest.feature import Feature
from finnest.testing import MemoryWaker, eventually
from finnest.turn import Message, Tick
from finnest.views import Views
from tests.unit.agents.desk import MANIFEST, Scripted, World, says, uses
from tests.unit.agents.play import AT, Play
from tests.unit.agents.town import Town, asks

WORK = timedelta(seconds=Limits().work_s)


def test_a_run_that_works_too_long_ends() -> None:
    play = Play()
    assert play.ask().wake_at == AT + WORK
    play.at = AT + WORK
    play.send(Tick)
    assert (play.state.status, play.state.answer) == ("failed", "it worked for more than 3600 s")


def test_a_run_that_has_ended_has_no_deadline() -> None:
    play = Play()
    play.ask()
    assert play.think(text="It is 7.").wake_at is None


@given(st.integers(0, 3_000), st.integers(0, 80_000), st.integers(0, 500))
def test_the_time_that_a_person_takes_is_not_counted(worked_s: int, waited_s: int, more_s: int) -> None:
    play = Play()
    play.ask()
    play.at += timedelta(seconds=worked_s)
    play.think(("desk.delete", {}))
    waits_from = play.at
    waiting = play.seen("c0")
    assert play.state.waiting is not None
    assert waiting.wake_at == play.state.waiting.until
    play.at += timedelta(seconds=waited_s)
    waited = play.at - waits_from
    play.send(m.DecideCall, args_hash=play.state.waiting.args_hash, decision="approve")
    assert play.state.due == AT + WORK + waited
    play.at += timedelta(seconds=more_s)
    assert play.done("c0").wake_at == AT + WORK + waited


def test_a_paused_run_has_no_deadline_and_has_its_time_left_when_it_goes_on() -> None:
    play = Play()
    play.ask()
    paused_at = play.at
    assert play.send(m.PauseRun).wake_at is None
    play.at += 10 * WORK
    resumed_at = play.at
    assert play.send(m.ResumeRun).wake_at == AT + WORK + (resumed_at - paused_at)


async def test_a_piece_has_the_time_that_is_left_and_people_take_none_of_it(views: Views) -> None:
    town = Town(views, {"desk": "*", "vault": ""})
    town.offices["desk"].says(asks(("vault", "pay")), says("done"))
    town.offices["vault"].says(uses("vault.pay"), says("done"))
    before = await town.ask("desk-1", limits=Limits(work_s=100))
    [child] = await town.below("desk-1")
    assert (await town.run(child)).limits.work_s == 100
    for office in town.offices.values():
        office.stage.clock.advance(1_000)
    vault, below = town.offices["vault"], await town.run(child)
    assert below.waiting is not None
    told = {"feature": "vault", "thing": child, "approval_id": "apr-1", "verdict": "rejected"}
    settled = vault.runs.wires.make(m.SettleCall, args_hash=below.waiting.args_hash, **told)
    await vault.stage.say(child, settled)
    await town.settle()
    for after, earlier in ((await town.run(child), below), (await town.run("desk-1"), before)):
        assert after.status == "finished"
        assert (after.due, earlier.due) != (None, None)
        assert after.due == earlier.due + timedelta(seconds=1_000)  # pyright: ignore[reportOptionalOperand]


class CountingWaker(MemoryWaker):
    """Counts what the scheduler is asked for."""

    calls = 0

    async def wake(self, actor: str, actor_id: str, due_s: float) -> None:
        self.calls += 1
        await super().wake(actor, actor_id, due_s)

    async def rest(self, actor: str, actor_id: str) -> None:
        self.calls += 1
        await super().rest(actor, actor_id)


class Hosted(World):
    """The feature `desk` with its actor host."""

    def __init__(self, model: Scripted, views: Views) -> None:
        super().__init__(model, views)
        self.waker = CountingWaker(self.stage.clock)
        feature = Feature(
            MANIFEST,
            [self.runs, self.threads],
            self.stage._effects,  # pyright: ignore[reportPrivateUsage]
        )
        self.host = ActorHost(feature, self.stage.turns, self.waker, Outcomes(), self.stage.clock)

    async def take(self, run: str) -> None:
        """Ask as the bus does; return when the message is acknowledged."""
        command = self.runs.wires.make(m.AskAgent, text="how many?", thread="thr-1")
        message = Message(
            id="m1",
            type=command.wire,
            tenant="kestrel",
            thing=run,
            data=command.wire_data(),
            by="ada",
            at=self.stage.clock.now(),
        )
        await self.host.turn(self.stage.key(run), message)

    async def until(self, run: str, status: str) -> None:
        async def is_there() -> bool:
            return (await self.stage.state(run)).status == status

        await eventually(is_there, 10, f"the run is not {status}")


class Slow(Scripted):
    """Answers when the test lets it."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__(*replies)
        self.free = asyncio.Event()

    async def reply(self, prompt: Prompt, on_text: Callable[[str], None] | None = None) -> Reply:
        await self.free.wait()
        return await super().reply(prompt, on_text)


async def test_a_run_whose_model_answers_at_once_makes_no_scheduler_call(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "INSTANT_S", 10.0)
    world = Hosted(Scripted(uses("desk.look"), says("7.")), views)
    await world.take("desk-1")
    assert (await world.stage.state("desk-1")).status == "finished"
    assert world.waker.calls == 0


async def test_a_run_with_a_slow_model_makes_two(views: Views, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "INSTANT_S", 0.001)
    model = Slow(uses("desk.look"), says("7."))
    world = Hosted(model, views)
    await world.take("desk-1")
    model.free.set()
    await world.until("desk-1", "finished")
    await eventually(lambda: _is_done(world, "desk-1"), 10, "something is left to be done")
    await world.host.tick(world.stage.key("desk-1"))
    assert (world.waker.calls, world.waker.due) == (2, {})


async def test_a_run_whose_model_never_answers_ends_by_the_reminder(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "INSTANT_S", 0.001)
    world = Hosted(Slow(), views)
    await world.take("desk-1")
    world.stage.clock.advance(WORK.total_seconds())
    await world.host.tick(world.stage.key("desk-1"))
    run = await world.stage.state("desk-1")
    assert (run.status, run.answer) == ("failed", "it worked for more than 3600 s")
    await world.host.close()


def _is_done(world: World, run: str) -> bool:
    head = world.stage.turns.peek(world.stage.key(run))
    return head is not None and not head.left
