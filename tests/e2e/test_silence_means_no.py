"""Nobody decides in time: the durable deadline says no."""

from __future__ import annotations

from tests.e2e.conftest import HASTY
from tests.support.documents import ONE_PERSON, SMALL, bill
from tests.support.platform import Platform


async def test_an_approval_that_nobody_decides_expires(platform: Platform) -> None:
    hasty = platform.company(HASTY)
    id = hasty.intake.submit(bill(ONE_PERSON).xml())
    approval = await hasty.bob.asked(id)

    invoice = await hasty.vera.until(id, "rejected", within_s=15)
    assert invoice["reasons"] == ["nobody decided in time"]
    assert hasty.bob.get(f"/v1/approvals/{approval['id']}").content["state"] == "expired"
    late = hasty.bob.decide(approval)
    assert late.status == 409
    assert late.slug in ("expired", "already-decided")
    assert hasty.bob.all("/v1/approvals?state=open") == []


async def test_what_needs_nobody_does_not_expire(platform: Platform) -> None:
    hasty = platform.company(HASTY)
    id = hasty.intake.submit(bill(SMALL).xml())
    await hasty.vera.until(id, "scheduled")
