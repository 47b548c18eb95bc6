"""Credit notes in pay runs: they go off the same supplier's payments, once, whatever is cut off."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from finnest.errors import Invalid
from services.payments.domain.balances import MAX_OPEN
from services.payments.domain.bill import Bill
from services.payments.domain.commands import (
    CancelPayment,
    ConfirmPayment,
    FailPayment,
    IncludePayment,
    ProposePayment,
    StopPayment,
)
from services.payments.domain.credit import Balance, balance_id
from services.payments.domain.entry import Offset
from services.payments.workflow.bodies import PAY_RUN
from tests.unit.payments.bills import TENANT, Life, bill
from tests.unit.payments.test_aba import read
from tests.unit.payments.test_treasurer import scheduled
from tests.unit.payments.test_workflows import RUN, file_of, opened
from tests.unit.payments.world import Lost, World

SUPPLIER = {"supplier_ref": "sup-1", "supplier_id": "0151:51824753556"}
OTHER = "run-" + "b" * 26


def note(number: int, cents: int, **changes: Any) -> ProposePayment:
    fields = {"kind": "credit_note", "number": f"CN-{number}", **SUPPLIER, **changes}
    return bill(cents, invoice=f"note-{number}", **fields)


async def credited(world: World, number: int, cents: int, **changes: Any) -> str:
    """Return a credit note that its supplier's balance knows."""
    proposal = note(number, cents, **changes)
    await world.say(proposal.address(), proposal)
    await world.stage.perform(proposal.address())
    return proposal.address()


async def owed(world: World) -> Balance:
    thing = balance_id(Bill.model_validate(note(1, 1).model_dump()))
    assert thing is not None
    return await world.stage.state(thing)


async def left(world: World) -> int:
    return sum(credit.left_cents for credit in (await owed(world)).credits)


async def test_a_credit_note_goes_off_the_next_payment_of_its_supplier(world: World) -> None:
    await credited(world, 1, 20_000)
    mine = await world.payable(1, 50_000, **SUPPLIER)
    others = await world.payable(2, 50_000, supplier_ref="sup-2")
    await opened(world)
    assert await world.run(PAY_RUN, RUN) == {"status": "filed"}
    state = await world.stage.state(RUN)
    assert (state.count, state.total_cents) == (2, 80_000)
    assert sorted(int(detail["cents"]) for detail in read(await file_of(world))[1]) == [30_000, 50_000]
    payment = await world.stage.state(mine)
    assert (payment.pays_cents, [part.number for part in payment.credits]) == (30_000, ["CN-1"])
    assert (await world.stage.state(others)).pays_cents == 50_000
    included = (await world.stage.events(mine))[-1]
    assert "less credit note CN-1 AUD 200.00" in included.wire_data()["summary"]
    await world.say(mine, ConfirmPayment())
    await world.stage.perform(mine)
    assert (await owed(world)).credits == ()


async def test_what_credit_notes_cover_is_paid_without_the_bank(world: World) -> None:
    await credited(world, 1, 80_000)
    mine = await world.payable(1, 50_000, **SUPPLIER)
    await opened(world)
    assert await world.run(PAY_RUN, RUN) == {"status": "empty"}
    assert (await world.stage.state(mine)).status == "paid"
    await world.stage.perform(mine)
    assert await left(world) == 30_000
    entries = json.loads(await world.blobs.get(TENANT, (await world.stage.state(RUN)).entries))
    assert [(one["amount_cents"], one["gross_cents"]) for one in entries] == [(0, 50_000)]


@pytest.mark.parametrize("ends", [StopPayment(reason="wrong"), FailPayment(reason="closed")])
async def test_a_payment_that_is_not_made_gives_its_credit_back(world: World, ends: Any) -> None:
    await credited(world, 1, 20_000)
    mine = await world.payable(1, 50_000, **SUPPLIER)
    await opened(world)
    await world.run(PAY_RUN, RUN)
    assert await left(world) == 0
    await world.say(mine, ends)
    await world.stage.perform(mine)
    assert await left(world) == 20_000
    second = await world.payable(2, 50_000, **SUPPLIER)
    await opened(world, OTHER)
    await world.run(PAY_RUN, OTHER)
    assert (await world.stage.state(second)).pays_cents == 30_000


async def test_a_negative_invoice_is_a_credit_too(world: World) -> None:
    thing = await credited(world, 1, -20_000, kind="invoice")
    assert (await world.stage.state(thing)).status == "credit"
    assert await left(world) == 20_000


async def test_credit_notes_that_a_stream_cannot_hold_are_held_with_the_reason(world: World) -> None:
    for number in range(MAX_OPEN):
        await credited(world, number, 100)
    state = await world.stage.state(await credited(world, MAX_OPEN, 100))
    assert state.status == "exception"
    assert "not used up" in state.reason


async def test_a_payment_that_declines_gives_back_what_was_reserved(world: World) -> None:
    await credited(world, 1, 20_000)
    mine = await world.payable(1, 50_000, **SUPPLIER)
    await opened(world)
    await opened(world, OTHER)
    with pytest.raises(Lost):
        await world.run(PAY_RUN, RUN, dies_after=1)
    assert await world.run(PAY_RUN, OTHER) == {"status": "filed"}
    assert await world.run(PAY_RUN, RUN, generation=2) == {"status": "empty"}
    payment = await world.stage.state(mine)
    assert (payment.run_id, payment.pays_cents) == (OTHER, 30_000)
    await world.say(mine, ConfirmPayment())
    await world.stage.perform(mine)
    assert (await owed(world)).credits == ()


async def test_a_payment_that_is_cancelled_before_it_is_taken_uses_no_credit(world: World) -> None:
    await credited(world, 1, 20_000)
    mine = await world.payable(1, 50_000, **SUPPLIER)
    await opened(world)
    with pytest.raises(Lost):
        await world.run(PAY_RUN, RUN, dies_after=1)
    await world.say(mine, CancelPayment(reason="not ours"))
    assert await world.run(PAY_RUN, RUN, generation=2) == {"status": "empty"}
    assert (await left(world), (await owed(world)).reserved) == (20_000, ())


def test_credit_notes_never_make_a_payment_negative() -> None:
    life: Life = scheduled()
    too_much = (Offset(credit_id="pay-x", number="CN-1", cents=50_001),)
    with pytest.raises(Invalid):
        life.say(IncludePayment(run_id="run-1", process_on=date(2026, 3, 20), credits=too_much))


STEPS = 12
"""Commands that a run over three payments with one credit note sends: no more than these."""


@pytest.mark.parametrize("answer_lost", [False, True])
@pytest.mark.parametrize("commands", range(STEPS))
async def test_a_run_that_dies_at_any_step_uses_each_credit_once(
    world: World, commands: int, answer_lost: bool
) -> None:
    await credited(world, 1, 70_000)
    things = [await world.payable(n, 50_000, **SUPPLIER) for n in range(3)]
    await opened(world)
    world.commands.left, world.commands.answer_lost = commands, answer_lost
    try:
        await world.run(PAY_RUN, RUN)
        died = False
    except Lost:
        died = True
    world.commands.left = None
    assert died or commands > 7
    assert await world.run(PAY_RUN, RUN, generation=2) == {"status": "filed"}
    assert await world.run(PAY_RUN, RUN, generation=3) == {"status": "filed"}
    state = await world.stage.state(RUN)
    assert state.total_cents == 150_000 - 70_000
    for thing in things:
        if (await world.stage.state(thing)).status == "included":
            await world.say(thing, ConfirmPayment())
        await world.stage.perform(thing)
    balance = await owed(world)
    assert (balance.credits, balance.reserved) == ((), ())
