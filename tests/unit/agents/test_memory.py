"""Memory: kept with its source and until when, recalled by words, forgotten for good, never trusted more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from finnest.agents.memory import FACTS_AT_MOST, KEPT_FOR, Memories, Memory, memory_of, recalled
from finnest.errors import Invalid, Missing
from finnest.testing import Stage

MEMORIES = Memories("desk")
ADA = memory_of("ada")


def stage() -> Stage:
    return Stage("desk", [MEMORIES])


async def keep(world: Stage, text: str, *, outside: bool = False) -> str:
    command = MEMORIES.keep(text=text, source="desk-1", outside=outside)
    return str((await world.say(ADA, command)).reply["fact"])


async def texts(world: Stage, about: str) -> list[str]:
    memory: Memory = await world.state(ADA)
    return [fact.text for fact in recalled(memory, about, world.clock.now())]


async def test_what_has_words_in_common_is_recalled_and_the_rest_is_not() -> None:
    world = stage()
    await keep(world, "Acme is paid on  Fridays")
    await keep(world, "Reports are wanted in French")
    assert await texts(world, "when is acme paid?") == ["Acme is paid on Fridays"]
    assert await texts(world, "hello") == []


async def test_the_same_fact_is_kept_once_and_a_forgotten_one_is_gone() -> None:
    world = stage()
    fact = await keep(world, "Acme is paid on Fridays")
    assert await keep(world, "acme is paid on fridays") == fact
    assert len(await world.events(ADA)) == 1
    await world.say(ADA, MEMORIES.forget(fact=fact))
    assert await texts(world, "acme") == []
    with pytest.raises(Missing):
        await world.say(ADA, MEMORIES.forget(fact=fact))


async def test_a_fact_says_where_it_is_from_and_ends_after_a_year() -> None:
    world = stage()
    await keep(world, "Acme is paid on Fridays", outside=True)
    fact = (await world.state(ADA)).facts[0]
    assert (fact.source, fact.outside, fact.until - fact.at) == ("desk-1", True, KEPT_FOR)
    world.clock.advance(KEPT_FOR.total_seconds() + 1)
    assert await texts(world, "acme") == []


async def test_a_memory_is_bounded() -> None:
    world = stage()
    for number in range(FACTS_AT_MOST):
        await keep(world, f"fact number {number}")
    with pytest.raises(Invalid):
        await keep(world, "one too many")
    world.clock.advance((KEPT_FOR + timedelta(days=1)).total_seconds())
    await keep(world, "room again")
    assert len((await world.state(ADA)).facts) == 1
