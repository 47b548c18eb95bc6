"""A person says no: the invoice is not paid, and everybody sees why."""

from __future__ import annotations

from tests.support.documents import ONE_PERSON, bill
from tests.support.platform import Company


async def test_a_rejected_invoice_is_never_paid(company: Company) -> None:
    id = company.intake.submit(bill(ONE_PERSON).xml())
    approval = await company.bob.asked(id)
    answer = company.bob.decide(approval, "reject", "the goods were broken")
    assert (answer.status, answer.content["state"]) == (200, "rejected")

    invoice = await company.vera.until(id, "rejected")
    assert invoice["reasons"] == ["the goods were broken"]
    assert company.vera.payment(id)["status"] == "rejected"
    assert (await company.tess.pay_run())["status"] == "empty"


async def test_a_decision_is_final(company: Company) -> None:
    id = company.intake.submit(bill(ONE_PERSON).xml())
    approval = await company.bob.asked(id)
    company.bob.decide(approval, "reject")
    for person in (company.bob, company.carol):
        late = person.decide(approval)
        assert (late.status, late.slug) == (409, "already-decided")
    await company.vera.until(id, "rejected")
    payment = company.tess.payment(id)
    for step in ("confirm", "cancel", "fail"):
        refused = company.tess.post(f"/v1/payments/{payment['id']}/{step}", {"reason": "trying"})
        assert (refused.status, refused.slug) == (409, "too-late")
    assert company.vera.invoice(id)["status"] == "rejected"
