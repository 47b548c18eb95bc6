"""Papers from untrusted bytes: read where they can be, refused with a reason where not, never broken by."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.errors import Invalid, Rejected, TooLarge, Unreadable
from services.matching.documents import forms, ubl
from services.matching.documents.identity import identity, number_key, of_event, order_number
from services.matching.documents.papers import Line, Order, OrderResponse
from services.matching.documents.xml import read
from services.matching.domain.order import laid_out
from tests.data.ubl_documents import PAPER, Bill, line
from tests.data.ubl_orders import Delivery, Purchase

PURCHASE = Purchase(
    "PO-1", PAPER, [line("Bolt", "48", "500", base="100", item="B-8", extra="-5.00")], charge=Decimal(9)
)
EXAMPLES = Path(__file__).resolve().parents[4] / "shared" / "peppol" / "examples"


def test_an_order_is_read_with_everything_that_is_compared() -> None:
    order = ubl.order(PURCHASE.xml())
    assert (order.number, order.supplier.identity, order.charges) == ("PO-1", f"0151:{PAPER.abn}", Decimal(9))
    (one,) = order.lines
    assert (one.id, one.quantity, one.unit, one.price, one.base) == ("1", 500, "EA", 48, 100)
    assert (one.net, one.extra, one.sellers_id, one.rate) == (Decimal(235), Decimal(-5), "B-8", Decimal(10))


def test_a_despatch_and_a_receipt_are_about_the_same_delivery() -> None:
    sent = ubl.receipt(Delivery("D-1", PURCHASE, [("1", "9")]).advice())
    came = ubl.receipt(Delivery("R-1", PURCHASE, [("1", "8")], despatch="D-1").receipt())
    assert (sent.kind, sent.delivery, sent.supplier.identity) == ("despatch", "D-1", f"0151:{PAPER.abn}")
    assert (came.kind, came.delivery, came.lines[0].quantity) == ("receipt", "D-1", 8)
    assert (came.lines[0].order, came.lines[0].order_line) == ("PO-1", "1")


def test_what_was_rejected_was_not_received() -> None:
    body = Delivery("R-1", PURCHASE, [("1", "8")]).receipt()
    body = body.replace(
        b"</cbc:ReceivedQuantity>", b"</cbc:ReceivedQuantity><cbc:RejectedQuantity>3</cbc:RejectedQuantity>"
    )
    assert ubl.receipt(body).lines[0].quantity == 5


def test_a_bill_names_its_orders_and_what_it_corrects() -> None:
    lines = [line("Bolt", "4.80", "5", order="PO-2", order_line="7")]
    bill = ubl.bill(Bill("CN-1", PAPER, lines=lines, order="PO-1", corrects="KP-1").xml())
    assert (bill.kind, bill.order, bill.references) == ("credit_note", "PO-1", ("KP-1",))
    assert (bill.lines[0].order, bill.lines[0].order_line, bill.payable) == ("PO-2", "7", Decimal("26.4"))


@pytest.mark.parametrize(
    ("body", "error", "slug"),
    [
        (b"", Unreadable, "xml-malformed"),
        (b"<Order>", Unreadable, "xml-malformed"),
        (b"<Order/>", Invalid, "unsupported-document"),
        (Bill("1").xml(), Invalid, "unsupported-document"),
        (b'<!DOCTYPE Order [<!ENTITY a "b">]><Order/>', Unreadable, "xml-doctype"),
        (b"<a>" * 100 + b"</a>" * 100, Unreadable, "xml-too-deep"),
        (b"<a>" + b"<b/>" * 200_001 + b"</a>", TooLarge, "too-large"),
        (b" " * (5 * 1024 * 1024 + 1), TooLarge, "too-large"),
        (PURCHASE.xml().replace(b"<cbc:ID>PO-1</cbc:ID>", b""), Invalid, "field-missing"),
        (b'<?xml version="1.0" encoding="klingon"?><Order/>', Unreadable, "xml-malformed"),
    ],
)
def test_what_is_no_order_is_refused_with_a_reason(body: bytes, error: type[Rejected], slug: str) -> None:
    with pytest.raises(error) as caught:
        ubl.order(body)
    assert caught.value.slug == slug


@given(st.binary(max_size=300), st.integers(0, 2_000))
def test_nothing_but_a_refusal_comes_of_broken_bytes(noise: bytes, at: int) -> None:
    body = PURCHASE.xml()
    for wrong in (noise, body[:at] + noise + body[at:], body[:at]):
        try:
            ubl.order(wrong)
        except Rejected:
            continue


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = PURCHASE.xml().decode().replace("UTF-8", encoding).replace("Bolt", "Böltchen")
    assert ubl.order(text.encode(encoding)).lines[0].name == "Böltchen"


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the shared examples are not on this machine")
def test_official_examples_are_read() -> None:
    orders = [ubl.order(path.read_bytes()) for path in sorted((EXAMPLES / "t01").glob("*.xml"))]
    sent = [ubl.receipt(path.read_bytes()) for path in sorted((EXAMPLES / "t16").glob("*.xml"))]
    bills = [ubl.bill(path.read_bytes()) for path in sorted((EXAMPLES / "pint-anz").glob("*.xml"))]
    said = [
        ubl.response_in(read(path.read_bytes(), ubl.RESPONSES))
        for path in sorted([*(EXAMPLES / "t76").glob("*.xml"), *(EXAMPLES / "t110").glob("*.xml")])
    ]
    assert all(one.supplier.identity for one in said)
    assert {type(one) for one in said} == {Order, OrderResponse}
    assert all(order.lines and order.supplier.identity for order in orders)
    assert all(one.lines and one.supplier.identity for one in sent)
    assert all(bill.lines and bill.supplier.identity for bill in bills)


def test_json_says_which_field_is_wrong() -> None:
    with pytest.raises(Invalid) as caught:
        forms.order(
            b'{"number": "1", "supplier": {"name": "A"}, "lines": [{"id": "1", "quantity": 0, "price": 1}]}',
            "AUD",
        )
    assert caught.value.detail == "lines.0.quantity: Input should be greater than 0"
    for wrong in (b"{", b"[]", b'{"number": null}', b'{"lines": []}', b"\xff"):
        with pytest.raises(Rejected):
            forms.order(wrong, "AUD")
        with pytest.raises(Rejected):
            forms.receipt(wrong)
    with pytest.raises(Rejected):
        forms.order(
            b'{"number":"1","supplier":{"name":"A"},"lines":[{"id":"1","quantity":NaN,"price":1}]}', "AUD"
        )


def test_a_party_is_the_same_however_its_number_is_written() -> None:
    assert identity("0151", "51 824 753 556") == identity("", "51824753556001") == "0151:51824753556"
    assert identity("0151", "9429033591476") == "0088:9429033591476"
    assert of_event("0151:51824753556", "A") == of_event("GST:51824753556", None)
    assert of_event(None, "A & B Pty") == of_event("", "a&b pty") == "name:ABPTY"
    assert identity("", "", "") == ""


@pytest.mark.parametrize(
    "text", ["", "NA", "n/a", "N.A.", "PO", "BUYER_REFERENCE", "None", "TBA", "-", "000", "INV 1"]
)
def test_placeholders_are_no_order(text: str) -> None:
    assert order_number(text, "INV-1") == ""


def test_order_numbers_keep_their_punctuation() -> None:
    assert order_number(" po 12-3 ") == "PO12-3" != order_number("PO1-23")
    assert number_key("inv-00 12") == "INV0012"


@given(st.integers(1, 300), st.integers(0, 300))
def test_a_line_stays_in_its_part_and_no_part_is_too_long(first: int, more: int) -> None:
    lines = tuple(Line(id=str(n)) for n in range(first + more))
    before = laid_out(lines[:first], {})
    after = laid_out(lines, before)
    assert all(after[id] == part for id, part in before.items())
    parts = list(after.values())
    assert max(parts.count(part) for part in set(parts)) <= 50
    assert set(parts) == set(range(max(parts) + 1))
