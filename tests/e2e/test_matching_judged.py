"""Orders and deliveries through the public API: judged by the official rules, and kept as they came."""

from __future__ import annotations

from tests.data.ubl_documents import line
from tests.data.ubl_orders import Delivery, Purchase
from tests.e2e.test_matching import order, receive
from tests.support.documents import number, supplier
from tests.support.person import XML
from tests.support.platform import Company


async def test_an_order_that_breaks_the_official_rules_is_refused_and_leaves_nothing(
    company: Company,
) -> None:
    wanted = Purchase(f"PO-{number()}", supplier(), [line("Paper", "20.00", "10", item="P-1")])
    body = wanted.xml()
    wrong = body.replace(b"<cbc:IssueDate>2026-05-04", b"<cbc:IssueDate>4 May 2026")
    wrong = wrong.replace(b"<cbc:OrderTypeCode>220", b"<cbc:OrderTypeCode>999")
    refused = company.alice.call("POST", "/v1/orders", wrong, XML)
    assert (refused.status, refused.slug) == (422, "breaks-official-rules"), refused
    rules = {finding["rule"] for finding in refused.content["findings"]}
    assert "XSD-INVALID" in rules
    assert any(rule.startswith("PEPPOL-") for rule in rules), rules
    assert all(f["message"] and f["severity"] == "fatal" for f in refused.content["findings"])
    assert company.vera.get("/v1/orders").content["items"] == []

    id = order(company.alice, wanted)
    kept = company.vera.get(f"/v1/orders/{id}/document")
    assert (kept.status, kept.body) == (200, body)


async def test_a_despatch_advice_that_breaks_them_counts_nothing(company: Company) -> None:
    wanted = Purchase(f"PO-{number()}", supplier(), [line("Paper", "20.00", "10", item="P-1")])
    order(company.alice, wanted)
    delivery = Delivery("D-1", wanted, [("1", "10")])
    wrong = delivery.advice().replace(b"<cac:Shipment>", b"<cac:Sendment>")
    wrong = wrong.replace(b"</cac:Shipment>", b"</cac:Sendment>")
    refused = company.alice.call("POST", "/v1/receipts", wrong, XML)
    assert (refused.status, refused.slug) == (422, "breaks-official-rules"), refused
    assert company.vera.get("/v1/receipts").content["items"] == []
    id = receive(company.alice, delivery, advice=True)
    assert company.vera.get(f"/v1/receipts/{id}/document").body == delivery.advice()
