"""A document comes back readable, its files by number."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from tests.data.ubl_documents import line
from tests.support.documents import attached, bill
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


async def test_files_over_the_bounds_are_counted_and_the_total_is_explained(company: Company) -> None:
    lines = [line("Paper", "40.00", "5", extra="-12.50"), line("Apples", "5.00", gst="0")]
    document = bill(lines=lines, charge=Decimal("65.00")).xml()
    for n in range(12):
        document = attached(document, f"file {n}".encode())
    id = company.intake.submit(document)
    invoice = await company.vera.until(id, "scheduled")
    assert (len(invoice["attachments"]), invoice["attachments_left_out"]) == (10, 2)
    answer = company.vera.call("GET", f"/v1/invoices/{id}/document", headers={"accept": "application/json"})
    shown: dict[str, Any] = json.loads(answer.body)
    assert shown["attachments_left_out"] == 2
    assert [tax["tax"] for tax in shown["taxes"]] == ["0.00", "25.25"]
    assert shown["allowances_and_charges"][0]["reason"] == "Freight"
    page = page_of(company, id)
    for words in ("2 more attachments", "Freight", "allowance 12.50 (Discount)", "25.25"):
        assert words in page


@pytest.mark.parametrize(
    "what", ["document", "report", "response", "responses", "responses/1", "attachments/1"]
)
async def test_nothing_of_another_tenant_is_shown(company: Company, other: Company, what: str) -> None:
    id = company.intake.submit(attached(bill().xml(), b"x"))
    await company.vera.until(id)
    assert other.vera.get(f"/v1/invoices/{id}/{what}").status == 404
