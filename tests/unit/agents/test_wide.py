"""A run does wide work: one call states the items, and each is judged, bounded, kept and told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.agents import messages as m
from finnest.agents.messages import Limits
from finnest.agents.models.port import Call, Reply, Result
from tests.unit.agents.desk import says
from tests.unit.agents.play import Play, effects
from tests.unit.agents.town import Town

ITEMS = [f"thing {number}" for number in range(30)]


def each(tool: str, *items: str, argument: str = "at", feature: str = "desk") -> tuple[str, dict[str, Any]]:
    return f"{feature}.for_each", {"tool": tool, "argument": argument, "items": list(items)}


def reply(tool: str, *items: str, argument: str = "at") -> Reply:
    name, args = each(tool, *items, argument=argument)
    return Reply(calls=(Call(id="c0", tool=name, args=args),), model="scripted")


def planned(play: Play) -> list[m.Planned]:
    return [event for event in play.events if isinstance(event, m.Planned)]


def calls_of(turn: Any) -> list[dict[str, Any]]:
    return [call for start in turn.starts for call in start.args.get("calls", ())]


def test_thirty_items_are_looked_at_eight_at_a_time_and_then_the_model_thinks_again() -> None:
    play = Play()
    play.ask()
    turn = play.think(each("desk.look", *ITEMS))
    seen: list[str] = []
    rounds = 0
    while effects(turn) == ["act"]:
        now = calls_of(turn)
        assert len(now) <= Limits().reads
        seen += [call["args"]["at"] for call in now]
        turn = play.done(*[call["id"] for call in now])
        rounds += 1
    assert (seen, rounds, effects(turn)) == (ITEMS, 4, ["think"])
    assert play.state.plan is None
    [plan] = planned(play)
    assert (plan.width.items, plan.choice.how, plan.choice.workers) == (30, "parallel", 8)


def test_three_items_are_looked_at_one_after_the_other() -> None:
    play = Play()
    play.ask()
    turn = play.think(each("desk.look", *ITEMS[:3]))
    assert [plan.choice.how for plan in planned(play)] == ["sequence"]
    for item in ITEMS[:3]:
        [call] = calls_of(turn)
        assert call["args"] == {"at": item}
        turn = play.done(call["id"])
    assert effects(turn) == ["think"]


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (each("desk.delete", "a", "b"), "this agent has no tool desk.delete that only reads"),
        (each("desk.pay", "a"), "this agent has no tool desk.pay that only reads"),
        (each("desk.unknown", "a"), "this agent has no tool desk.unknown that only reads"),
        (each("desk.for_each", "a"), "this agent has no tool desk.for_each that only reads"),
        (each("desk.look"), "it takes a tool, its argument and 1 to 60 items"),
        (each("desk.look", *map(str, range(61))), "it takes a tool, its argument and 1 to 60 items"),
        (each("desk.look", "x" * 301), "it takes a tool, its argument and 1 to 60 items"),
    ],
)
def test_what_does_more_than_read_or_has_no_bound_is_refused(
    call: tuple[str, dict[str, Any]], why: str
) -> None:
    play = Play()
    play.ask()
    turn = play.think(call)
    assert effects(turn) == ["think"]
    [done] = [event for event in play.events if isinstance(event, m.Done)]
    assert done.results[0].summary.startswith(f"not allowed: {why}")
    assert planned(play) == []


def test_of_two_lists_in_one_answer_the_second_is_asked_for_again() -> None:
    play = Play()
    play.ask()
    play.think(each("desk.look", "a", "b"), each("desk.look", "c"))
    verdicts = [(event.verdict, event.why) for event in play.events if isinstance(event, m.Judged)]
    assert verdicts == [
        ("allow", "desk.look for each of 2"),
        ("deny", "one list at a time: ask for this one next"),
    ]


def test_another_call_cannot_pass_for_a_part() -> None:
    play = Play()
    play.ask()
    named = [
        Call(id="c0", tool="desk.for_each", args=each("desk.look", "a")[1]),
        Call(id="c0#0", tool="desk.pay", args={"amount": "5000"}),
    ]
    turn = play.send(m.Thought, calls=tuple(named), model="script")
    assert planned(play) == []
    assert effects(turn) == ["preview"]


def test_many_calls_of_one_answer_are_bounded_too_and_that_is_noted() -> None:
    play = Play()
    play.ask()
    turn = play.think(*[("desk.look", {"at": item}) for item in ITEMS])
    assert len(calls_of(turn)) == Limits().reads
    [note] = planned(play)
    assert (note.call, note.width.items, note.choice.workers) == ("", 30, 8)


@given(st.integers(1, 60), st.integers(1, 9), st.randoms())
def test_however_the_parts_come_each_item_is_looked_at_once(items: int, reads: int, chance: Any) -> None:
    play = Play()
    play.ask(limits=Limits(reads=reads))
    wanted = [f"i{n}" for n in range(items)]
    turn = play.think(each("desk.look", *wanted))
    seen: list[str] = []
    while effects(turn) == ["act"]:
        now = calls_of(turn)
        assert 0 < len(now) <= reads
        seen += [call["args"]["at"] for call in now]
        chance.shuffle(now)
        turn = play.done(*[call["id"] for call in now], outside=True)
    assert (seen, play.state.tainted, play.state.plan) == (wanted, True, None)


async def test_the_model_gets_one_result_that_names_every_item(town: Town) -> None:
    town.offices["desk"].says(reply("desk.look_at", *ITEMS), says("All are there."))
    run = await town.ask("desk-1")
    assert (run.status, run.answer) == ("finished", "All are there.")
    [result] = town.offices["desk"].model.prompts[-1].said[-1].results
    assert isinstance(result, Result)
    assert (result.call, result.tool) == ("c0", "desk.for_each")
    assert result.ok
    assert result.summary.splitlines() == [
        "30 looked at:",
        *[f"- There is one {item}." for item in ITEMS],
    ]


async def test_the_agent_is_offered_the_list_only_with_a_tool_for_it(town: Town) -> None:
    town.offices["desk"].says(says("hello"))
    await town.ask("desk-1")
    [shown] = [tool for tool in town.offices["desk"].model.prompts[0].tools if tool.name == "desk.for_each"]
    assert shown.parameters["properties"]["tool"]["enum"] == ["desk.look_at", "vault.ask_agent"]


async def test_other_agents_work_on_a_list_within_the_bound_and_share_the_budget(town: Town) -> None:
    items = [f"count shelf {number}" for number in range(12)]
    town.offices["desk"].says(reply("vault.ask_agent", *items, argument="text"), says("All are counted."))
    town.offices["vault"].says(*[says(f"{number} things") for number in range(12)])
    run = await town.ask("desk-1", limits=Limits(tokens=24_000))
    assert (run.status, run.answer) == ("finished", "All are counted.")
    assert (run.limits.steps, run.below.steps) == (12 + 12 * 3 - 10, 12)
    below = await town.below("desk-1")
    assert len(set(below)) == 12
    given = [(await town.run(child)).limits for child in below]
    assert all(one.steps >= 3 and one.tokens >= 2_000 for one in given)
    at_once, most = 0, 0
    for event in await town.offices["desk"].stage.events("desk-1"):
        at_once += isinstance(event, m.Handed)
        at_once -= isinstance(event, m.Heard)
        most = max(most, at_once)
    assert most == Limits().parallel
