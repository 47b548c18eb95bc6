"""While another agent does a piece: people are asked, runs rest, deadlines pass, requests repeat, runs stop."""

from __future__ import annotations

import json

import pytest

from finnest.agents import messages as m
from finnest.agents.messages import Limits
from finnest.context import HEADER, Caller, sign
from finnest.errors import Unavailable
from finnest.turn import EffectFailed
from finnest.turns import SNAPSHOT_BYTES
from tests.unit.agents.desk import says, uses
from tests.unit.agents.town import ADA, Town, asks


async def waits_below(town: Town) -> str:
    """Bring the run `desk-1` to where the run below it waits for approvers; return that run."""
    town.offices["desk"].says(asks(("vault", "pay")), says("It is paid."))
    town.offices["vault"].says(uses("vault.pay"), says("Paid."))
    await town.ask("desk-1")
    [child] = await town.below("desk-1")
    return child


async def test_what_the_run_below_asks_of_people_is_shown_above_and_decided_there(town: Town) -> None:
    child = await waits_below(town)
    headers = {HEADER: sign(ADA, "key", town.offices["desk"].stage.clock.now())}
    shown = (await town.offices["desk"].http.get("/runs/desk-1", headers=headers)).json()
    below = (await town.run(child)).waiting
    assert below is not None
    assert shown["status"] == "waiting"
    assert {name: shown["waiting"][name] for name in ("run", "action", "args_hash", "decides")} == {
        "run": child,
        "action": "vault.pay",
        "args_hash": below.args_hash,
        "decides": "approvers",
    }
    assert shown["waiting"]["preview"].startswith("I will do it.")
    vault = town.offices["vault"]
    told = {"feature": "vault", "thing": child, "approval_id": "apr-1", "verdict": "approved"}
    await vault.stage.say(child, vault.runs.wires.make(m.SettleCall, args_hash=below.args_hash, **told))
    await town.settle()
    run = await town.run("desk-1")
    assert (run.status, run.answer) == ("finished", "It is paid.")


async def test_while_people_decide_nothing_is_held_but_a_deadline(town: Town) -> None:
    await waits_below(town)
    head = town.offices["desk"].stage.turns.peek(town.offices["desk"].stage.key("desk-1"))
    assert head is not None
    assert not head.pending
    assert head.wake_at is not None


async def test_a_run_below_that_nobody_answers_expires_and_the_run_above_is_told(town: Town) -> None:
    child = await waits_below(town)
    await town.tick(child)
    assert (await town.run("desk-1")).status == "finished"


async def test_a_run_that_hears_nothing_gives_up_and_stops_the_run_below(town: Town) -> None:
    town.offices["desk"].says(asks(("vault", "pay")), says("It did not answer."))
    town.offices["vault"].says(uses("vault.pay"))
    await town.ask("desk-1")
    [child] = await town.below("desk-1")
    await town.tick("desk-1")
    assert (await town.run("desk-1")).answer == "It did not answer."
    told = town.offices["desk"].model.prompts[-1].said[-1].results[0].summary
    assert told == "vault did not do it: it did not answer in time"
    assert (await town.run(child)).status == "cancelled"


async def test_stopping_a_run_stops_those_below_and_withdraws_what_they_asked(town: Town) -> None:
    child = await waits_below(town)
    desk = town.offices["desk"]
    await desk.stage.say("desk-1", desk.runs.wires.make(m.CancelRun))
    await town.settle()
    assert (await town.run(child)).status == "cancelled"
    wires = [event.wire for event in await town.offices["vault"].stage.events(child)]
    assert "vault.approval_withdrawn.v1" in wires


async def test_a_run_that_is_stopped_before_it_begins_never_begins(town: Town) -> None:
    desk, vault = town.offices["desk"], town.offices["vault"]
    desk.says(asks(("vault", "pay")), says("It was stopped."))
    town.away.add("vault")
    with pytest.raises(Unavailable):
        await town.ask("desk-1")
    [child] = await town.below("desk-1")
    await vault.stage.say(child, vault.runs.wires.make(m.DropRun))
    town.away.clear()
    await town.settle()
    assert (await town.run("desk-1")).answer == "It was stopped."
    assert (not vault.model.prompts, (await town.run(child)).status) == (True, "cancelled")


