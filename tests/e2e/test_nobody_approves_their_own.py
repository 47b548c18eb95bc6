"""Who submits an invoice, or asks for a change, does not decide about it."""

from __future__ import annotations

from tests.support.documents import ONE_PERSON, TWO_PEOPLE, bill
from tests.support.person import pay_day
from tests.support.platform import Company


async def test_who_submitted_an_invoice_may_not_approve_it(company: Company) -> None:
    id = company.alice.submit(bill(ONE_PERSON).xml())
    approval = await company.alice.asked(id)
    assert approval["excluded"] == ["alice"]
    own = company.alice.decide(approval)
    assert (own.status, own.slug) == (403, "own-request")
    assert company.bob.decide(approval).content["state"] == "approved"
    await company.vera.until(id, "scheduled")


async def test_who_submitted_an_invoice_is_none_of_two(company: Company) -> None:
    id = company.alice.submit(bill(TWO_PEOPLE).xml())
    approval = await company.bob.asked(id)
    company.bob.decide(approval)
    assert company.alice.decide(approval).status == 403
    assert company.vera.invoice(id)["status"] == "awaiting_approval"
    assert company.carol.decide(approval).content["state"] == "approved"


async def test_what_a_network_passed_on_is_nobodys_own(company: Company) -> None:
    id = company.intake.submit(bill(ONE_PERSON).xml())
    approval = await company.alice.asked(id)
    assert approval["excluded"] == []
    assert company.alice.decide(approval).content["state"] == "approved"


async def test_who_moves_a_payment_may_not_approve_that(company: Company) -> None:
    id = company.intake.submit(bill(ONE_PERSON).xml())
    old = await company.alice.asked(id)
    payment = company.alice.payment(id)
    moved = company.alice.post(f"/v1/payments/{payment['id']}/reschedule", {"pay_on": str(pay_day())})
    assert moved.status == 200
    approval = await company.bob.asked(id, but=old["id"])
    assert company.alice.decide(approval).slug == "own-request"
    assert company.bob.decide(approval).content["state"] == "approved"
