"""A thousand invoices wait for approval over a full stop and restart; none is lost and none asked twice."""

from __future__ import annotations

import asyncio

import pytest

from finnest.testing import eventually
from tests.support.documents import ONE_PERSON, bill
from tests.support.platform import Platform

INVOICES = 1_000
ANSWERED = 20


@pytest.mark.slow
async def test_a_thousand_invoices_wait_over_a_restart(own: Platform) -> None:
    await own.start()
    company = own.company()
    slots = asyncio.Semaphore(4)

    async def taken() -> str:
        """Submit an invoice as an honest client does: again while the platform says "later"."""
        body = bill(ONE_PERSON).xml()
        async with slots:
            return await eventually(lambda: asyncio.to_thread(company.intake.submit, body), 120)

    ids = set(await asyncio.gather(*(taken() for _ in range(INVOICES))))
    assert len(ids) == INVOICES

    def asked() -> dict[str, str]:
        open_ = company.bob.all("/v1/approvals?state=open")
        found = {one["args"]["invoice_id"]: one["id"] for one in open_}
        assert len(found) == len(open_) == INVOICES
        return found

    before = await eventually(asked, 600, "not everybody was asked")
    assert set(before) == ids
    await own.stop()
    await own.start()
    assert asked() == before
    for id in list(ids)[:ANSWERED]:
        approval = company.bob.get(f"/v1/approvals/{before[id]}").content
        assert company.bob.decide(approval).status == 200
    for id in list(ids)[:ANSWERED]:
        await company.vera.until(id, "scheduled", within_s=60)
    left = company.vera.all("/v1/invoices?status=awaiting_approval")
    assert len(left) == INVOICES - ANSWERED
