"""An invoice comes as a PDF: it is read into a draft, a person confirms it, and then it is one like any other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from finnest.testing import eventually
from tests.data.ubl_documents import Bill, line
from tests.support.documents import SMALL, bill
from tests.support.papers import rows
from tests.support.pdf import bomb, encrypted, pdf, scan
from tests.support.person import JSON, Answer, Person
from tests.support.platform import Company, Platform
from tests.support.talking import ask

PDF = "application/pdf"


def sent(who: Person, body: bytes) -> Answer:
    return who.call("POST", "/v1/invoice-drafts", body, PDF)


def draft(who: Person, paper: Bill) -> dict[str, Any]:
    answer = sent(who, pdf(rows(paper)))
    assert answer.status == 201, answer
    return answer.content


def confirm(who: Person, shown: dict[str, Any]) -> Answer:
    return who.post(f"/v1/invoice-drafts/{shown['id']}/confirm", {"seen": shown["seen"]})


async def invoice(who: Person, id: str) -> str:
    """Return the invoice that a draft became."""

    def check() -> str:
        shown = who.get(f"/v1/invoice-drafts/{id}").content
        assert shown["status"] == "submitted", shown
        return shown["links"]["invoice"].rpartition("/")[2]

    return await eventually(check, 20)


async def test_a_pdf_becomes_an_invoice_that_is_paid(company: Company) -> None:
    paper = bill(SMALL)
    shown = draft(company.alice, paper)
    assert (shown["status"], shown["troubles"]) == ("open", [])
    assert shown["not_found"] == ["order_reference"]
    assert shown["paper"]["total_cents"] == 33_000
    again = sent(company.alice, pdf(rows(paper)))
    assert (again.status, again.content["id"]) == (200, shown["id"])
    assert confirm(company.alice, shown).status == 202
    id = await invoice(company.vera, shown["id"])
    await company.vera.until(id, "scheduled")
    told = company.vera.get(f"/v1/invoices/{id}").content
    assert (told["number"], told["supplier"]) == (paper.number, paper.supplier.name)
    assert told["attachments"][0]["mime"] == PDF
    kept = company.vera.get(told["attachments"][0]["links"]["self"]).body
    assert kept == company.vera.get(shown["links"]["document"]).body == pdf(rows(paper))
    assert confirm(company.alice, shown).status == 409


async def test_a_paper_copy_of_an_invoice_is_its_duplicate_and_one_like_it_is_flagged(
    company: Company,
) -> None:
    first = bill(SMALL)
    one = company.intake.submit(first.xml())
    await company.vera.until(one, "scheduled")
    copy = draft(company.alice, first)
    confirm(company.alice, copy)
    id = await invoice(company.vera, copy["id"])
    await company.vera.until(id, "duplicate")
    assert company.vera.get(f"/v1/invoices/{id}").content["reasons"] == [f"duplicate of {one}"]

    like = draft(company.alice, Bill(f"{first.number}/A", first.supplier, lines=first.lines))
    confirm(company.alice, like)
    id = await invoice(company.vera, like["id"])
    await company.vera.until(id, "awaiting_approval")
    assert f"looks like {one}" in str(company.vera.get(f"/v1/invoices/{id}").content["reasons"])


async def test_what_was_not_read_a_person_adds_and_confirms_what_they_saw(company: Company) -> None:
    paper = bill(SMALL)
    faint = [row for row in rows(paper) if "Due date" not in row]
    shown = sent(company.alice, pdf(faint)).content
    assert "due_date is missing" in shown["troubles"]
    refused = confirm(company.alice, shown)
    assert (refused.status, refused.slug) == (422, "incomplete")
    page = company.alice.call("GET", shown["links"]["self"], headers={"accept": "text/html"})
    assert page.status == 200
    assert b"due_date is missing" in page.body
    values = {**shown["paper"], "due_date": "2026-07-01"}
    body = json.dumps({"seen": shown["seen"], "paper": values}).encode()
    mended = company.alice.call("PUT", shown["links"]["self"], body, JSON).content
    assert mended["troubles"] == []
    assert confirm(company.alice, shown).slug == "changed"
    assert confirm(company.vera, mended).status == 403
    assert confirm(company.intake, mended).status == 403
    assert confirm(company.alice, mended).status == 202
    await invoice(company.vera, shown["id"])


async def test_of_paper_that_says_less_than_an_invoice_the_draft_says_what_lacks(company: Company) -> None:
    shown = sent(company.alice, pdf(["Hello", "Lunch on Friday?"])).content
    assert "number" in shown["not_found"]
    listed = await eventually(
        lambda: company.vera.get("/v1/invoice-drafts").content["items"], 10, "it is not listed"
    )
    assert [one["id"] for one in listed] == [shown["id"]]
    run = ask(company.vera, f"show draft {shown['id']}")
    assert run["status"] == "finished"
    assert run["tainted"]
    assert "number is missing" in run["answer"]


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (scan(), 422, "no-text"),
        (encrypted(pdf(["x"]), "secret"), 422, "encrypted-pdf"),
        (bomb(300), 422, "pdf-too-heavy"),
        (b"%PDF-1.4 junk", 400, "broken-pdf"),
        (b"<Invoice/>", 400, "broken-pdf"),
    ],
    ids=["scan", "password", "bomb", "junk", "xml"],
)
def test_a_hostile_pdf_gets_a_plain_answer(company: Company, body: bytes, status: int, slug: str) -> None:
    answer = sent(company.alice, body)
    assert (answer.status, answer.slug) == (status, slug)
    assert company.vera.get("/v1/invoice-drafts").content["items"] == []


def test_a_pdf_where_an_e_invoice_belongs_is_told_where_to_go(company: Company) -> None:
    answer = company.intake.call("POST", "/v1/invoices", pdf(["x"]), PDF)
    assert (answer.status, answer.slug) == (400, "pdf")
    assert "/v1/invoice-drafts" in answer.content["detail"]


@pytest.mark.parametrize("death", ["before-effect", "after-effect", "after-save"])
async def test_what_was_confirmed_becomes_one_invoice_though_the_app_dies(own: Platform, death: str) -> None:
    await own.start()
    company = own.company()
    shown = draft(company.alice, bill(lines=(line("Goods", SMALL),)))
    deaths = own.restarts()
    own.arm(f"{death}:1")

    def confirmed() -> bool:
        try:
            answer = confirm(company.alice, shown)
        except OSError:
            return False
        return answer.status in (202, 409)

    await eventually(confirmed, 60, "it was not taken")
    await eventually(lambda: own.restarts() > deaths, 30, f"{death} did not happen")
    id = await eventually(lambda: _submitted(company, shown["id"]), 60, "it did not become an invoice")
    await company.vera.until(id, "scheduled")
    assert len(company.vera.get("/v1/invoices").content["items"]) == 1


def _submitted(company: Company, id: str) -> str:
    try:
        links = company.vera.get(f"/v1/invoice-drafts/{id}").content.get("links", {})
    except OSError:
        return ""
    return str(links.get("invoice", "")).rpartition("/")[2]
