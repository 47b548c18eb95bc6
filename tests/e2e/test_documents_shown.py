"""A document comes back readable, its files by number, and an answer for the supplier."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree

from tests.support.documents import ONE_PERSON, attached, bill
from tests.support.person import XML
from tests.support.platform import Company

EVIL = "<script>alert(1)</script> \"' & https://evil.example/x.png"


def page_of(company: Company, id: str) -> str:
    """Return the page of a document."""
    answer = company.vera.call("GET", f"/v1/invoices/{id}/document", headers={"accept": "text/html"})
    assert answer.status == 200, answer
    assert answer.headers["content-type"].startswith("text/html")
    return answer.body.decode()


async def test_a_person_reads_the_document_as_a_page_without_scripts_or_remote_content(
    company: Company,
) -> None:
    document = attached(bill(note=EVIL, payment_id="A&B").xml(), b"x", name="<b>.pdf")
    id = company.intake.submit(document)
    await company.vera.until(id)
    page = page_of(company, id)
    tree = etree.fromstring(page, etree.HTMLParser())
    assert tree.xpath("//script|//img|//link|//iframe|//object|//embed|//form|//a") == []
    assert tree.xpath("//@src|//@href|//@style|//*[starts-with(name(@*), 'on')]") == []
    assert EVIL in "".join(str(text) for text in tree.itertext())
    assert "<script>" not in page
    policy = str(tree.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


async def test_a_program_reads_it_as_json(company: Company) -> None:
    wanted = bill(note=EVIL)
    id = company.intake.submit(wanted.xml())
    answer = company.vera.call("GET", f"/v1/invoices/{id}/document", headers={"accept": "application/json"})
    shown: dict[str, Any] = json.loads(answer.body)
    assert (shown["number"], shown["supplier"]["name"]) == (wanted.number, wanted.supplier.name)
    assert shown["notes"] == [EVIL]
    assert [line["net"] for line in shown["lines"]] == ["300.00"]
    assert (shown["totals"]["payable"], shown["currency"]) == ("330.00", "AUD")


async def test_files_come_back_byte_for_byte_as_downloads(company: Company, other: Company) -> None:
    content = bytes(range(256)) * 40
    document = attached(attached(bill().xml(), content, "a b.pdf"), b"<html>", "x.html", "text/html")
    id = company.intake.submit(document)
    invoice = await company.vera.until(id)
    assert sorted(file["size"] for file in invoice["attachments"]) == [6, len(content)]
    for file in invoice["attachments"]:
        answer = company.vera.get(file["links"]["self"])
        assert answer.status == 200
        assert len(answer.body) == file["size"]
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert "html" not in answer.headers["content-type"]
        assert other.vera.get(file["links"]["self"]).status == 404
    assert content in {company.vera.get(file["links"]["self"]).body for file in invoice["attachments"]}
    assert company.vera.get(f"/v1/invoices/{id}/attachments/3").status == 404
    assert company.vera.get(f"/v1/invoices/{id}/attachments/x").status == 422


def answer_of(company: Company, id: str) -> tuple[str, list[str], bytes]:
    """Return the code, the reason codes and the bytes of the response to the supplier."""
    answer = company.vera.get(f"/v1/invoices/{id}/response")
    assert answer.status == 200, answer
    root = etree.fromstring(answer.body)
    codes = [str(found.text) for found in root.iterfind(".//{*}StatusReasonCode")]
    return str(root.findtext(".//{*}ResponseCode")), codes, answer.body


def is_valid(company: Company, written: bytes) -> bool:
    """Return what the official rules say about it."""
    judged = company.vera.call("POST", "/v1/invoices/validate?ruleset=t111", written, XML)
    assert judged.status == 200, judged
    assert judged.content["findings"] == []
    return judged.content["valid"]


async def test_the_supplier_is_answered_by_the_rules_of_the_response(company: Company) -> None:
    ids: dict[str, tuple[str, str]] = {}
    clean = bill()
    ids["scheduled"] = (company.intake.submit(clean.xml()), "AP")
    ids["awaiting_approval"] = (company.intake.submit(bill(ONE_PERSON, supplier=clean.supplier).xml()), "IP")
    await company.vera.until(ids["scheduled"][0], "scheduled")
    again = bill(number=clean.number, supplier=clean.supplier, note="again")
    ids["duplicate"] = (company.intake.submit(again.xml()), "RE")
    wrong = bill(supplier=clean.supplier, order="", buyer_reference="x", currency="AU")
    ids["invalid"] = (company.intake.submit(wrong.xml()), "RE")
    for status, (id, code) in ids.items():
        await company.vera.until(id, status)
        told, reasons, written = answer_of(company, id)
        assert told == code, status
        assert bool(reasons) == (code == "RE")
        assert is_valid(company, written)
        assert clean.supplier.abn.encode() in written


async def test_a_rejected_and_a_paid_invoice_are_answered(company: Company) -> None:
    rejected = company.intake.submit(bill(ONE_PERSON).xml())
    await company.vera.until(rejected, "awaiting_approval")
    company.bob.decide(await company.bob.asked(rejected), "reject", "not ordered <by> us")
    await company.vera.until(rejected, "rejected")
    code, reasons, written = answer_of(company, rejected)
    assert (code, reasons[0]) == ("RE", "OTH")
    assert b"not ordered &lt;by&gt; us" in written
    assert is_valid(company, written)

    paid = company.intake.submit(bill().xml())
    await company.vera.until(paid, "scheduled")
    await company.tess.pay_run()
    company.tess.post(f"/v1/payments/{company.tess.payment(paid)['id']}/confirm")
    await company.vera.until(paid, "paid")
    code, _, written = answer_of(company, paid)
    assert code == "PD"
    assert is_valid(company, written)


async def test_a_document_that_names_nobody_to_answer_says_so(company: Company) -> None:
    document = bill().xml()
    start = document.index(b"<cbc:EndpointID")
    end = document.index(b"</cbc:EndpointID>") + len(b"</cbc:EndpointID>")
    id = company.intake.submit(document[:start] + document[end:])
    await company.vera.until(id, "invalid")
    answer = company.vera.get(f"/v1/invoices/{id}/response")
    assert (answer.status, answer.slug) == (422, "unanswerable")


@pytest.mark.parametrize("what", ["document", "response", "attachments/1"])
async def test_nothing_of_another_tenant_is_shown(company: Company, other: Company, what: str) -> None:
    id = company.intake.submit(attached(bill().xml(), b"x"))
    await company.vera.until(id)
    assert other.vera.get(f"/v1/invoices/{id}/{what}").status == 404
