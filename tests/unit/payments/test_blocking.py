"""While a supplier is blocked, its payments that are in no file wait; unblocked, they go on."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finnest.records import Command
from services.payments.domain.commands import ConfirmPayment
from services.payments.domain.payee import Payee, Payees
from services.payments.domain.payee_messages import BlockPayee, UnblockPayee
from services.payments.workflow.bodies import PAY_RUN, PAYMENT
from tests.unit.payments.bills import message, settle
from tests.unit.payments.test_holding import (
    MINE,
    OTHER,
    PAYEE,
    SAME,
    SECOND,
    SUP,
    asked,
    hear,
    kept,
    moved,
    status,
)
from tests.unit.payments.test_witness import Witness
from tests.unit.payments.test_workflows import RUN, opened
from tests.unit.payments.world import Lost, World


def blocked(number: int = 1, reason: str = "in liquidation") -> BlockPayee:
    return BlockPayee(source=SUP, blocks=number, reason=reason)


def unblocked(number: int = 1) -> UnblockPayee:
    return UnblockPayee(source=SUP, blocks=number)


async def test_a_scheduled_payment_waits_with_the_reason_and_goes_on_when_it_is_unblocked(
    world: World,
) -> None:
    mine = await world.payable(1, **MINE)
    others = await world.payable(2, supplier_ref="sup-2")
    await hear(world, blocked())
    state = await world.stage.state(mine)
    assert (state.status, state.suspended) == ("exception", True)
    assert state.reason == "The supplier is blocked: in liquidation"
    assert await status(world, others) == "scheduled"
    await opened(world)
    await world.run(PAY_RUN, RUN)
    assert (await status(world, mine), await status(world, others)) == ("exception", "included")
    await hear(world, unblocked())
    state = await world.stage.state(mine)
    assert (state.status, state.reason, state.suspended) == ("scheduled", "", False)


async def test_no_run_takes_what_the_view_did_not_know_when_the_supplier_was_blocked(world: World) -> None:
    mine = await world.payable(1, **MINE)
    await world.say(PAYEE, blocked())
    await world.stage.perform(PAYEE)
    assert await status(world, mine) == "scheduled"
    await opened(world)
    assert await world.run(PAY_RUN, RUN) == {"status": "empty"}
    assert await status(world, mine) == "exception"


async def test_a_payment_that_is_approved_meanwhile_waits_before_it_is_scheduled(world: World) -> None:
    mine = await world.payable(1, 500_000, **MINE)
    await hear(world, blocked())
    state = await world.stage.state(mine)
    assert state.status == "awaiting_approval"
    await world.say(mine, settle(state, "approved", "bob"))
    assert await world.run(PAYMENT, mine) == {"status": "exception"}
    await hear(world, unblocked())
    assert await status(world, mine) == "scheduled"


async def test_a_payment_of_a_run_without_file_leaves_it_and_is_in_the_next_one(world: World) -> None:
    things = [await world.payable(number, **MINE) for number in range(3)]
    await opened(world)
    with pytest.raises(Lost):
        await world.run(PAY_RUN, RUN, dies_after=2)
    await hear(world, blocked())
    for thing in things:
        await world.stage.perform(thing)
    assert await world.run(PAY_RUN, RUN, generation=2) == {"status": "empty"}
    await hear(world, unblocked())
    await opened(world, SECOND)
    assert await world.run(PAY_RUN, SECOND) == {"status": "filed"}
    witness = Witness()
    for run in (RUN, SECOND):
        await witness.look(world, run)
    assert witness.paid == Counter(things)


async def test_what_is_in_a_file_is_left_there(world: World) -> None:
    mine = await world.payable(1, **MINE)
    await opened(world)
    await world.run(PAY_RUN, RUN)
    await hear(world, blocked())
    assert await status(world, mine) == "included"
    await world.say(mine, ConfirmPayment())
    assert await status(world, mine) == "paid"


async def test_block_and_question_both_have_to_end(world: World) -> None:
    mine = await world.payable(1, **MINE)
    await hear(world, asked(), blocked())
    assert (await world.stage.state(mine)).reason.startswith("The supplier is blocked")
    await hear(world, unblocked())
    assert "waits for two people" in (await world.stage.state(mine)).reason
    await hear(world, blocked(2), kept())
    assert await status(world, mine) == "exception"
    await hear(world, unblocked(2))
    assert await status(world, mine) == "scheduled"


async def test_an_account_that_moved_while_it_was_blocked_needs_two_people_afterwards(world: World) -> None:
    mine = await world.payable(1, **MINE)
    await hear(world, blocked(), asked(), moved(OTHER))
    assert await status(world, mine) == "exception"
    await hear(world, unblocked())
    state = await world.stage.state(mine)
    assert state.ask is not None
    assert (state.status, state.ask.needs.people) == ("awaiting_approval", 2)


async def test_older_news_changes_nothing(world: World) -> None:
    mine = await world.payable(1, **MINE)
    await hear(world, blocked(2), blocked(1), unblocked(1))
    assert await status(world, mine) == "exception"
    await hear(world, unblocked(2), blocked(2))
    assert await status(world, mine) == "scheduled"


ALL = [blocked(1), unblocked(1), blocked(2), unblocked(2), asked(1), kept(1), asked(2), moved(SAME, 2)]


@given(st.lists(st.sampled_from(ALL)), st.permutations(ALL))
@settings(deadline=None)
def test_in_whatever_order_news_come_the_mark_grows_and_the_payee_ends_free(
    some: list[Command], rest: list[Command]
) -> None:
    payees, state = Payees(), Payee()
    marks, seen = [0], [state.seen()]
    for command in (*some, *rest):
        for event in payees.decide(state, command, message(command, PAYEE)).events:
            state = payees.evolve(state, event)
        marks.append(state.mark)
        seen.append(state.seen())
    assert marks == sorted(marks)
    told = {(news.mark, news.frozen, news.blocked) for news in seen}
    assert len(told) == len({mark for mark, _, _ in told}), "the same mark says the same"
    assert (state.seen().frozen, state.seen().account) == (False, SAME.key)
