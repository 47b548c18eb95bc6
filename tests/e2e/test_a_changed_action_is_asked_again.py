"""An approval is bound to the exact action: another day is another action and needs another answer."""

from __future__ import annotations

from datetime import timedelta

from tests.support.documents import ONE_PERSON, SMALL, bill
from tests.support.person import pay_day
from tests.support.platform import Company


async def test_the_hash_must_be_that_of_the_action_shown(company: Company) -> None:
    id = company.intake.submit(bill(ONE_PERSON).xml())
    approval = await company.bob.asked(id)
    wrong = company.bob.decide(approval, args_hash="0" * 64)
    assert (wrong.status, wrong.slug) == (409, "other-action")
    assert company.bob.get(f"/v1/approvals/{approval['id']}").content["decisions"] == []
    await company.vera.until(id, "awaiting_approval")


async def test_moving_an_approved_payment_asks_people_again(company: Company) -> None:
    id = company.intake.submit(bill(ONE_PERSON).xml())
    first = await company.bob.asked(id)
    company.bob.decide(first)
    await company.vera.until(id, "scheduled")
    payment = company.tess.payment(id)

    moved = company.tess.post(f"/v1/payments/{payment['id']}/reschedule", {"pay_on": str(pay_day())})
    assert (moved.status, moved.content["status"]) == (200, "awaiting_approval")
    await company.vera.until(id, "awaiting_approval")
    second = await company.bob.asked(id, but=first["id"])
    assert second["args_hash"] != first["args_hash"]
    assert second["args"]["pay_on"] != first["args"]["pay_on"]
    assert (await company.tess.pay_run(pay_day() + timedelta(days=14)))["status"] == "empty"

    old = company.bob.decide(first)
    assert (old.status, old.slug) == (409, "already-decided")
    company.bob.decide(second)
    await company.vera.until(id, "scheduled")
    assert company.vera.payment(id)["pay_on"] == second["args"]["pay_on"]


async def test_an_answer_about_the_old_day_counts_for_nothing(company: Company) -> None:
    id = company.intake.submit(bill(ONE_PERSON).xml())
    old = await company.bob.asked(id)
    await company.vera.until(id, "awaiting_approval")
    payment = company.tess.payment(id)
    moved = company.tess.post(f"/v1/payments/{payment['id']}/reschedule", {"pay_on": str(pay_day())})
    assert moved.content["status"] == "awaiting_approval"
    new = await company.bob.asked(id, but=old["id"])

    late = company.bob.decide(old)
    assert late.status in (200, 409)
    assert company.vera.payment(id)["status"] == "awaiting_approval"
    await company.vera.until(id, "awaiting_approval")
    assert (await company.tess.pay_run())["status"] == "empty"
    company.carol.decide(new)
    await company.vera.until(id, "scheduled")


async def test_moving_a_small_payment_needs_nobody(company: Company) -> None:
    id = company.intake.submit(bill(SMALL).xml())
    await company.vera.until(id, "scheduled")
    payment = company.tess.payment(id)
    later = pay_day() + timedelta(days=30)
    moved = company.tess.post(f"/v1/payments/{payment['id']}/reschedule", {"pay_on": str(later)})
    assert (moved.status, moved.content["status"]) == (200, "scheduled")
    assert company.vera.payment(id)["pay_on"] >= str(later)
    assert (await company.tess.pay_run())["status"] == "empty"
    assert (await company.tess.pay_run(later + timedelta(days=3)))["count"] == 1
