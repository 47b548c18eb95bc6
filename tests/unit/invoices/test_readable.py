"""A person reads how a total came about: tax by rate, allowances and charges with reasons, delivery, files."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.invoices.documents.attachments import MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS
from services.invoices.documents.extras import MAX_EXTRAS
from services.invoices.documents.page import page
from services.invoices.documents.readable import readable
from services.invoices.documents.ubl import read
from tests.data.ubl_documents import Bill, line
from tests.support.documents import attached

DELIVERY = """<cac:Delivery><cbc:ActualDeliveryDate>2026-05-30</cbc:ActualDeliveryDate><cac:DeliveryLocation>
<cbc:ID schemeID="0088">9429033591476</cbc:ID><cac:Address><cbc:StreetName>Dock &lt;3&gt;</cbc:StreetName>
<cbc:CityName>Geelong</cbc:CityName><cbc:PostalZone>3220</cbc:PostalZone><cac:Country>
<cbc:IdentificationCode>AU</cbc:IdentificationCode></cac:Country></cac:Address></cac:DeliveryLocation>
<cac:DeliveryParty><cac:PartyName><cbc:Name>The depot</cbc:Name></cac:PartyName></cac:DeliveryParty></cac:Delivery>"""
EXTRA = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
    '<cbc:AllowanceChargeReason>Loyal</cbc:AllowanceChargeReason><cbc:Amount currencyID="AUD">1.00</cbc:Amount>'
    "</cac:AllowanceCharge>"
)


@pytest.mark.parametrize("corrects", ["", "A-0"])
def test_tax_is_shown_for_each_rate(corrects: str) -> None:
    bill = Bill(
        "A-1", lines=(line("Paper", "40.00", "10"), line("Apples", "5.00", gst="0")), corrects=corrects
    )
    shown = readable(read(bill.xml()))
    assert [(tax["category"], tax["percent"], tax["taxable"], tax["tax"]) for tax in shown["taxes"]] == [
        ("Z", "0", "5.00", "0.00"),
        ("S", "10", "400.00", "40.00"),
    ]
    assert "<h2>Tax</h2>" in page(shown)


def test_a_tax_total_in_another_currency_is_not_counted_twice() -> None:
    body = Bill("A-1", currency="NZD").xml()
    subtotal = body[body.index(b"<cac:TaxSubtotal>") : body.index(b"</cac:TaxTotal>")]
    other = b"<cac:TaxTotal>" + subtotal.replace(b'"NZD"', b'"AUD"') + b"</cac:TaxTotal>"
    place = body.index(b"<cac:LegalMonetaryTotal>")
    assert len(readable(read(body[:place] + other + body[place:]))["taxes"]) == 1


def test_charges_and_allowances_of_document_and_line_are_shown_with_their_reason() -> None:
    lines = (line("Paper", "40.00", "10", extra="-12.50"), line("Pens", "5.00"))
    shown = readable(read(Bill("A-1", lines=lines, charge=Decimal("65.00")).xml()))
    (freight,) = shown["allowances_and_charges"]
    assert (freight["kind"], freight["amount"], freight["reason"], freight["tax_percent"]) == (
        "charge",
        "65.00",
        "Freight",
        "10",
    )
    (discount,) = shown["lines"][0]["allowances_and_charges"]
    assert (discount["kind"], discount["amount"], discount["reason_code"]) == ("allowance", "12.50", "95")
    assert shown["lines"][1]["allowances_and_charges"] == []
    written = page(shown)
    assert "allowance 12.50 (Discount)" in written
    assert "<td>Freight</td>" in written


def test_more_of_them_than_are_shown_are_counted() -> None:
    body = Bill("A-1").xml()
    place = body.index(b"<cac:TaxTotal>")
    shown = readable(read(body[:place] + EXTRA.encode() * (MAX_EXTRAS + 4) + body[place:]))
    assert (len(shown["allowances_and_charges"]), shown["allowances_and_charges_left_out"]) == (MAX_EXTRAS, 4)
    assert "4 more allowances and charges" in page(shown)


def test_delivery_is_shown_as_text() -> None:
    body = Bill("A-1").xml()
    place = body.index(b"<cac:PaymentMeans>")
    shown = readable(read(body[:place] + DELIVERY.encode() + body[place:]))
    assert shown["delivery"] == {
        "date": "2026-05-30",
        "party": "The depot",
        "location": "9429033591476",
        "street": "Dock <3>",
        "street_more": None,
        "city": "Geelong",
        "postcode": "3220",
        "state": None,
        "country": "AU",
    }
    assert "Dock &lt;3&gt;" in page(shown)
    assert readable(read(body))["delivery"] is None


def test_files_that_are_left_out_are_counted() -> None:
    body = Bill("A-1").xml()
    assert readable(read(body))["attachments_left_out"] == 0
    for n in range(MAX_ATTACHMENTS + 3):
        body = attached(body, f"file {n}".encode())
    shown = readable(read(body))
    assert (len(shown["attachments"]), shown["attachments_left_out"]) == (MAX_ATTACHMENTS, 3)
    assert "3 more attachments" in page(shown)
    large = attached(Bill("A-1").xml(), b"x" * (MAX_ATTACHMENT_BYTES + 1))
    assert readable(read(large))["attachments_left_out"] == 1
