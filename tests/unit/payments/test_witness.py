"""A witness reads every bank file: no payment is in two, whatever dies, and none that was stopped before."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from finnest.errors import Rejected
from services.payments.domain.commands import CancelPayment, ConfirmPayment, StopPayment
from services.payments.domain.events import PaymentStopped
from services.payments.workflow.bodies import PAY_RUN
from tests.unit.payments.bills import TENANT
from tests.unit.payments.test_aba import read
from tests.unit.payments.test_credit_notes import SUPPLIER, credited, owed
from tests.unit.payments.test_workflows import RUN, file_of, opened
from tests.unit.payments.world import Lost, World

OTHER = "run-" + "b" * 26
PAYMENTS = 208


@dataclass
class Witness:
    """What the bank would do with all files together."""

    paid: Counter[str] = field(default_factory=Counter[str])
    cents: int = 0

    async def look(self, world: World, run: str) -> None:
        """Read the file of a run, if it has one, and hold it against what the run says."""
        state = await world.stage.state(run)
        entries: list[dict[str, Any]] = (
            json.loads(await world.blobs.get(TENANT, state.entries)) if state.entries else []
        )
        by_bank = [entry for entry in entries if entry["amount_cents"]]
        assert len(by_bank) == state.count
        self.paid.update(entry["payment_id"] for entry in by_bank)
        if not state.file:
            assert not by_bank
            return
        _, details, total = read(await file_of(world, run))
        assert [int(d["cents"]) for d in details] == [entry["amount_cents"] for entry in by_bank]
        assert int(total["credit"]) == state.total_cents
        self.cents += state.total_cents


async def killed(world: World, run: str, generation: int, commands: int, *, answer_lost: bool) -> bool:
    """Run a pay run until it dies after so many commands; return whether it did."""
    world.commands.left, world.commands.answer_lost = commands, answer_lost
    try:
        await world.run(PAY_RUN, run, generation)
    except Lost:
        return True
    finally:
        world.commands.left = None
    return False


async def stopped(world: World, thing: str) -> bool:
    """Stop or cancel a payment; return whether that keeps it out of every file from now on."""
    for command in (StopPayment(reason="wrong"), CancelPayment(reason="wrong")):
        try:
            await world.say(thing, command)
        except Rejected:
            continue
        last = (await world.stage.events(thing))[-1]
        return not (isinstance(last, PaymentStopped) and last.in_file)
    return False


@pytest.mark.parametrize("seed", range(2))
async def test_208_payments_are_paid_once_whatever_dies(world: World, seed: int) -> None:
    chance = random.Random(seed)
    await credited(world, 1, 777_777)
    things: list[str] = []
    for number in range(PAYMENTS):
        mine = SUPPLIER if number % 9 == 0 else {"supplier_ref": f"sup-{number}"}
        things.append(await world.payable(number, 10_000 + number, **mine))
    runs, out = (RUN, OTHER), set[str]()
    for run in runs:
        await opened(world, run)
    for generation in range(1, 8):
        for run in runs:
            died = chance.choice((0, 1, 2, 40, 51, 120, 207, 230, 260))
            await killed(world, run, generation, died, answer_lost=chance.random() < 0.5)
        for thing in chance.sample(things, 4):
            if await stopped(world, thing):
                out.add(thing)
    witness = Witness()
    for run in runs:
        status = (await world.run(PAY_RUN, run, 9))["status"]
        assert status in ("filed", "empty")
        await witness.look(world, run)
    assert set(witness.paid.values()) == {1}
    assert not out & set(witness.paid)
    covered = 0
    for thing in things:
        state = await world.stage.state(thing)
        if state.status == "included":
            await world.say(thing, ConfirmPayment())
        await world.stage.perform(thing)
        covered += sum(part.cents for part in state.credits if state.status in ("included", "paid"))
        assert (thing in witness.paid) or state.status in ("paid", "stopped", "cancelled")
    left = sum(credit.left_cents for credit in (await owed(world)).credits)
    assert (await owed(world)).reserved == ()
    assert covered + left == 777_777


@pytest.mark.parametrize("acts", range(4))
async def test_what_is_stopped_before_the_file_is_in_no_file(world: World, acts: int) -> None:
    things = [await world.payable(number) for number in range(60)]
    await opened(world)
    with pytest.raises(Lost):
        await world.run(PAY_RUN, RUN, dies_after=acts)
    gone = things[:3] if acts else []
    in_time = [thing for thing in gone if await stopped(world, thing)]
    assert await world.run(PAY_RUN, RUN, generation=2) == {"status": "filed"}
    witness = Witness()
    await witness.look(world, RUN)
    assert set(witness.paid) == set(things) - set(in_time)
    assert in_time == gone
    left_out = await world.blobs.get(TENANT, (await world.stage.state(RUN)).left_out) if gone else b"[]"
    assert {one["payment_id"] for one in json.loads(left_out)} == set(gone)


async def test_a_stop_under_the_pen_keeps_the_payment_out(world: World) -> None:
    things = [await world.payable(number) for number in range(3)]
    await opened(world)
    send = world.commands.send

    async def late(thing: str, command: Any, caller: Any, **more: Any) -> Any:
        if type(command).__name__ == "FilePayRun" and things[0] in command.payments:
            await world.say(things[0], StopPayment(reason="just in time"))
        return await send(thing, command, caller, **more)

    world.commands.send = late
    assert await world.run(PAY_RUN, RUN) == {"status": "filed"}
    witness = Witness()
    await witness.look(world, RUN)
    assert set(witness.paid) == set(things[1:])
    stop = (await world.stage.events(things[0]))[-1]
    assert isinstance(stop, PaymentStopped)
    assert not stop.in_file


async def test_a_stop_after_the_file_says_that_the_bank_must_be_told(world: World) -> None:
    thing = await world.payable(1)
    await opened(world)
    await world.run(PAY_RUN, RUN)
    await world.say(thing, StopPayment(reason="too late"))
    stop = (await world.stage.events(thing))[-1]
    assert isinstance(stop, PaymentStopped)
    assert stop.in_file
    assert "the bank must be told" in stop.summary


@pytest.mark.parametrize("answer_lost", [False, True])
async def test_a_run_that_dies_at_every_step_of_its_life_writes_one_file(
    world: World, answer_lost: bool
) -> None:
    things = [await world.payable(number) for number in range(12)]
    await opened(world)
    generation = 1
    while await killed(world, RUN, generation, generation, answer_lost=answer_lost):
        generation += 1
        assert generation < 40
    assert generation > len(things)
    assert await world.run(PAY_RUN, RUN, generation + 1) == {"status": "filed"}
    witness = Witness()
    await witness.look(world, RUN)
    assert witness.paid == Counter(things)
