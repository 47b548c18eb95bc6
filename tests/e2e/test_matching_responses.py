"""Order responses and agreements through the public API: judged, kept, and what invoices are compared with."""

from __future__ import annotations

from tests.data.ubl_documents import line
from tests.data.ubl_orders import Delivery, Purchase
from tests.data.ubl_responses import Response, Said, agreement
from tests.e2e.test_matching import order, receive, until_lines
from tests.support.documents import bill, number, supplier
from tests.support.person import XML
from tests.support.platform import Company


async def test_what_the_supplier_confirms_is_what_is_matched_and_paid(company: Company) -> None:
    seller = supplier()
    lines = [line("Paper", "20.00", "10", item="P-1"), line("Pens", "5.00", "4", item="P-2")]
    wanted = Purchase(f"PO-{number()}", seller, lines)
    id = order(company.alice, wanted)
    receive(company.alice, Delivery("D-1", wanted, [("1", "10"), ("2", "4")]), advice=True)
    said = Response("OR-1", wanted, "CA", [Said("1", "3", "6", "19.00"), Said("2", "7")])

    wrong = said.xml().replace(b"<cbc:OrderResponseCode>CA", b"<cbc:OrderResponseCode>XX")
    refused = company.alice.call("POST", "/v1/order-responses", wrong, XML)
    assert (refused.status, refused.slug) == (422, "breaks-official-rules"), refused
    await until_lines(company.vera, id, {"1": ("10", "10", "0"), "2": ("4", "4", "0")})

    answer = company.alice.call("POST", "/v1/order-responses", said.xml(), XML)
    assert (answer.status, answer.content["id"]) == (202, id), answer
    await until_lines(company.vera, id, {"1": ("6", "10", "0"), "2": ("0", "4", "0")})
    assert company.vera.get(f"/v1/orders/{id}/response").body == said.xml()
    assert company.vera.call("POST", "/v1/order-responses", said.xml(), XML).status == 403

    pens = bill(supplier=seller, order=wanted.number, lines=[line("Pens", "5.00", "4", order_line="2")])
    held = await company.vera.until(company.intake.submit(pens.xml()), "exception")
    assert held["reasons"][0].startswith("LINE-REJECTED: Line 2 (Pens): 4 EA invoiced")
    paper = bill(supplier=seller, order=wanted.number, lines=[line("Paper", "19.00", "6", order_line="1")])
    await company.vera.until(company.intake.submit(paper.xml()), "scheduled")
    await until_lines(company.vera, id, {"1": ("6", "10", "6"), "2": ("0", "4", "0")})


async def test_an_order_agreement_is_an_order(company: Company) -> None:
    seller = supplier()
    wanted = Purchase(f"PO-{number()}", seller, [line("Cleaning", "50.00", "8", unit="HUR", item="C-1")])
    answer = company.alice.call("POST", "/v1/order-responses", agreement(wanted), XML)
    assert answer.status == 202, answer
    billed = [line("Cleaning", "50.00", "8", unit="HUR", order_line="1")]
    id = company.intake.submit(bill(supplier=seller, order=wanted.number, lines=billed).xml())
    await company.vera.until(id, "scheduled")
