"""People read orders, what suppliers said about them, and deliveries, through the public API."""

from __future__ import annotations

import json

from lxml import etree

from tests.data.ubl_documents import line
from tests.data.ubl_orders import Delivery, Purchase
from tests.data.ubl_responses import Response, Said
from tests.e2e.test_matching import order, receive, until_lines
from tests.support.documents import number, supplier
from tests.support.person import XML
from tests.support.platform import Company

EVIL = "<script>alert(1)</script> \"' & https://evil.example/x.png"


async def test_orders_responses_and_deliveries_are_pages_and_values(company: Company, other: Company) -> None:
    wanted = Purchase(f"PO-{number()}", supplier(), [line(EVIL, "20.00", "10", item="P-1")])
    id = order(company.alice, wanted)
    delivery = receive(company.alice, Delivery("D-1", wanted, [("1", "10")]), advice=True)
    said = Response("OR-1", wanted, "CA", [Said("1", "3", "6")])
    assert company.alice.call("POST", "/v1/order-responses", said.xml(), XML).status == 202
    await until_lines(company.vera, id, {"1": ("6", "10", "0")})
    paths = {
        f"/v1/orders/{id}/document": ("order", "10"),
        f"/v1/orders/{id}/response": ("order_response", "6"),
        f"/v1/receipts/{delivery}/document": ("despatch", "10"),
    }
    for path, (kind, quantity) in paths.items():
        values = json.loads(company.vera.call("GET", path, headers={"accept": "application/json"}).body)
        assert (values["kind"], values["lines"][0]["quantity"]) == (kind, quantity)
        assert values["lines"][0]["item"] == EVIL
        answer = company.vera.call("GET", path, headers={"accept": "text/html"})
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        tree = etree.fromstring(answer.body.decode(), etree.HTMLParser())
        assert tree.xpath("//script|//img|//link|//iframe|//object|//embed|//form|//a|//@src|//@href") == []
        assert EVIL in "".join(str(text) for text in tree.itertext())
        assert other.vera.call("GET", path, headers={"accept": "text/html"}).status == 404
