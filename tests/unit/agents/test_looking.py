"""Who waits for a run is told of its end when its thread holds it, so that what they say next goes on from there."""

from __future__ import annotations

import asyncio
from typing import Any

from finnest.agents.desk import Desk
from finnest.agents.effects import agent_effects
from finnest.agents.looking import REMEMBERED_S, Looking
from finnest.agents.messages import AskAgent
from finnest.context import Caller
from finnest.ports import EffectCall
from finnest.records import Command
from finnest.testing import eventually
from finnest.views import Views
from tests.unit.agents.desk import GUARD, Scripted, World, says

ADA = Caller(tenant="kestrel", user="ada")


class Slow:
    """A run whose exchange is remembered only when the test says so."""

    def __init__(self, views: Views) -> None:
        self.world = World(model := Scripted(says("On Friday.")), views)
        self.may = asyncio.Event()
        world = self.world
        made = agent_effects(world.kit, world.runs, world.threads, Desk(world.kit, GUARD), model)
        remember = made["agent_remember"]

        async def held(call: EffectCall) -> Command:
            await self.may.wait()
            return await remember(call)

        self.world.stage.give("agent_remember", held)

    async def ask(self) -> asyncio.Task[Any]:
        command = self.world.runs.wires.make(AskAgent, text="when?", thread="thr-1")
        await self.world.stage.say("desk-1", command)
        working = asyncio.create_task(self.world.stage.perform("desk-1"))

        async def ended() -> bool:
            return (await self.world.stage.state("desk-1")).ended

        await eventually(ended, 5, "the run does not end")
        return working


async def test_the_end_is_told_when_the_thread_holds_it(views: Views) -> None:
    slow = Slow(views)
    working = await slow.ask()
    looking = Looking(slow.world.kit)
    told = asyncio.create_task(looking.settled(ADA, "desk-1", 30))
    seen = asyncio.create_task(looking.events(ADA, "desk-1", 100, 30))
    done, _ = await asyncio.wait([told, seen], timeout=0.2)
    assert not done
    slow.may.set()
    run = await told
    assert (await seen)["ended"]
    assert (run.status, (await slow.world.stage.state("thr-1")).count) == ("finished", 1)
    await working


async def test_a_thread_that_cannot_be_written_holds_nobody_back_for_long(views: Views) -> None:
    slow = Slow(views)
    working = await slow.ask()
    async with asyncio.timeout(REMEMBERED_S + 5):
        assert (await Looking(slow.world.kit).settled(ADA, "desk-1", 30)).status == "finished"
    slow.may.set()
    await working


async def test_a_look_without_waiting_waits_for_nothing(views: Views) -> None:
    slow = Slow(views)
    working = await slow.ask()
    async with asyncio.timeout(1):
        assert (await Looking(slow.world.kit).settled(ADA, "desk-1", 0)).status == "finished"
    slow.may.set()
    await working
