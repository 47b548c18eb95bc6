"""Three-way matching through the public API: papers in any order, people, long documents, and a crowd."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from finnest.testing import eventually
from tests.data.ubl_documents import Company as Seller
from tests.data.ubl_documents import line
from tests.data.ubl_orders import Delivery, Purchase
from tests.support.documents import bill, number, supplier
from tests.support.person import XML, Person
from tests.support.platform import Company

CLIENTS = 16


def purchase(seller: Seller, quantity: str = "10") -> Purchase:
    """Return an order of two lines."""
    return Purchase(f"PO-{number()}", seller, [line("Paper", "20.00", quantity), line("Pens", "5.00", "4")])


def order(person: Person, wanted: Purchase) -> str:
    """Send an order; return its id."""
    answer = person.call("POST", "/v1/orders", wanted.xml(), XML)
    assert answer.status in (200, 202), answer
    return answer.content["id"]


def receive(person: Person, delivery: Delivery, *, advice: bool = False) -> str:
    """Send a delivery; return its id."""
    body = delivery.advice() if advice else delivery.receipt()
    answer = person.call("POST", "/v1/receipts", body, XML)
    assert answer.status in (200, 202), answer
    return answer.content["id"]


def invoice(wanted: Purchase, paper: str = "10", pens: str = "4", price: str = "20.00", **more: Any) -> bytes:
    """Return an invoice of an order."""
    lines = [line("Paper", price, paper, order_line="1"), line("Pens", "5.00", pens, order_line="2")]
    kept = [one for one in lines if one.quantity]
    return bill(supplier=wanted.supplier, order=wanted.number, lines=kept, **more).xml()


async def until_lines(person: Person, id: str, wanted: dict[str, tuple[str, str, str]]) -> None:
    """Wait until an order's lines have these quantities: ordered, received, invoiced."""

    def check() -> bool:
        lines = person.get(f"/v1/orders/{id}").content["lines"]
        found = {one["id"]: (one["ordered"], one["received"], one["invoiced"]) for one in lines}
        assert found == wanted
        return True

    await eventually(check, 20.0, "the quantities did not come")


async def until_match(person: Person, invoice_id: str, *statuses: str) -> dict[str, Any]:
    """Return the match of an invoice once it has one of the statuses."""

    def check() -> dict[str, Any]:
        answer = person.get(f"/v1/matches/{invoice_id}")
        assert answer.status == 200, answer
        assert answer.content["status"] in statuses, answer.content
        return answer.content

    return await eventually(check, 90.0, f"{invoice_id} was not compared")


async def test_an_invoice_waits_for_order_and_receipt_and_is_then_scheduled(company: Company) -> None:
    wanted = purchase(supplier())
    id = company.intake.submit(invoice(wanted))
    waiting = await company.vera.until(id, "unmatched")
    assert waiting["reasons"] == [f"ORDER-MISSING: Order {wanted.number} is not here yet."]
    order_id = order(company.alice, wanted)
    assert order(company.alice, wanted) == order_id
    received = Delivery("D-1", wanted, [("1", "10"), ("2", "4")])
    assert receive(company.alice, received) == receive(company.alice, received)
    scheduled = await company.vera.until(id, "scheduled")
    assert scheduled["reasons"] == []
    types = [entry["type"] for entry in scheduled["history"]]
    assert types.index("matching.waiting.v1") < types.index("matching.matched.v1")
    await until_lines(company.vera, order_id, {"1": ("10", "10", "10"), "2": ("4", "4", "4")})
    match = company.vera.get(scheduled["links"]["match"]).content
    assert [(one["order_line"], one["how"], one["quantity"]) for one in match["lines"]] == [
        ("1", "line", "10"),
        ("2", "line", "4"),
    ]


