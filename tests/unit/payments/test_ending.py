"""A person ends a payment without the bank: it was paid elsewhere, or a credit note is taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from finnest.errors import Stale
from finnest.records import Command
from services.payments.domain.commands import CancelPayment, CreditDropped, IncludePayment, PayElsewhere
from services.payments.domain.payee_messages import FreezePayee, payee_id
from services.payments.workflow.bodies import PAY_RUN
from tests.unit.payments.bills import ACCOUNT, Life, bill
from tests.unit.payments.test_api import Client
from tests.unit.payments.test_credit_notes import SUPPLIER, credited, left, note, owed
from tests.unit.payments.test_treasurer import scheduled
from tests.unit.payments.test_workflows import RUN, opened
from tests.unit.payments.world import World

ELSEWHERE = PayElsewhere(reason="BPAY by Tess", reference="77-1")
BPAY = {"payment": {**ACCOUNT, "bsb": "BPAY", "account": "23796"}}


@pytest.fixture
def client(world: World) -> Client:
    return Client(world)


@pytest.mark.parametrize(
    "changes", [BPAY, {"currency": "NZD"}, {"payment": {**ACCOUNT, "code": "49"}}, {"payment": None}]
)
def test_what_no_bank_file_carries_can_be_marked_as_paid_elsewhere(changes: dict[str, Any]) -> None:
    life = Life().says(bill(**changes))
    assert "elsewhere" in life.state.reason or not life.state.reason.startswith("Channel")
    assert life.say(ELSEWHERE, by="tess").reply == {"status": "paid"}
    assert (life.state.status, life.state.reference) == ("paid", "77-1")
    said = life.events[-1].wire_data()["summary"]
    assert said == "Paid elsewhere, says tess: BPAY by Tess (reference 77-1)."
    for late in (ELSEWHERE, CancelPayment(reason="x"), IncludePayment(run_id="r", process_on=date.max)):
        with pytest.raises(Stale):
            life.say(late)


@pytest.mark.parametrize("life", [Life().says(bill()), scheduled()])
def test_what_a_bank_file_can_carry_is_not_paid_elsewhere(life: Life) -> None:
    with pytest.raises(Stale):
        life.say(ELSEWHERE)


def test_a_credit_note_is_never_paid() -> None:
    life = Life().says(note(1, 100, currency="NZD"))
    assert life.state.status == "exception"
    with pytest.raises(Stale, match="credit note is not paid"):
        life.say(ELSEWHERE)


async def test_nobody_pays_elsewhere_while_people_decide_about_the_account(world: World) -> None:
    thing = await world.payable(1, supplier_ref="sup-1")
    await world.see()
    await world.say(payee_id("sup-1"), FreezePayee(source="sup-1", asked=1))
    await world.stage.perform(payee_id("sup-1"))
    with pytest.raises(Stale, match="that comes first"):
        await world.say(thing, ELSEWHERE)


async def test_the_route_takes_reason_and_reference_from_a_treasurer(world: World, client: Client) -> None:
    held: Command = bill(payment=BPAY["payment"])
    thing = str(held.address())
    await world.say(thing, held)
    path, body = f"/v1/payments/{thing}/paid-elsewhere", {"reason": "BPAY", "reference": "77-1"}
    for bad in (None, {}, {"reason": "BPAY"}, {**body, "reference": " "}, {**body, "reference": "x" * 141}):
        assert (await client.ask("POST", path, json=bad)).status_code == 422
    for roles in (("clerk",), ("approver",), ("viewer",)):
        assert (await client.ask("POST", path, json=body, roles=roles)).status_code == 403
    assert (await client.ask("POST", path, json=body, tenant="others")).status_code == 404
    answer = await client.ask("POST", path, json=body)
    assert (answer.status_code, answer.json()["status"]) == (200, "paid")
    shown = (await client.ask("GET", f"/v1/payments/{thing}")).json()
    assert (shown["paid_elsewhere"], shown["reasons"]) == ("77-1", ["BPAY"])
    assert shown["history"][-1]["type"] == "payments.paid_elsewhere.v1"


async def test_a_credit_note_is_cancelled_like_a_payment(world: World, client: Client) -> None:
    credit = await credited(world, 1, 20_000)
    answer = await client.ask("POST", f"/v1/payments/{credit}/cancel", json={"reason": "sent by mistake"})
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["status"]) == (credit, "cancelled")
    balance = answer.json()["links"]["self"]
    assert balance == f"/v1/payments/{credit}"
    await world.stage.perform(await _balance(world))
    state = await world.stage.state(credit)
    assert (state.status, state.reason) == ("cancelled", "sent by mistake")
    assert "Cancelled by ada" in (await world.stage.events(credit))[-1].wire_data()["summary"]
    assert (await owed(world)).credits == ()
    assert (await client.ask("POST", f"/v1/payments/{credit}/cancel")).status_code == 409
    await world.say(credit, CreditDropped(by="ada", reason="again"))
    assert len(await world.stage.events(credit)) == 3


async def test_a_credit_note_that_went_off_in_part_is_not_cancelled(world: World, client: Client) -> None:
    credit = await credited(world, 1, 70_000)
    mine = await world.payable(1, 50_000, **SUPPLIER)
    await opened(world)
    await world.run(PAY_RUN, RUN)
    for slug in ("in-a-pay-run", "offset"):
        refused = await client.ask("POST", f"/v1/payments/{credit}/cancel")
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, slug)
        await world.stage.perform(mine)
    assert await left(world) == 20_000
    assert (await world.stage.state(credit)).status == "credit"


async def _balance(world: World) -> str:
    return next(thing for thing, *_ in reversed(world.commands.sent) if thing.startswith("bal-"))