async def test_a_run_that_ends_while_it_asks_leaves_nothing_behind(town: Town) -> None:
    desk, vault = town.offices["desk"], town.offices["vault"]
    desk.says(asks(("vault", "pay")))
    town.away.add("vault")
    with pytest.raises(Unavailable):
        await town.ask("desk-1")
    await desk.stage.say("desk-1", desk.runs.wires.make(m.CancelRun))
    town.away.clear()
    await town.settle()
    [child] = await town.below("desk-1")
    assert (not vault.model.prompts, (await town.run(child)).status) == (True, "cancelled")
    head = desk.stage.turns.peek(desk.stage.key("desk-1"))
    assert head is not None
    assert not head.left


async def test_a_request_that_is_made_twice_is_one_run(town: Town) -> None:
    town.offices["desk"].says(asks(("vault", "count")), says("7"))
    town.offices["vault"].says(says("7"))
    desk = town.offices["desk"]
    hand = desk.stage._effects["agent_hand"]  # pyright: ignore[reportPrivateUsage]

    async def twice(call: object) -> object:
        await hand(call)  # pyright: ignore[reportArgumentType]
        return await hand(call)  # pyright: ignore[reportArgumentType]

    desk.stage.give("agent_hand", twice)  # pyright: ignore[reportArgumentType]
    assert (await town.ask("desk-1")).status == "finished"
    assert len(town.offices["vault"].model.prompts) == 1


async def test_reports_that_come_late_or_twice_change_nothing(town: Town) -> None:
    child = await waits_below(town)
    desk, vault = town.offices["desk"], town.offices["vault"]
    reports = [e for _, e in vault.stage.bus.sent.values() if e["type"] == "vault.agent_reported.v1"]
    before = await town.run("desk-1")
    assert await town.deliver(reports[0], desk)
    heard = desk.runs.wires.make(m.HearAgent, source=child, to="desk-1", number=1, status="acting")
    await desk.stage.say("desk-1", heard)
    stranger = desk.runs.wires.make(m.HearAgent, source="shop-1", to="desk-1", number=9, status="finished")
    await desk.stage.say("desk-1", stranger)
    assert await town.run("desk-1") == before


async def test_an_agent_that_will_not_take_a_piece_is_told_to_the_model(town: Town) -> None:
    town.offices["desk"].says(asks(("vault", "")), says("It will not."))
    assert (await town.ask("desk-1")).answer == "It will not."
    told = town.offices["desk"].model.prompts[-1].said[-1].results[0]
    assert (told.ok, told.summary) == (
        False,
        "vault did not do it: a message has 1 to 16000 characters",
    )


async def test_no_person_and_no_forged_grant_begins_a_piece(town: Town) -> None:
    vault = town.offices["vault"]
    parent = m.Parent(run="desk-1", agents=("clerk",))
    body = {"run": "vault-1", "text": "x", "parent": parent.wire_data(), "limits": Limits().wire_data()}
    agent = Caller(tenant="kestrel", user="ada", roles=("treasurer",), agent="clerk")
    for who, status in ((ADA, 403), (agent, 401)):
        headers = {HEADER: sign(who, "key", vault.stage.clock.now())}
        answer = await vault.http.post("/agent/asked", json=body, headers=headers)
        assert answer.status_code == status
    assert not (await town.run("vault-1")).status


async def test_a_run_with_the_longest_texts_below_it_stays_small_enough_to_be_saved(town: Town) -> None:
    town.offices["desk"].says(asks(*[("vault", "鳥" * 160) for _ in range(4)]), says("done"))
    town.offices["vault"].says(*[uses("vault.pay") for _ in range(4)])
    run = await town.ask("desk-1", text="鳥" * 4_000)
    assert len([child for child in run.children if child.wanted]) == 4
    for thing in ("desk-1", *await town.below("desk-1")):
        state = (await town.run(thing)).wire_data()
        assert len(json.dumps(state)) < SNAPSHOT_BYTES * 0.75


async def test_a_piece_whose_handing_on_broke_is_stopped_in_case_it_was_taken(town: Town) -> None:
    child = await waits_below(town)
    desk = town.offices["desk"]
    broke = EffectFailed(effect="agent_hand", args={"run": child}, reason="KeyError")
    await desk.stage.say("desk-1", broke)
    await town.settle()
    assert (await town.run("desk-1")).status == "finished"
    assert (await town.run(child)).status == "cancelled"
    told = desk.model.prompts[-1].said[-1].results[0].summary
    assert told == "vault did not do it: it could not be asked: KeyError"
