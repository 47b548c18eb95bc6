"""People read orders, order responses and deliveries: whole, and whatever somebody wrote into them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from services.matching.documents.page import page
from services.matching.documents.readable import MAX_EXTRAS, MAX_LINES, readable
from tests.data.ubl_documents import PAPER, line
from tests.data.ubl_orders import Delivery, Purchase
from tests.data.ubl_responses import Response, Said, agreement
from tests.unit.matching.world import World

PURCHASE = Purchase(
    "PO-7", PAPER, [line("Copy paper A4", "40.00", "10", item="P-1"), line("Pens", "5.00", "4")]
)
RESPONSE = Response("OR-1", PURCHASE, "CA", [Said("1", "3", "6", "39.00", "P-9"), Said("2", "7")])
ADVICE = Delivery("D-1", PURCHASE, [("1", "10")])
RECEIPT = Delivery("R-1", PURCHASE, [("1", "9")], despatch="D-1")
KINDS = {
    "order": PURCHASE.xml(),
    "order_response": RESPONSE.xml(),
    "order_agreement": agreement(PURCHASE),
    "despatch": ADVICE.advice(),
    "receipt": RECEIPT.receipt(),
}
EVIL = "<script>alert(1)</script><img src=x onerror=1>\"' & https://evil.example/x.png"
FORM: dict[str, Any] = {
    "number": EVIL[:40],
    "supplier": {"name": EVIL},
    "lines": [{"id": 1, "name": EVIL, "quantity": 2, "price": 3}],
}
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)


def no_more_than_text(written: str) -> bool:
    """Return whether a page holds nothing that runs, loads or leads elsewhere."""
    tree = etree.fromstring(written, etree.HTMLParser())
    active = "//script|//img|//iframe|//object|//embed|//link|//a|//form|//@src|//@href|//@style"
    return tree.xpath(f"{active}|//*[starts-with(name(@*), 'on')]") == [] and "<script" not in written


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_parties_and_lines(kind: str) -> None:
    shown = readable(KINDS[kind])
    assert shown["kind"] == kind
    assert (shown["supplier"]["name"], shown["supplier"]["scheme"]) == (PAPER.name, "0151")
    assert shown["buyer"]["name"]
    assert shown["lines"][0]["item"] == "Copy paper A4"
    assert page(shown).endswith("</html>")


def test_an_order_shows_what_it_costs() -> None:
    shown = readable(Purchase("PO-8", PAPER, [line("Paper", "40.00", "10")], charge=Decimal("65.00")).xml())
    (first,) = shown["lines"]
    assert (first["quantity"], first["price"], first["net"], shown["currency"]) == (
        "10",
        "40.00",
        "400.00",
        "AUD",
    )
    (freight,) = shown["allowances_and_charges"]
    assert (freight["kind"], freight["amount"], freight["reason"]) == ("charge", "65.00", "Freight")
    assert shown["totals"] == {**dict.fromkeys(shown["totals"]), "lines": "400.00", "charges": "65.00"} | {
        "payable": "465.00"
    }
    assert "<td>Freight</td>" in page(shown)


def test_an_order_response_says_in_words_what_the_supplier_answered() -> None:
    shown = readable(RESPONSE.xml())
    assert (shown["answer"], shown["order"]) == ("accepted with changes", "PO-7")
    changed, refused = shown["lines"]
    assert (changed["status"], changed["quantity"], changed["price"]) == ("changed", "6", "39.00")
    assert (changed["substitute"], changed["order_line"]) == ("A substitute", "1")
    assert (refused["status"], refused["order_line"]) == ("not accepted", "2")
    assert "accepted with changes" in page(shown)


def test_a_receipt_names_its_order_and_its_despatch() -> None:
    shown = readable(RECEIPT.receipt())
    assert (shown["order"], shown["despatch"], shown["lines"][0]["quantity"]) == ("PO-7", "D-1", "9")


@pytest.mark.parametrize("kind", KINDS)
@given(texts)
@settings(max_examples=25, deadline=None)
def test_whatever_somebody_writes_is_text_on_the_page(kind: str, words: str) -> None:
    evil = f"<script>{words}</script>{EVIL}"
    body = KINDS[kind].decode()
    for plain in ("Copy paper A4", "Kookaburra Paper Pty Ltd", "PO-7"):
        body = body.replace(plain, escape(evil))
    body = body.replace("<cbc:IssueDate>", f"<cbc:Note>{escape(evil)}</cbc:Note><cbc:IssueDate>", 1)
    written = page(readable(body.encode()))
    assert no_more_than_text(written)
    assert "&lt;script&gt;" in written


def test_a_form_in_json_has_a_page_too() -> None:
    shown = readable(json.dumps(FORM).encode())
    assert (shown["kind"], shown["lines"][0]["quantity"], shown["lines"][0]["price"]) == ("order", "2", "3")
    assert no_more_than_text(page(shown))


def test_what_is_over_a_bound_is_counted() -> None:
    lines = [line(f"Item {n}", "1.00") for n in range(MAX_LINES + 7)]
    body = Purchase("PO-9", PAPER, lines, charge=Decimal(1)).xml().decode()
    extra = body[body.index("<cac:AllowanceCharge>") : body.index("</cac:AllowanceCharge>") + 22]
    shown = readable(body.replace(extra, extra * (MAX_EXTRAS + 3), 1).encode())
    assert (len(shown["lines"]), shown["lines_left_out"]) == (MAX_LINES, 7)
    assert (len(shown["allowances_and_charges"]), shown["allowances_and_charges_left_out"]) == (MAX_EXTRAS, 3)
    assert "7 more lines" in page(shown)


async def test_the_request_says_what_it_wants_of_a_document(world: World) -> None:
    id = await world.order(PURCHASE.xml())
    await world.ask("POST", "/v1/order-responses", RESPONSE.xml())
    delivery = await world.receive(ADVICE.advice())
    await world.settle()
    paths = {
        f"/v1/orders/{id}/document": ("order", PURCHASE.xml()),
        f"/v1/orders/{id}/response": ("order_response", RESPONSE.xml()),
        f"/v1/receipts/{delivery}/document": ("despatch", ADVICE.advice()),
    }
    for path, (kind, body) in paths.items():
        came = await world.ask("GET", path)
        assert (came.content, came.headers["content-type"]) == (body, "application/xml")
        assert came.headers["content-disposition"].startswith("attachment; ")
        values = await world.ask("GET", path, accept="application/json")
        assert values.json()["kind"] == kind
        seen = await world.ask("GET", path, accept="text/html,application/xhtml+xml")
        assert seen.headers["content-type"].startswith("text/html")
        assert seen.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert no_more_than_text(seen.text)


async def test_a_document_that_came_as_json_stays_what_it_was(world: World) -> None:
    id = await world.order(FORM)
    values = await world.ask("GET", f"/v1/orders/{id}/document", accept="application/json")
    assert values.json() == FORM
    seen = await world.ask("GET", f"/v1/orders/{id}/document", accept="text/html")
    assert no_more_than_text(seen.text)
