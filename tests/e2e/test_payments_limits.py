"""What a pay run leaves out and why, what no bank file carries, and questions that are taken back."""

from __future__ import annotations

import pytest

from finnest.testing import eventually
from tests.support.documents import ONE_PERSON, bill, cents
from tests.support.person import pay_day
from tests.support.platform import Company


async def test_a_run_pays_no_more_than_its_limit(company: Company) -> None:
    bills = [bill("300.00"), bill("200.00"), bill("100.00")]
    for one in bills:
        await company.vera.until(company.intake.submit(one.xml()), "scheduled")
    limit = cents(bills[0]) + cents(bills[2])
    body = {"pay_on": str(pay_day()), "cash_limit_cents": limit}
    run = await company.tess.filed(company.tess.post("/v1/pay-runs", body).content["id"])
    assert 0 < run["total_cents"] <= limit
    assert len(run["payments"]) + len(run["left_out"]) == len(bills)
    assert all("limit" in one["reason"] for one in run["left_out"])
    rest = await company.tess.pay_run()
    assert run["total_cents"] + rest["total_cents"] == sum(map(cents, bills))


async def test_pay_runs_are_listed(company: Company) -> None:
    runs = [(await company.tess.pay_run())["id"] for _ in range(3)]

    def check() -> bool:
        assert [run["id"] for run in company.vera.all("/v1/pay-runs?status=empty")] == runs[::-1]
        return True

    await eventually(check)
    assert company.vera.all("/v1/pay-runs?status=filed") == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"means": "49", "account": ""}, "Direct debit"),
        ({"currency": "NZD"}, "Foreign currency"),
    ],
)
async def test_what_no_bank_file_carries_is_held(
    company: Company, changes: dict[str, str], words: str
) -> None:
    id = company.intake.submit(bill(**changes).xml())
    invoice = await company.vera.until(id, "exception")
    assert words in " ".join(invoice["reasons"])


async def test_a_cancelled_payment_takes_its_question_back(company: Company) -> None:
    id = company.intake.submit(bill(ONE_PERSON).xml())
    await company.vera.until(id, "awaiting_approval")
    approval = await company.bob.asked(id)
    payment = company.tess.payment(id)["id"]
    assert company.tess.post(f"/v1/payments/{payment}/cancel", {"reason": "not ours"}).status == 200

    def check() -> bool:
        assert company.bob.get(f"/v1/approvals/{approval['id']}").content["state"] == "withdrawn"
        assert company.bob.all("/v1/approvals?state=open") == []
        return True

    await eventually(check)
    late = company.bob.decide(approval)
    assert (late.status, late.slug) == (409, "already-decided")
