"""Suppliers are told what became of an invoice; each response is written once and stays (Peppol T111)."""

from __future__ import annotations

from typing import Any

from lxml import etree

from finnest.testing import eventually
from tests.data.ubl_documents import line
from tests.data.ubl_orders import Purchase
from tests.support.documents import ONE_PERSON, bill, number, supplier
from tests.support.person import XML
from tests.support.platform import Company


async def told(company: Company, id: str, *codes: str) -> list[dict[str, Any]]:
    """Return what the supplier was told, once it is this; each response is as its list says, and valid."""

    def check() -> list[dict[str, Any]]:
        answer = company.vera.get(f"/v1/invoices/{id}/responses")
        assert answer.status == 200, answer
        items: list[dict[str, Any]] = answer.content["items"]
        assert [item["code"] for item in items] == list(codes), items
        return items

    items = await eventually(check, 15.0, f"the supplier of {id} was not told {codes}")
    for item in items:
        root = etree.fromstring(response(company, item["links"]["self"]))
        assert root.findtext(".//{*}ResponseCode") == item["code"]
    return items


def response(company: Company, path: str) -> bytes:
    """Return a response that must be there and keep its own rules."""
    answer = company.vera.get(path)
    assert answer.status == 200, answer
    judged = company.vera.call("POST", "/v1/invoices/validate?ruleset=t111", answer.body, XML)
    assert judged.content["findings"] == [], judged.content
    return answer.body


def newest(company: Company, id: str) -> bytes:
    """Return the newest response."""
    return response(company, f"/v1/invoices/{id}/response")


async def test_a_paid_invoice_was_told_every_step_and_each_stays_as_it_was(company: Company) -> None:
    wanted = bill(ONE_PERSON)
    id = company.intake.submit(wanted.xml())
    first, _ = await told(company, id, "AB", "IP")
    before = response(company, first["links"]["self"])
    company.bob.decide(await company.bob.asked(id))
    await told(company, id, "AB", "IP", "AP")
    await company.vera.until(id, "scheduled")
    await company.tess.pay_run()
    company.tess.post(f"/v1/payments/{company.tess.payment(id)['id']}/confirm")
    items = await told(company, id, "AB", "IP", "AP", "PD")
    assert response(company, first["links"]["self"]) == before
    assert newest(company, id) == response(company, items[-1]["links"]["self"])
    assert wanted.supplier.abn.encode() in before
    assert [item["told_at"] for item in items] == sorted(item["told_at"] for item in items)


async def test_a_duplicate_an_invalid_and_a_rejected_invoice_are_refused_with_the_reason(
    company: Company,
) -> None:
    clean = bill(ONE_PERSON)
    original = company.intake.submit(clean.xml())
    await company.vera.until(original, "awaiting_approval")
    again = company.intake.submit(
        bill(ONE_PERSON, number=clean.number, supplier=clean.supplier, note="x").xml()
    )
    (refused,) = await told(company, again, "RE")
    assert refused["reasons"] == [f"duplicate of {original}"]
    wrong = bill(supplier=clean.supplier, order="", buyer_reference="x", currency="AU")
    invalid = company.intake.submit(wrong.xml())
    (refused,) = await told(company, invalid, "RE")
    assert (
        refused["reasons"]
        == (await company.vera.until(invalid, "invalid"))["reasons"][: len(refused["reasons"])]
    )
    company.bob.decide(await company.bob.asked(original), "reject", "not ordered <by> us")
    items = await told(company, original, "AB", "IP", "RE")
    assert items[-1]["reasons"] == ["not ordered <by> us"]
    assert b"not ordered &lt;by&gt; us" in newest(company, original)


async def test_an_invoice_without_its_receipt_is_under_query_and_later_accepted(company: Company) -> None:
    seller = supplier()
    wanted = Purchase(f"PO-{number()}", seller, [line("Paper", "20.00", "10")])
    billed = bill(supplier=seller, order=wanted.number, lines=[line("Paper", "20.00", "10", order_line="1")])
    id = company.intake.submit(billed.xml())
    await company.vera.until(id, "unmatched")
    items = await told(company, id, "AB", "UQ")
    assert items[-1]["reasons"][0].startswith("ORDER-MISSING: ")
    company.bob.post(f"/v1/matches/{id}/accept", {"reason": "ordered by telephone"})
    await company.vera.until(id, "awaiting_approval")
    await told(company, id, "AB", "UQ", "IP")


async def test_a_credit_note_is_accepted_and_a_cancelled_payment_refused(company: Company) -> None:
    seller = supplier()
    original = bill(supplier=seller)
    id = company.intake.submit(original.xml())
    await company.vera.until(id, "scheduled")
    credit = company.intake.submit(bill("50.00", supplier=seller, corrects=original.number).xml())
    await told(company, credit, "AB", "AP")
    payment = company.tess.payment(id)
    cancelled = company.tess.post(f"/v1/payments/{payment['id']}/cancel", {"reason": "returned <all>"})
    assert cancelled.status == 200, cancelled
    items = await told(company, id, "AB", "AP", "RE")
    assert items[-1]["reasons"] == ["returned <all>"]


async def test_a_document_that_names_nobody_to_answer_says_so(company: Company) -> None:
    document = bill().xml()
    start = document.index(b"<cbc:EndpointID")
    end = document.index(b"</cbc:EndpointID>") + len(b"</cbc:EndpointID>")
    id = company.intake.submit(document[:start] + document[end:])
    await company.vera.until(id, "invalid")

    def check() -> dict[str, Any]:
        (item,) = company.vera.get(f"/v1/invoices/{id}/responses").content["items"]
        return item

    item = await eventually(check, 10.0, "nothing was recorded")
    assert (item["code"], item["unanswerable"], item["links"]) == (
        "RE",
        "the supplier's name or network address is missing",
        {},
    )
    answer = company.vera.get(f"/v1/invoices/{id}/response")
    assert (answer.status, answer.slug) == (422, "unanswerable")
