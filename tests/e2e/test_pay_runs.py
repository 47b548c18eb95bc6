"""Pay runs: what they take, what they leave, and what can still be changed when."""

from __future__ import annotations

from datetime import timedelta

from tests.support.aba import paid_once
from tests.support.documents import SMALL, bill, cents
from tests.support.person import pay_day
from tests.support.platform import Company


async def scheduled(company: Company, net: str = SMALL) -> tuple[str, str]:
    """Return the ids of an invoice and of its payment, ready for a run."""
    id = company.intake.submit(bill(net).xml())
    await company.vera.until(id, "scheduled")
    return id, company.tess.payment(id)["id"]


async def test_a_cancelled_payment_is_in_no_file(company: Company) -> None:
    cancelled, payment = await scheduled(company)
    kept, _ = await scheduled(company)
    answer = company.tess.post(f"/v1/payments/{payment}/cancel", {"reason": "paid by card"})
    assert (answer.status, answer.content["status"]) == (200, "cancelled")
    invoice = await company.vera.until(cancelled, "cancelled")
    assert invoice["reasons"] == ["paid by card"]

    run = await company.tess.pay_run()
    file = company.tess.bank_file(run["id"])
    assert [credit.reference for credit in file.credits] == [company.vera.invoice(kept)["number"]]
    again = company.tess.post(f"/v1/payments/{payment}/cancel")
    assert (again.status, again.slug) == (409, "too-late")


async def test_what_is_in_a_file_is_stopped_and_not_cancelled(company: Company) -> None:
    id, payment = await scheduled(company)
    early = company.tess.post(f"/v1/payments/{payment}/stop", {"reason": "a mistake"})
    assert (early.status, early.slug) == (409, "not-in-a-pay-run")
    await company.tess.pay_run()
    late = company.tess.post(f"/v1/payments/{payment}/cancel", {"reason": "a mistake"})
    assert (late.status, late.slug) == (409, "in-a-pay-run")
    stopped = company.tess.post(f"/v1/payments/{payment}/stop", {"reason": "a mistake"})
    assert (stopped.status, stopped.content["status"]) == (200, "stopped")
    invoice = await company.vera.until(id, "cancelled")
    assert invoice["reasons"] == ["a mistake"]
    assert (await company.tess.pay_run())["status"] == "empty"


async def test_the_bank_confirms_or_refuses_each_payment(company: Company) -> None:
    (good, paid), (bad, refused) = await scheduled(company), await scheduled(company)
    early = company.tess.post(f"/v1/payments/{paid}/confirm")
    assert (early.status, early.slug) == (409, "too-late")
    run = await company.tess.pay_run()
    assert company.tess.post(f"/v1/pay-runs/{run['id']}/sent").content["status"] == "sent"
    assert company.tess.post(f"/v1/payments/{paid}/confirm").content["status"] == "paid"
    answer = company.tess.post(f"/v1/payments/{refused}/fail", {"reason": "account closed"})
    assert answer.content["status"] == "failed"

    await company.vera.until(good, "paid")
    invoice = await company.vera.until(bad, "failed")
    assert invoice["reasons"] == ["account closed"]
    for payment in (paid, refused):
        for step in ("confirm", "fail", "stop"):
            late = company.tess.post(f"/v1/payments/{payment}/{step}", {"reason": "again"})
            assert late.status == 409, (payment, step)


async def test_a_run_is_sent_once_and_only_with_a_file(company: Company) -> None:
    await scheduled(company)
    run = await company.tess.pay_run()
    assert company.tess.post(f"/v1/pay-runs/{run['id']}/sent").status == 200
    again = company.tess.post(f"/v1/pay-runs/{run['id']}/sent")
    assert (again.status, again.slug) == (409, "not-filed")
    assert company.tess.bank_file(run["id"]).cents == run["total_cents"]

    empty = await company.tess.pay_run()
    assert empty["status"] == "empty"
    assert company.tess.get(f"/v1/pay-runs/{empty['id']}/file").status == 404
    assert company.tess.post(f"/v1/pay-runs/{empty['id']}/sent").status == 409


async def test_a_second_run_takes_only_what_no_run_has_taken(company: Company) -> None:
    first_bills, second_bills = [bill() for _ in range(3)], [bill() for _ in range(2)]
    files = []
    for bills in (first_bills, second_bills, []):
        for one in bills:
            await company.vera.until(company.intake.submit(one.xml()), "scheduled")
        run = await company.tess.pay_run()
        assert run["count"] == len(bills)
        if bills:
            files.append(company.tess.bank_file(run["id"]))
    paid = paid_once(files)
    assert paid == {one.number: cents(one) for one in (*first_bills, *second_bills)}


async def test_two_runs_at_once_pay_everything_once(company: Company) -> None:
    bills = [bill() for _ in range(6)]
    for id in [company.intake.submit(one.xml()) for one in bills]:
        await company.vera.until(id, "scheduled")
    opened = [company.tess.post("/v1/pay-runs", {"pay_on": str(pay_day())}) for _ in range(3)]
    runs = [await company.tess.filed(answer.content["id"]) for answer in opened]
    files = [company.tess.bank_file(run["id"]) for run in runs if run["status"] == "filed"]
    assert paid_once(files) == {one.number: cents(one) for one in bills}
    assert sum(run["total_cents"] for run in runs) == sum(map(cents, bills))


async def test_what_is_due_later_waits(company: Company) -> None:
    late = bill(due=pay_day() + timedelta(days=60))
    id = company.intake.submit(late.xml())
    await company.vera.until(id, "scheduled")
    assert (await company.tess.pay_run())["status"] == "empty"
    run = await company.tess.pay_run(pay_day() + timedelta(days=70))
    assert run["total_cents"] == cents(late)


async def test_only_a_treasurer_moves_money(company: Company) -> None:
    _, payment = await scheduled(company)
    run = await company.tess.pay_run()
    for person in (company.bob, company.vera, company.intake):
        assert person.post("/v1/pay-runs", {"pay_on": str(pay_day())}).status == 403
        assert person.get(f"/v1/pay-runs/{run['id']}/file").status == 403
        assert person.post(f"/v1/pay-runs/{run['id']}/sent").status == 403
        for step in ("confirm", "fail", "cancel", "stop"):
            assert person.post(f"/v1/payments/{payment}/{step}", {"reason": "x"}).status == 403
    assert company.vera.get(f"/v1/payments/{payment}").content["status"] == "included"


async def test_a_run_writes_the_other_format(company: Company) -> None:
    id, payment = await scheduled(company)
    body = {"pay_on": str(pay_day()), "format": "pain.001"}
    answer = company.tess.post("/v1/pay-runs", body)
    run = await company.tess.filed(answer.content["id"])
    file = company.tess.get(f"/v1/pay-runs/{run['id']}/file")
    assert file.headers["content-type"] == "application/xml"
    assert file.body.count(b"<CdtTrfTxInf>") == 1
    assert f"<EndToEndId>{payment}</EndToEndId>".encode() in file.body
    assert company.vera.invoice(id)["links"]["pay_run"].endswith(run["id"])
