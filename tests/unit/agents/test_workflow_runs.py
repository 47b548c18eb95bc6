"""A run waits for a workflow that one of its calls began, and tells the workflow that waits for it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from finnest.agents import messages as m
from finnest.agents.messages import AskAgent, Limits, Process
from finnest.agents.models.port import Call, Result
from finnest.agents.runs import CALLS_BYTES
from finnest.agents.workflows import telling_effects
from finnest.errors import NotYet
from finnest.ports import Answer
from finnest.turn import Tick, Turn
from finnest.turns import SNAPSHOT_BYTES
from finnest.views import Views
from tests.unit.agents.desk import Scripted, World, answer, says, uses
from tests.unit.agents.play import AT, Play, effects


def begun() -> Play:
    """Return a run whose only call has begun a workflow."""
    play = Play()
    play.ask()
    play.think(("desk.look", {}))
    begins(play, "c0")
    return play


def begins(play: Play, call: str) -> Turn:
    result = Result(call=call, tool="", ok=True, summary="It has begun.")
    return play.send(m.Acted, results=(result,), process="errand-1")


def test_a_call_that_began_a_workflow_rests_until_it_ends() -> None:
    play = begun()
    assert (play.state.status, play.state.children[0].run, play.state.queue[0].call.id) == (
        "acting", "errand-1", "c0",
    )  # fmt: skip
    turn = play.send(m.HearProcess, instance="errand-1", text="It is done.", content={"laps": 4})
    assert effects(turn) == ["think"]
    done = play.events[-1]
    assert isinstance(done, m.Done)
    assert [(one.call, one.ok, one.summary, one.content) for one in done.results] == [
        ("c0", True, "It is done.", {"laps": 4})
    ]


def test_acts_wait_for_the_workflow_of_an_earlier_one() -> None:
    play = Play()
    play.ask()
    play.think(("desk.pay", {"amount": "5"}), ("desk.look", {}), ("desk.pay", {"amount": "6"}))
    assert effects(begins(play, "c1")) == []
    turn = play.send(m.HearProcess, instance="errand-1", ok=False, text="It did not work.")
    assert [call["id"] for call in turn.starts[0].args["calls"]] == ["c0"]


def test_an_end_that_comes_before_the_beginning_is_heard_later() -> None:
    play = Play()
    play.ask()
    play.think(("desk.look", {}))
    with pytest.raises(NotYet):
        play.send(m.HearProcess, instance="errand-1", text="It is done.")


def test_an_end_that_nobody_waits_for_changes_nothing() -> None:
    play = begun()
    assert play.send(m.HearProcess, instance="errand-2", text="It is done.").events == ()
    play.send(m.HearProcess, instance="errand-1", text="It is done.")
    assert play.send(m.HearProcess, instance="errand-1", text="It is done.").events == ()


def test_a_workflow_takes_no_time_of_the_run_and_is_given_up_in_the_end() -> None:
    play = begun()
    [child] = play.state.children
    assert child.until - AT > timedelta(seconds=Limits().wait_s)
    play.at = child.until
    turn = play.send(Tick)
    assert effects(turn) == ["think"]
    assert play.state.due is not None
    assert play.state.due - AT >= timedelta(seconds=Limits().wait_s + Limits().work_s)


def test_a_run_that_is_stopped_stops_no_workflow() -> None:
    assert effects(begun().send(m.CancelRun)) == []


def test_a_call_with_the_longest_id_stays_small_enough_to_be_saved() -> None:
    play = Play()
    play.ask(text="鳥" * 4_000)
    long = Call(id="c" * (CALLS_BYTES - 100), tool="desk.look")
    play.send(m.Thought, calls=(long,), model="script")
    assert begins(play, long.id).starts == []
    assert len(json.dumps(play.state.wire_data())) < SNAPSHOT_BYTES


async def test_a_run_waits_for_the_workflow_of_its_own_tool(views: Views) -> None:
    async def use(_: bytes) -> Answer:
        return answer({"summary": "Begun.", "content": {}, "process": "errand-1"})

    world = World(Scripted(uses("desk.look"), says("Done.")), views, peers={"POST /desk/tools/look": use})
    run = await world.ask("desk-1", "do it")
    assert [child.run for child in run.children] == ["errand-1"]
    heard = world.runs.wires.make(m.HearProcess, instance="errand-1", text="It is done.")
    await world.stage.say("desk-1", heard)
    await world.stage.perform("desk-1")
    run = await world.stage.state("desk-1")
    assert (run.status, run.answer) == ("finished", "Done.")
    assert world.model.prompts[-1].said[-1].results[0].summary == "It is done."


async def test_the_workflow_that_asked_is_told_once_the_run_has_ended(views: Views) -> None:
    world = World(Scripted(says("7.")), views)
    for name, effect in telling_effects(world.kit, world.runs.wires).items():
        world.stage.give(name, effect)
    processes = world.kit.processes
    await processes.start("desk_count", "count-1", {})
    process = Process(workflow="desk_count", instance="count-1")
    asked = world.runs.wires.make(AskAgent, text="how many?", thread="", process=process)
    await world.stage.say("desk-1", asked)
    await world.stage.perform("desk-1")
    told = processes.told  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
    assert told == [("count-1", "desk-1", {"status": "finished"})]
