"""Payments moves from the monolith to a process and a sidecar of its own, with open work, and back."""

from __future__ import annotations

from finnest.testing import eventually
from tests.support.aba import paid_once
from tests.support.documents import ONE_PERSON, SMALL, bill
from tests.support.platform import CHILDREN, Company, Platform

FOUND_GONE_S = 90.0
"""A workflow stays behind in the app that ran it; its stream looks after it within a minute, then goes on."""
ALONE = {"app:payments", "sidecar:payments"}


async def test_payments_moves_out_and_back_and_nothing_is_lost_repeated_or_stuck(own: Platform) -> None:
    await own.start()
    assert set(own.pids()) == set(CHILDREN)
    company = own.company()
    waiting = await _asked(company)
    on_their_way = [company.intake.submit(bill(SMALL).xml()) for _ in range(5)]
    await own.stop()

    own.arguments = ("--apart", "payments")
    await own.start()
    assert set(own.pids()) == {*CHILDREN, *ALONE}
    assert own.status()["ready"]
    for id in on_their_way:
        await company.vera.until(id, "scheduled", within_s=FOUND_GONE_S)
    company.bob.decide(await company.bob.asked(waiting))
    await company.vera.until(waiting, "scheduled")
    await _listed(company, 1 + len(on_their_way))
    first = await company.tess.pay_run()
    assert first["count"] == 1 + len(on_their_way)
    unconfirmed, *confirmed = (company.tess.payment(id)["id"] for id in [waiting, *on_their_way])
    for payment in confirmed:
        assert company.tess.post(f"/v1/payments/{payment}/confirm").content["status"] == "paid"
    waiting_again = await _asked(company)
    await own.stop()

    own.arguments = ()
    await own.start()
    assert set(own.pids()) == set(CHILDREN)
    company.bob.decide(await company.bob.asked(waiting_again))
    await company.vera.until(waiting_again, "scheduled")
    await _listed(company, 1)
    second = await company.tess.pay_run()
    assert second["count"] == 1
    assert company.tess.post(f"/v1/payments/{unconfirmed}/confirm").content["status"] == "paid"
    await company.vera.until(waiting, "paid")

    files = [company.tess.bank_file(run["id"]) for run in (first, second)]
    assert len(paid_once(files)) == first["count"] + second["count"]
    assert company.vera.get("/v1/dead-letters").content["items"] == []
    assert own.restarts() == 0


async def _asked(company: Company) -> str:
    """Return an invoice about which a person has been asked, and has not answered."""
    id = company.intake.submit(bill(ONE_PERSON).xml())
    await company.bob.asked(id)
    return id


async def _listed(company: Company, count: int) -> None:
    """Wait until payments lists as many to pay: a pay run takes what it lists."""

    await eventually(
        lambda: len(company.tess.all("/v1/payments?status=scheduled")) == count,
        10.0,
        f"there are not {count} payments to pay",
    )
