"""Payments and approvals together: deadlines that pass, and questions that are taken back."""

from __future__ import annotations

from typing import Any

import pytest

from finnest.asking import approval_id
from finnest.errors import Stale
from finnest.testing import Stage
from finnest.turns import SNAPSHOT_BYTES, Head, announced
from services.approvals.domain import Approval, Approvals, DecideApproval, OpenApproval, WithdrawApproval
from services.payments.domain.commands import (
    CancelPayment,
    JudgePayment,
    ReschedulePayment,
    SettlePayment,
)
from services.payments.domain.payment import Payment
from services.payments.workflow.bodies import PAYMENT
from tests.unit.payments.bills import MONDAY, TENANT, Life, bill
from tests.unit.payments.test_treasurer import LATER, asked
from tests.unit.payments.world import World

TAKES = {
    "payments.approval_requested.v1": OpenApproval,
    "payments.approval_withdrawn.v1": WithdrawApproval,
}
ANSWERS = ("approvals.approved.v1", "approvals.rejected.v1", "approvals.expired.v1")


class Office:
    """Approvals beside payments, joined by what both publish, as the manifests say."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.approvals = Stage("approvals", [Approvals()], tenant=TENANT)
        self.approvals.clock.advance((MONDAY - self.approvals.clock.now()).total_seconds())
        self._heard: set[str] = set()

    async def hear(self) -> None:
        """Let each take what the other has published."""
        for event in self._new(self.world.stage):
            kind = TAKES.get(event["type"])
            if kind:
                command = kind.model_validate(announced(event))
                await self.approvals.say(command.address(), command)
        for event in self._new(self.approvals):
            if event["type"] in ANSWERS:
                command = SettlePayment.model_validate(announced(event))
                await self.world.say(command.thing, command)

    async def decide(self, approval: str, user: str) -> None:
        """Let somebody approve."""
        state: Approval = await self.approvals.state(approval)
        assert state.ask is not None
        decide = DecideApproval(decision="approve", args_hash=state.ask.args_hash, roles=("approver",))
        await self.approvals.say(approval, decide, by=user)
        await self.hear()

    def _new(self, stage: Stage) -> list[dict[str, Any]]:
        found = [event for id_, (_, event) in stage.bus.sent.items() if id_ not in self._heard]
        self._heard |= {event["id"] for event in found}
        return found


async def waiting(world: World, cents: int = 500_000) -> tuple[Office, str, str]:
    """Return the office, a payment that waits for people, and the approval."""
    office, thing = Office(world), bill().address()
    await world.say(thing, bill(cents))
    await world.say(thing, JudgePayment())
    await office.hear()
    state: Payment = await world.stage.state(thing)
    assert state.ask is not None
    return office, thing, approval_id("payments", thing, state.ask.args_hash)


async def test_an_approval_that_nobody_gives_in_time_ends_the_payment(world: World) -> None:
    office, thing, approval = await waiting(world)
    two_weeks = 14 * 24 * 3600
    world.stage.clock.advance(two_weeks)
    await office.approvals.tick(approval)
    assert office.approvals.clock.now() == world.stage.clock.now()
    await office.hear()
    state = await world.stage.state(thing)
    assert (state.status, state.reason) == ("rejected", "nobody decided in time")
    assert await world.stage.perform(thing) == ["start_payment", "tell_payment"]
    assert await world.run(PAYMENT, thing) == {"status": "rejected"}


async def test_a_minute_before_the_deadline_an_answer_counts(world: World) -> None:
    office, thing, approval = await waiting(world)
    office.approvals.clock.advance(14 * 24 * 3600 - 60)
    await office.decide(approval, "bob")
    assert (await world.stage.state(thing)).status == "approved"


@pytest.mark.parametrize("change", [CancelPayment(reason="not ours"), ReschedulePayment(pay_on=LATER)])
async def test_a_question_that_is_void_is_taken_back(world: World, change: Any) -> None:
    office, thing, approval = await waiting(world)
    await world.say(thing, change)
    await office.hear()
    assert (await office.approvals.state(approval)).state == "withdrawn"
    with pytest.raises(Stale):
        await office.decide(approval, "bob")
    state = await world.stage.state(thing)
    if isinstance(change, ReschedulePayment):
        assert state.ask is not None
        again = approval_id("payments", thing, state.ask.args_hash)
        assert (again != approval, (await office.approvals.state(again)).state) == (True, "open")
        await office.decide(again, "bob")
        assert (await world.stage.state(thing)).status == "approved"


async def test_a_question_that_is_taken_back_before_it_arrives_is_never_asked() -> None:
    approvals = Stage("approvals", [Approvals()], tenant=TENANT)
    life = asked().says(ReschedulePayment(pay_on=LATER))
    events = {event.wire: event for event in life.events[:-1]}
    withdraw = WithdrawApproval.model_validate(events["payments.approval_withdrawn.v1"].wire_data())
    request = OpenApproval.model_validate(events["payments.approval_requested.v1"].wire_data())
    assert withdraw.address() == request.address()
    await approvals.say(withdraw.address(), withdraw)
    await approvals.say(request.address(), request)
    assert [event.wire for event in await approvals.events(request.address())] == ["approvals.withdrawn.v1"]


def test_who_accepted_a_mismatch_does_not_approve_its_payment_as_well() -> None:
    ask = asked(500, exceptions=["PRICE-OVER: dear"], accepted_by="bob").state.ask
    assert ask is not None
    assert (ask.excluded, ask.needs.people) == (("sam", "bob"), 1)
    assert "a mismatch with the order was accepted" in ask.why


async def test_an_answer_is_not_taken_back(world: World) -> None:
    office, _, approval = await waiting(world)
    state = await office.approvals.state(approval)
    await office.decide(approval, "bob")
    withdraw = WithdrawApproval(
        feature="payments", thing=state.ask.thing, args_hash=state.ask.args_hash, reason="x"
    )
    await office.approvals.say(approval, withdraw)
    assert (await office.approvals.state(approval)).state == "approved"


def test_only_an_open_question_is_taken_back() -> None:
    life = Life().says(bill(), CancelPayment(reason="x"))
    assert [event.wire for event in life.events] == ["payments.proposed.v1", "payments.cancelled.v1"]


@pytest.mark.parametrize("letter", ["x", "漢", "\U0001f600", '"'])
def test_whatever_an_invoice_says_its_payment_fits_into_a_stream(letter: str) -> None:
    text = letter * 5_000
    account = {"code": "30", "bsb": "062-000", "account": "12345678", "name": text, "reference": text}
    life = Life().says(
        bill(
            5_000_000,
            number=text,
            supplier=text,
            supplier_id=text,
            supplier_ref=text,
            flags=[text] * 9,
            exceptions=[text] * 9,
            order_reference=text,
            payment=account,
        ),
        JudgePayment(),
    )
    assert life.state.status == "awaiting_approval"
    assert len(Head(state=life.state, schema=1).text()) < SNAPSHOT_BYTES
    assert all(len(event.model_dump_json()) < 48 * 1024 for event in life.events)