async def test_a_person_closes_an_exception_and_its_payment_still_needs_an_approval(company: Company) -> None:
    wanted = purchase(supplier())
    order(company.alice, wanted)
    receive(company.alice, Delivery("D-1", wanted, [("1", "10"), ("2", "4")]))
    dear = company.intake.submit(invoice(wanted, price="30.00"))
    shown = await company.vera.until(dear, "exception")
    assert shown["reasons"][0].startswith("PRICE-OVER: Line 1 (Paper): 300.00 invoiced, 200.00 ordered")
    match = company.vera.get(f"/v1/matches/{dear}").content
    assert [(f["code"], f["theirs"], f["ours"], f["owner"]) for f in match["findings"]] == [
        ("PRICE-OVER", "300", "200", "approver")
    ]
    assert company.vera.post(f"/v1/matches/{dear}/accept", {"reason": "x"}).status == 403
    accepted = company.bob.post(f"/v1/matches/{dear}/accept", {"reason": "new price list"})
    assert (accepted.status, accepted.content["status"]) == (200, "accepted")
    asked = await company.vera.until(dear, "awaiting_approval")
    assert "a mismatch with the order was accepted: one approver" in asked["reasons"][0]
    assert "PRICE-OVER: Line 1 (Paper)" in asked["reasons"][0]
    approval = await company.bob.asked(dear)
    own = company.bob.decide(approval)
    assert (own.status, own.slug) == (403, "own-request")
    assert company.carol.decide(approval).status == 200
    await company.vera.until(dear, "scheduled")
    second = company.intake.submit(invoice(wanted, paper="1", pens="0"))
    await company.vera.until(second, "exception")
    refused = company.bob.post(f"/v1/matches/{second}/reject", {"reason": "not delivered"})
    assert refused.content["status"] == "rejected"
    assert (await company.vera.until(second, "rejected"))["reasons"] == ["not delivered"]


async def test_two_thousand_lines_are_matched(company: Company) -> None:
    seller = supplier()
    lines = [line(f"Item {n}", "0.10", "2", item=f"I-{n}") for n in range(1, 2001)]
    wanted = Purchase(f"PO-{number()}", seller, lines)
    order_id = order(company.alice, wanted)
    receive(company.alice, Delivery("D-1", wanted, [(str(n), "2") for n in range(1, 2001)]), advice=True)
    billed = [line(f"Item {n}", "0.10", "2", order_line=str(n)) for n in range(1, 2001)]
    id = company.intake.submit(bill(supplier=seller, order=wanted.number, lines=billed).xml())
    await company.vera.until(id, "scheduled", within_s=120)
    counted = company.vera.get(f"/v1/orders/{order_id}").content["lines"]
    assert {(one["received"], one["invoiced"]) for one in counted} == {("2", "2")}


async def test_a_crowd_matches_no_more_than_was_ordered_and_received(company: Company) -> None:
    """Sixteen clients send invoices, receipts and credit notes for the same orders at once."""
    seller = supplier()
    first, second = purchase(seller, "8"), purchase(seller, "8")
    ids = [order(company.alice, wanted) for wanted in (first, second)]

    def busy(client: int) -> list[str]:
        if client in (3, 7, 11, 15):
            for wanted in (first, second):
                receive(company.alice, Delivery(f"D-{client}", wanted, [("1", "2"), ("2", "1")]))
        sent = [
            line("Paper", "20.00", "1", order=wanted.number, order_line="1") for wanted in (first, second)
        ]
        both = bill(supplier=seller, lines=sent)
        one = invoice(first if client % 2 else second, "1", "0")
        return [company.intake.submit(both.xml()), company.intake.submit(one)]

    answers = await asyncio.gather(*(asyncio.to_thread(busy, client) for client in range(CLIENTS)))
    invoices = [id for pair in answers for id in pair]
    shown = [await until_match(company.vera, id, "matched", "exception") for id in invoices]
    matched = sum(one["status"] == "matched" for one in shown)

    def counted() -> list[dict[str, Any]]:
        return [line for id in ids for line in company.vera.get(f"/v1/orders/{id}").content["lines"]]

    paper = [one for one in counted() if one["name"] == "Paper"]
    assert [(one["ordered"], one["received"], one["invoiced"], one["open"]) for one in paper] == [
        ("8", "8", "8", "0")
    ] * 2, json.dumps(counted())
    assert 8 <= matched <= 16
    refused = [one for one in shown if one["status"] == "exception"]
    assert {f["code"] for one in refused for f in one["findings"]} == {"QUANTITY-OVER"}
