"""While people decide about a supplier's account, its payments that are in no file wait."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.records import Command
from services.payments.domain.bill import Account
from services.payments.domain.commands import CancelPayment, ConfirmPayment, StopPayment
from services.payments.domain.payee import Payee, Payees
from services.payments.domain.payee_messages import FreezePayee, KeepPayee, MovePayee, payee_id
from services.payments.workflow.bodies import PAY_RUN, PAYMENT
from tests.unit.payments.bills import ACCOUNT, message, settle
from tests.unit.payments.test_credit_notes import credited, left
from tests.unit.payments.test_witness import Witness
from tests.unit.payments.test_workflows import RUN, opened
from tests.unit.payments.world import Lost, World

SUP = "sup-1"
PAYEE = payee_id(SUP)
MINE: dict[str, Any] = {"supplier_ref": SUP, "account_status": "confirmed"}
SAME, OTHER = Account.model_validate(ACCOUNT), Account(bsb="082-401", account="55730921")
SECOND = "run-" + "b" * 26


def asked(number: int = 1) -> FreezePayee:
    return FreezePayee(source=SUP, asked=number)


def moved(to: Account, number: int = 1) -> MovePayee:
    return MovePayee(source=SUP, asked=number, account=to)


def kept(number: int = 1) -> KeepPayee:
    return KeepPayee(source=SUP, asked=number)


async def hear(world: World, *news: Command) -> None:
    """Let the payee hear, and tell its payments, with views that are up to date."""
    await world.see()
    for command in news:
        await world.say(PAYEE, command)
        await world.stage.perform(PAYEE)


async def status(world: World, thing: str) -> str:
    return (await world.stage.state(thing)).status


async def test_a_scheduled_payment_waits_and_goes_on_with_the_account_that_stays(world: World) -> None:
    mine = await world.payable(1, **MINE)
    others = await world.payable(2, supplier_ref="sup-2")
    await hear(world, asked())
    state = await world.stage.state(mine)
    assert (state.status, state.suspended) == ("exception", True)
    assert "waits for two people" in state.reason
    assert await status(world, others) == "scheduled"
    await hear(world, kept())
    state = await world.stage.state(mine)
    assert (state.status, state.reason, state.suspended) == ("scheduled", "", False)


async def test_a_payment_to_the_newly_confirmed_account_goes_on_by_itself(world: World) -> None:
    mine = await world.payable(1, supplier_ref=SUP, account_status="claimed")
    await hear(world, asked(), moved(SAME))
    state = await world.stage.state(mine)
    assert state.bill is not None
    assert (state.status, state.bill.account_status) == ("scheduled", "confirmed")


async def test_a_payment_to_an_account_that_is_no_longer_confirmed_needs_two_people(world: World) -> None:
    mine = await world.payable(1, **MINE)
    await hear(world, asked(), moved(OTHER))
    state = await world.stage.state(mine)
    assert state.status == "awaiting_approval"
    assert state.ask is not None
    assert state.ask.needs.people == 2
    assert "no longer the confirmed one" in state.ask.why
    await world.say(mine, settle(state, "approved", "bob", "eve"))
    await world.run(PAYMENT, mine)
    assert await status(world, mine) == "scheduled"
    await hear(world, asked(2), kept(2))
    assert await status(world, mine) == "scheduled"


async def test_people_who_were_asked_before_the_account_moved_are_asked_anew(world: World) -> None:
    mine = await world.payable(1, 500_000, **MINE)
    before = (await world.stage.state(mine)).ask
    await hear(world, asked(), moved(OTHER))
    state = await world.stage.state(mine)
    assert before is not None
    assert state.ask is not None
    assert (before.needs.people, state.ask.needs.people) == (1, 2)
    wires = [event.wire for event in await world.stage.events(mine)]
    assert "payments.approval_withdrawn.v1" in wires


async def test_a_payment_that_is_approved_meanwhile_waits_before_it_is_scheduled(world: World) -> None:
    mine = await world.payable(1, 500_000, **MINE)
    await hear(world, asked())
    state = await world.stage.state(mine)
    assert state.status == "awaiting_approval"
    await world.say(mine, settle(state, "approved", "bob"))
    assert await world.run(PAYMENT, mine) == {"status": "exception"}
    await hear(world, moved(OTHER))
    assert await status(world, mine) == "awaiting_approval"


async def test_no_run_takes_what_the_view_did_not_know_when_the_account_was_asked_about(
    world: World,
) -> None:
    mine = await world.payable(1, **MINE)
    await world.say(PAYEE, asked())
    await world.stage.perform(PAYEE)
    assert await status(world, mine) == "scheduled"
    await opened(world)
    assert await world.run(PAY_RUN, RUN) == {"status": "empty"}
    assert await status(world, mine) == "exception"


async def test_a_payment_that_was_told_too_early_looks_itself(world: World) -> None:
    mine = await world.payable(1, **MINE)
    await hear(world, asked())
    await world.stage.tick(mine)
    await world.stage.perform(mine)
    assert await status(world, mine) == "exception"
    world.stage.bus.sent.clear()
    await world.say(PAYEE, kept())
    assert await status(world, mine) == "exception"
    await world.stage.tick(mine)
    assert await world.stage.perform(mine) == ["see_payee"]
    assert await status(world, mine) == "scheduled"


async def test_a_payment_of_a_run_without_file_leaves_it_and_is_in_the_next_one(world: World) -> None:
    await credited(world, 1, 20_000, supplier_ref=SUP)
    things = [await world.payable(number, **MINE) for number in range(3)]
    await opened(world)
    with pytest.raises(Lost):
        await world.run(PAY_RUN, RUN, dies_after=2)
    assert await status(world, things[0]) == "included"
    await hear(world, asked())
    for thing in things:
        await world.stage.perform(thing)
    assert {await status(world, thing) for thing in things} == {"exception"}
    assert await left(world) == 20_000
    assert await world.run(PAY_RUN, RUN, generation=2) == {"status": "empty"}
    await hear(world, kept())
    await opened(world, SECOND)
    assert await world.run(PAY_RUN, SECOND) == {"status": "filed"}
    witness = Witness()
    for run in (RUN, SECOND):
        await witness.look(world, run)
    assert dict(witness.paid) == dict.fromkeys(things, 1)
    assert witness.cents == 3 * 50_000 - 20_000
    await world.say(things[0], StopPayment(reason="wrong"))
    assert "the bank must be told" in (await world.stage.events(things[0]))[-1].wire_data()["summary"]


async def test_what_is_in_a_file_is_left_there(world: World) -> None:
    mine = await world.payable(1, **MINE)
    await opened(world)
    await world.run(PAY_RUN, RUN)
    await hear(world, asked())
    assert await status(world, mine) == "included"
    await hear(world, moved(OTHER))
    await world.say(mine, ConfirmPayment())
    assert await status(world, mine) == "paid"


async def test_a_payment_that_waits_for_the_account_can_be_cancelled(world: World) -> None:
    mine = await world.payable(1, **MINE)
    await hear(world, asked())
    await world.say(mine, CancelPayment(reason="not ours"))
    await hear(world, kept())
    assert await status(world, mine) == "cancelled"


async def test_every_payment_of_a_supplier_is_told_page_by_page(world: World) -> None:
    things = [await world.payable(number, **MINE) for number in range(120)]
    await hear(world, asked())
    assert {await status(world, thing) for thing in things} == {"exception"}


async def test_older_news_changes_nothing(world: World) -> None:
    mine = await world.payable(1, **MINE)
    await hear(world, asked(2), asked(1), kept(1))
    assert await status(world, mine) == "exception"
    await hear(world, kept(2), asked(2))
    assert await status(world, mine) == "scheduled"


NEWS = st.lists(st.sampled_from([asked(1), kept(1), asked(2), moved(OTHER, 2), asked(3), moved(SAME, 3)]))


@given(NEWS.map(lambda some: [*some, asked(1), kept(1), asked(2), moved(OTHER, 2), asked(3), moved(SAME, 3)]))
def test_whatever_overtakes_what_the_payee_ends_where_the_last_answer_says(news: list[Command]) -> None:
    payees, state = Payees(), Payee()
    marks = [0]
    for command in news:
        for event in payees.decide(state, command, message(command, PAYEE)).events:
            state = payees.evolve(state, event)
        marks.append(state.mark)
    assert marks == sorted(marks)
    assert (state.is_frozen, state.account, state.mark) == (False, SAME.key, 6)
