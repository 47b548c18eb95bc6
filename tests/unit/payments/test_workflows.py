from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from finnest.errors import Rejected, Unavailable
from services.payments.domain.commands import (
    CancelPayment,
    ConfirmPayment,
    IncludePayment,
    JudgePayment,
    ReschedulePayment,
    StopPayment,
)
from services.payments.domain.run_messages import FilePayRun, OpenPayRun
from services.payments.workflow.bodies import PAY_RUN, PAYMENT
from tests.unit.payments.bills import TENANT, bill, settle
from tests.unit.payments.test_aba import read
from tests.unit.payments.world import Lost, World

RUN = "run-" + "a" * 26
DUE = date(2026, 3, 6)


async def opened(world: World, run: str = RUN) -> None:
    await world.see()
    await world.say(run, OpenPayRun(pay_on=DUE, format="aba"))


async def file_of(world: World, run: str = RUN) -> bytes:
    return await world.blobs.get(TENANT, (await world.stage.state(run)).file)


async def test_a_small_payment_runs_through_to_its_day_and_waits_for_the_bank(world: World) -> None:
    thing = bill().address()
    await world.say(thing, bill())
    assert await world.stage.perform(thing) == ["start_payment"]
    assert list(world.processes.started) == [f"{TENANT}_{thing}-p1"]
    assert await world.run(PAYMENT, thing) == "waits"
    assert (await world.stage.state(thing)).status == "scheduled"
    await world.say(thing, IncludePayment(run_id=RUN, process_on=date(2026, 3, 20)))
    await world.say(thing, ConfirmPayment())
    assert await world.stage.perform(thing) == ["tell_payment"]
    assert world.processes.told == [(f"{TENANT}_{thing}-p1", "moved", {})]
    assert await world.run(PAYMENT, thing, events=1) == {"status": "paid"}


async def test_a_payment_waits_for_people_and_goes_on_when_told(world: World) -> None:
    thing = bill().address()
    await world.say(thing, bill(500_000))
    assert await world.run(PAYMENT, thing) == "waits"
    state = await world.stage.state(thing)
    assert state.status == "awaiting_approval"
    await world.say(thing, settle(state, "approved", "bob"))
    assert await world.run(PAYMENT, thing, events=1) == "waits"
    assert (await world.stage.state(thing)).status == "scheduled"


async def test_a_payment_moved_to_another_day_is_scheduled_again_by_the_same_workflow(world: World) -> None:
    thing = bill().address()
    await world.say(thing, bill(500_000))
    await world.say(thing, JudgePayment())
    await world.say(thing, settle(await world.stage.state(thing), "approved", "bob"))
    assert await world.run(PAYMENT, thing) == "waits"
    await world.say(thing, ReschedulePayment(pay_on=DUE))
    await world.say(thing, settle(await world.stage.state(thing), "approved", "eve"))
    assert await world.run(PAYMENT, thing, events=2) == "waits"
    state = await world.stage.state(thing)
    assert (state.status, state.pay_on, state.people) == ("scheduled", DUE, ("eve",))


async def test_a_cancelled_payment_ends_its_workflow(world: World) -> None:
    thing = bill().address()
    await world.say(thing, bill())
    await world.say(thing, CancelPayment(reason="not ours"))
    assert await world.run(PAYMENT, thing) == {"status": "cancelled"}


async def test_a_workflow_that_is_gone_is_started_anew_and_finds_what_is_done(world: World) -> None:
    thing = bill().address()
    await world.say(thing, bill())
    await world.stage.perform(thing)
    with pytest.raises(Lost):
        await world.run(PAYMENT, thing, dies_after=1)
    world.processes.ended.add(f"{TENANT}_{thing}-p1")
    await world.stage.tick(thing)
    assert await world.stage.perform(thing) == ["tell_payment", "start_payment"]
    assert f"{TENANT}_{thing}-p2" in world.processes.started
    assert await world.run(PAYMENT, thing, generation=2) == "waits"
    assert (await world.stage.state(thing)).status == "scheduled"


async def test_a_workflow_that_lives_is_only_told(world: World) -> None:
    thing = bill().address()
    await world.say(thing, bill())
    await world.stage.perform(thing)
    await world.stage.tick(thing)
    assert await world.stage.perform(thing) == ["tell_payment"]
    assert (await world.stage.state(thing)).generation == 1


async def test_acts_wait_out_a_trouble_and_give_up_after_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing = bill().address()
    await world.say(thing, bill())
    troubles = 3
    load = world.stage.turns.load

    async def shaky(key: object) -> object:
        nonlocal troubles
        if troubles:
            troubles -= 1
            raise Unavailable("store-away", "test")
        return await load(key)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(world.stage.turns, "load", shaky)
    assert await world.run(PAYMENT, thing) == "waits"
    troubles = 1_000
    with pytest.raises(RuntimeError):
        await world.run(PAYMENT, thing, generation=2)


