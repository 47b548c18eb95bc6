"""Order responses: where they are followed, what is matched afterwards is what the supplier confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.matching.domain import order as orders
from tests.data.ubl_documents import PAPER, Bill, line
from tests.data.ubl_orders import Delivery, Purchase
from tests.data.ubl_responses import Response, Said, agreement
from tests.unit.matching.world import World

PURCHASE = Purchase(
    "PO-7", PAPER, [line("Copy paper A4", "40.00", "10", item="KP-1"), line("Pens", "12.50", "4")]
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Matching where responses are followed."""
    return World(tmp_path, "default: {responses: follow}")


def response(code: str, *said: Said, number: str = "OR-1") -> bytes:
    return Response(number, PURCHASE, code, said).xml()


def invoice(paper: str, price: str = "40.00", number: str = "KP-1", item: str = "") -> Bill:
    return Bill(
        number, PAPER, order="PO-7", lines=[line("Copy paper A4", price, paper, order_line="1", item=item)]
    )


async def take(world: World, body: bytes, status: int = 202) -> dict[str, Any]:
    """Send an order response, and let all that follows happen."""
    answer = await world.ask("POST", "/v1/order-responses", body)
    assert answer.status_code == status, answer.text
    await world.settle()
    return answer.json()


async def bought(world: World) -> str:
    """Let the order and all of it come; return the order's id."""
    id = await world.order(PURCHASE.xml())
    await world.receive(Delivery("D-1", PURCHASE, [("1", "10"), ("2", "4")]).receipt())
    await world.settle()
    return id


async def compared(world: World, bill: Bill) -> tuple[str, list[str]]:
    """Send an invoice; return its status and the sentences of what is wrong."""
    id = await world.invoice(bill)
    await world.settle()
    match = await world.match(id)
    return match.status, [f"{f.code}: {f.sentence}" for f in match.findings if f.weight != "note"]


async def test_a_lowered_quantity_is_all_that_is_matched(world: World) -> None:
    id = await bought(world)
    assert (await take(world, response("CA", Said("1", "3", "6"), Said("2", "5"))))["id"] == id
    assert await world.lines(id) == {"1": ("6", "10", "0"), "2": ("4", "4", "0")}
    assert await compared(world, invoice("10")) == (
        "exception",
        [
            "QUANTITY-OVER: Line 1 (Copy paper A4): 10 EA invoiced, 10 ordered, 6 confirmed by the supplier.",
        ],
    )
    assert await compared(world, invoice("6", number="KP-2")) == ("matched", [])


@pytest.mark.parametrize(("price", "status"), [("44.00", "matched"), ("48.00", "exception")])
async def test_a_changed_price_is_what_an_invoice_is_compared_with(
    world: World, price: str, status: str
) -> None:
    await bought(world)
    await take(world, response("CA", Said("1", "3", "10", "44.00")))
    assert (await compared(world, invoice("10", price)))[0] == status


async def test_a_rejected_line_is_an_exception_with_both_numbers(world: World) -> None:
    id = await bought(world)
    await take(world, response("CA", Said("1", "7")))
    assert await compared(world, invoice("10")) == (
        "exception",
        [
            "LINE-REJECTED: Line 1 (Copy paper A4): 10 EA invoiced: the supplier rejected the line over 10.",
        ],
    )
    shown = (await world.ask("GET", f"/v1/orders/{id}")).json()
    assert (shown["lines"][0]["line_status"], shown["lines"][0]["asked"]) == ("7", "10")
    assert (
        shown["history"][-1]["summary"] == "Order response OR-1: accepted with changes: line 1 is rejected."
    )
    pens = Bill("KP-3", PAPER, order="PO-7", lines=[line("Pens", "12.50", "4", order_line="2")])
    assert await compared(world, pens) == ("matched", [])


@pytest.mark.parametrize("part_lines", [50, 1])
async def test_a_rejected_order_is_an_exception_and_is_listed_as_rejected(
    world: World, part_lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "PART_LINES", part_lines)
    id = await bought(world)
    await take(world, response("RE"))
    status, told = await compared(world, invoice("10"))
    assert (status, told[0].partition(":")[0]) == ("exception", "ORDER-REJECTED")
    assert (await world.ask("GET", "/v1/orders")).json()["items"][0]["status"] == "rejected"
    shown = (await world.ask("GET", f"/v1/orders/{id}")).json()
    assert (shown["status"], shown["response"]["code"], shown["response"]["meaning"]) == (
        "rejected", "RE", "rejected",
    )  # fmt: skip


@pytest.mark.parametrize("code", ["AB", "AP"])
async def test_who_only_says_yes_changes_nothing(world: World, code: str) -> None:
    id = await bought(world)
    await take(world, response(code))
    assert await world.lines(id) == {"1": ("10", "10", "0"), "2": ("4", "4", "0")}
    assert await compared(world, invoice("10")) == ("matched", [])


