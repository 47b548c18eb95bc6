"""Above the upper limit two different people must approve."""

from __future__ import annotations

from tests.support.documents import TWO_PEOPLE, bill
from tests.support.platform import Company


async def test_two_different_people_must_approve(company: Company) -> None:
    id = company.intake.submit(bill(TWO_PEOPLE).xml())
    approval = await company.bob.asked(id)
    assert approval["needs"]["people"] == 2
    assert approval["risk"] == "high"

    first = company.bob.decide(approval)
    assert first.content["state"] == "open"
    assert first.content["still_needed"] == 1
    twice = company.bob.decide(approval)
    assert (twice.status, twice.slug) == (409, "already-decided-by-you")
    assert company.vera.invoice(id)["status"] == "awaiting_approval"
    assert (await company.tess.pay_run())["status"] == "empty"

    second = company.carol.decide(approval)
    assert second.content["state"] == "approved"
    await company.vera.until(id, "scheduled")
    settled = company.carol.get(f"/v1/approvals/{approval['id']}").content
    assert [d["user"] for d in settled["decisions"]] == ["bob", "carol"]
    assert (await company.tess.pay_run())["count"] == 1


async def test_one_no_is_enough(company: Company) -> None:
    id = company.intake.submit(bill(TWO_PEOPLE).xml())
    approval = await company.bob.asked(id)
    company.bob.decide(approval)
    rejected = company.carol.decide(approval, "reject", "ordered by nobody")
    assert rejected.content["state"] == "rejected"
    invoice = await company.vera.until(id, "rejected")
    assert invoice["reasons"] == ["ordered by nobody"]


async def test_people_without_the_role_do_not_count(company: Company) -> None:
    id = company.intake.submit(bill(TWO_PEOPLE).xml())
    approval = await company.bob.asked(id)
    for person in (company.tess, company.vera):
        refused = person.decide(approval)
        assert (refused.status, refused.slug) == (403, "role-needed")
    assert company.bob.get(f"/v1/approvals/{approval['id']}").content["decisions"] == []
