"""Idempotency-Key: a client that heard no answer asks again and changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support.documents import bill
from tests.support.person import XML, pay_day
from tests.support.platform import Company

RUN = {"pay_on": str(pay_day())}


def test_the_same_request_gets_the_same_answer(company: Company) -> None:
    document = bill().xml()
    first = company.intake.send(document, key="one")
    second = company.intake.send(document, key="one")
    assert first.status == 202
    assert (second.status, second.body) == (first.status, first.body)


def test_another_body_under_the_same_key_is_refused(company: Company) -> None:
    company.intake.send(bill().xml(), key="two")
    other = company.intake.send(bill().xml(), key="two")
    assert (other.status, other.slug) == (422, "key-reused")
    assert len(company.vera.all("/v1/invoices")) <= 1


def test_another_path_under_the_same_key_is_refused(company: Company) -> None:
    document = bill().xml()
    company.intake.send(document, key="three")
    other = company.intake.call("POST", "/v1/invoices/validate", document, XML, {"idempotency-key": "three"})
    assert (other.status, other.slug) == (422, "key-reused")


async def test_the_same_pay_run_twice_is_one_run(company: Company) -> None:
    id = company.intake.submit(bill().xml())
    await company.vera.until(id, "scheduled")
    first = company.tess.post("/v1/pay-runs", RUN, key="friday")
    second = company.tess.post("/v1/pay-runs", RUN, key="friday")
    assert first.content["id"] == second.content["id"]
    assert (await company.tess.filed(first.content["id"]))["count"] == 1


async def test_requests_at_once_with_one_key_do_the_work_once(company: Company) -> None:
    id = company.intake.submit(bill().xml())
    await company.vera.until(id, "scheduled")
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(company.tess.post, "/v1/pay-runs", RUN, "now") for _ in range(8)]
        answers = [one.result() for one in waiting]
    assert {answer.status for answer in answers} <= {202, 409}
    assert all(answer.slug == "still-running" for answer in answers if answer.status == 409)
    assert all("retry-after" in answer.headers for answer in answers if answer.status == 409)
    done = {answer.content["id"] for answer in answers if answer.status == 202}
    assert len(done) == 1
    assert (await company.tess.filed(done.pop()))["count"] == 1


def test_two_people_may_use_the_same_key(company: Company) -> None:
    first = company.intake.send(bill().xml(), key="mine")
    second = company.alice.send(bill().xml(), key="mine")
    assert (first.status, second.status) == (202, 202)
    assert first.content["id"] != second.content["id"]


def test_a_refusal_is_repeated_too(company: Company) -> None:
    first = company.intake.send(b"<hello/>", key="bad")
    second = company.intake.send(b"<hello/>", key="bad")
    assert first.status == second.status == 422
    assert first.content["type"] == second.content["type"]


def test_a_key_of_unreasonable_length_is_refused(company: Company) -> None:
    answer = company.intake.send(bill().xml(), key="x" * 201)
    assert (answer.status, answer.slug) == (422, "bad-key")
    assert company.vera.all("/v1/invoices") == []