async def test_an_invoice_in_question_follows_the_response(world: World) -> None:
    await bought(world)
    id = await world.invoice(invoice("10", "44.00"))
    await world.settle()
    assert await world.codes(id) == ["PRICE-OVER"]
    await take(world, response("CA", Said("1", "3", "10", "44.00")))
    assert await world.status(id) == "matched"


async def test_what_is_matched_stays_and_nothing_is_added_to_it(world: World) -> None:
    order = await bought(world)
    assert await compared(world, invoice("8")) == ("matched", [])
    await take(world, response("CA", Said("1", "3", "6")))
    assert (await world.lines(order))["1"] == ("6", "10", "8")
    status, told = await compared(world, invoice("1", number="KP-2"))
    assert (status, len(told)) == ("exception", 1)
    assert told[0].endswith("1 EA invoiced, 10 ordered, 6 confirmed by the supplier and 8 invoiced before.")


async def test_each_response_answers_the_order_as_it_was_written(world: World) -> None:
    id = await bought(world)
    await take(world, response("RE"))
    await take(world, response("CA", Said("2", "3", "2"), number="OR-2"))
    assert await world.lines(id) == {"1": ("10", "10", "0"), "2": ("2", "4", "0")}
    assert (await take(world, response("RE"), 200))["status"] == "known"


async def test_a_changed_order_stands_until_it_is_answered_too(world: World) -> None:
    id = await bought(world)
    await take(world, response("CA", Said("1", "3", "6")))
    again = Purchase("PO-7", PAPER, [line("Copy paper A4", "40.00", "9"), line("Pens", "12.50", "4")])
    await world.order(again.xml())
    assert (await world.lines(id))["1"] == ("9", "10", "0")
    shown = (await world.ask("GET", f"/v1/orders/{id}")).json()
    assert (shown["response"], "asked" in shown["lines"][0]) == (None, False)
    await take(world, response("CA", Said("1", "3", "6")))
    assert (await world.lines(id))["1"] == ("6", "10", "0")


async def test_a_response_to_an_order_that_is_not_here_may_be_sent_again(world: World) -> None:
    answer = await world.ask("POST", "/v1/order-responses", response("AP"))
    assert (answer.status_code, answer.json()["retryable"]) == (409, True)
    assert int(answer.headers["retry-after"]) > 0


async def test_both_documents_are_kept_as_they_came(world: World) -> None:
    world.findings = [{"rule": "R", "severity": "warning", "message": "Unusual.", "location": ""}]
    id = await bought(world)
    body = response("CA", Said("1", "3", "6"))
    await take(world, body)
    shown = (await world.ask("GET", f"/v1/orders/{id}")).json()
    assert shown["response"]["findings"] == world.findings
    assert (await world.ask("GET", shown["response"]["links"]["document"])).content == body
    assert (await world.ask("GET", shown["links"]["document"])).content == PURCHASE.xml()


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (response("CA", Said("9", "3", "6")), "no-such-line"),
        (response("XX"), "unknown-response-code"),
        (Response("OR-1", PURCHASE, "CA").xml().replace(b"PO-7", b"NA"), "order-missing"),
    ],
)
async def test_what_nobody_can_apply_is_refused(world: World, body: bytes, slug: str) -> None:
    await bought(world)
    assert (await take(world, body, 422))["type"] == f"urn:finnest:problem:{slug}"


async def test_a_response_that_breaks_the_rules_changes_nothing(world: World) -> None:
    id = await bought(world)
    world.findings = [{"rule": "PEPPOL-T76-R001", "severity": "fatal", "message": "x", "location": ""}]
    await take(world, response("RE"), 422)
    world.judged_by = 0
    await take(world, response("RE"), 503)
    assert (await world.ask("GET", f"/v1/orders/{id}")).json()["response"] is None
    assert (await world.ask("GET", f"/v1/orders/{id}/response")).status_code == 404
    assert (await world.ask("POST", "/v1/order-responses", {"code": "RE"})).status_code == 422


async def test_an_agreement_works_as_an_order(world: World) -> None:
    id = (await take(world, agreement(PURCHASE)))["id"]
    await world.receive(Delivery("D-1", PURCHASE, [("1", "10")]).receipt())
    await world.settle()
    assert await compared(world, invoice("10")) == ("matched", [])
    assert (await world.ask("GET", f"/v1/orders/{id}/document")).content == agreement(PURCHASE)


async def test_a_substitute_is_another_item(world: World) -> None:
    await bought(world)
    await take(world, response("CA", Said("1", "3", substitute="KP-9")))
    assert await compared(world, invoice("10", item="KP-9")) == ("matched", [])