async def test_a_pay_run_pays_what_is_due_and_nothing_else(world: World) -> None:
    due = [await world.payable(n, 10_000 + n) for n in range(120)]
    late = bill(invoice="late", due_date="2026-05-01")
    await world.say(late.address(), late)
    assert await world.run(PAYMENT, late.address()) == "waits"
    await opened(world)
    assert await world.stage.perform(RUN) == ["start_pay_run"]
    assert await world.run(PAY_RUN, RUN) == {"status": "filed"}
    state = await world.stage.state(RUN)
    total = sum(10_000 + n for n in range(120))
    assert (state.count, state.total_cents) == (120, total)
    _, details, totals = read(await file_of(world))
    assert len(details) == 120
    assert int(totals["credit"]) == total
    entries = json.loads(await world.blobs.get(TENANT, state.entries))
    assert {entry["payment_id"] for entry in entries} == set(due)
    for thing in due:
        assert (await world.stage.state(thing)).run_id == RUN
    assert (await world.stage.state(late.address())).status == "scheduled"


async def test_nothing_due_is_an_empty_run(world: World) -> None:
    await opened(world)
    assert await world.run(PAY_RUN, RUN) == {"status": "empty"}


async def test_who_declines_is_left_out(world: World) -> None:
    things = [await world.payable(n) for n in range(3)]
    await opened(world)
    await world.say(things[0], CancelPayment(reason="not ours"))
    await world.say(things[1], ReschedulePayment(pay_on=date(2026, 4, 1)))
    assert await world.run(PAY_RUN, RUN) == {"status": "filed"}
    assert (await world.stage.state(RUN)).count == 1


async def test_a_run_that_everybody_declines_is_empty(world: World) -> None:
    thing = await world.payable(1)
    await opened(world)
    await world.say(thing, CancelPayment(reason="not ours"))
    assert await world.run(PAY_RUN, RUN) == {"status": "empty"}


async def test_a_stopped_payment_stays_in_its_file_and_in_no_other(world: World) -> None:
    thing = await world.payable(1)
    await opened(world)
    assert await world.run(PAY_RUN, RUN) == {"status": "filed"}
    await world.say(thing, StopPayment(reason="wrong account"))
    other = "run-" + "b" * 26
    await opened(world, other)
    assert await world.run(PAY_RUN, other) == {"status": "empty"}


async def test_a_file_carries_no_more_than_its_total_has_digits(world: World) -> None:
    things = [await world.payable(number, 6_000_000_000) for number in range(2)]
    for thing in things:
        state = await world.stage.state(thing)
        await world.say(thing, settle(state, "approved", "bob", "eve"))
        await world.run(PAYMENT, thing)
    await opened(world)
    assert await world.run(PAY_RUN, RUN) == {"status": "filed"}
    assert (await world.stage.state(RUN)).total_cents == 6_000_000_000


@pytest.mark.parametrize("sees", [False, True])
@pytest.mark.parametrize("commands", [0, 1, 2, 30, 51, 60, 61])
async def test_a_run_that_dies_anywhere_writes_one_file_with_each_payment_once(
    world: World, commands: int, sees: bool
) -> None:
    things = [await world.payable(n) for n in range(60)]
    await opened(world)
    world.commands.left = commands
    with pytest.raises(Lost):
        await world.run(PAY_RUN, RUN)
    world.commands.left = None
    if sees:
        await world.see()
    assert await world.run(PAY_RUN, RUN, generation=2) == {"status": "filed"}
    assert await world.run(PAY_RUN, RUN, generation=3) == {"status": "filed"}
    things += [await world.payable(n) for n in range(60, 63)]
    other = "run-" + "b" * 26
    await opened(world, other)
    assert await world.run(PAY_RUN, other) == {"status": "filed"}
    paid = Counter[str]()
    for run in (RUN, other):
        entries = json.loads(await world.blobs.get(TENANT, (await world.stage.state(run)).entries))
        paid.update(entry["payment_id"] for entry in entries)
        assert len(read(await file_of(world, run))[1]) == len(entries)
    assert paid == Counter(things)


async def test_two_runs_at_once_share_the_payments(world: World) -> None:
    things = [await world.payable(n) for n in range(10)]
    other = "run-" + "b" * 26
    await opened(world)
    await opened(world, other)

    with pytest.raises(Lost):
        await world.run(PAY_RUN, RUN, dies_after=2)
    assert await world.run(PAY_RUN, other) == {"status": "empty"}
    assert await world.run(PAY_RUN, RUN, generation=2) == {"status": "filed"}
    assert (await world.stage.state(RUN)).count == len(things)


async def test_the_claim_refuses_a_second_file_even_past_the_payment(world: World) -> None:
    thing = await world.payable(1)
    await opened(world)
    await world.run(PAY_RUN, RUN)
    other = "run-" + "b" * 26
    forged = await world.payable(2)
    await opened(world, other)
    with pytest.raises(Lost):
        await world.run(PAY_RUN, other, dies_after=1)
    with pytest.raises(Rejected):
        await world.say(other, FilePayRun(file="f", entries="e", payments=(thing,), total_cents=1))
    assert (await world.stage.state(forged)).status == "scheduled"
