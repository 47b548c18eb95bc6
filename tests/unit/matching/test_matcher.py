"""The life of a match: orders, deliveries and invoices in any order, decisions of people, corrections."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from services.matching.documents.identity import match_id
from services.matching.domain.match_messages import InvoiceMatched
from tests.data.ubl_documents import CLEANING, PAPER, Bill, Line, line
from tests.data.ubl_orders import Delivery, Purchase
from tests.unit.matching.world import World

NUMBER = "PO-7"
PURCHASE = Purchase(
    NUMBER, PAPER, [line("Copy paper A4", "40.00", "10", item="KP-1"), line("Pens", "12.50", "4")]
)
ALL = [("1", "10"), ("2", "4")]


def invoice(
    number: str = "KP-1", paper: str = "10", pens: str = "4", price: str = "40.00", **more: Any
) -> Bill:
    lines = [
        line("Copy paper A4", price, paper, order_line="1"),
        line("Pens", "12.50", pens, order_line="2"),
    ]
    kept = [one for one in lines if one.quantity]
    return Bill(**{"number": number, "supplier": PAPER, "lines": kept, "order": NUMBER, **more})  # pyright: ignore[reportArgumentType]


def received(number: str = "D-1", came: list[tuple[str, str]] = ALL, despatch: str = "") -> bytes:
    return Delivery(number, PURCHASE, came, despatch=despatch).receipt()


async def test_what_was_ordered_and_received_is_matched(world: World) -> None:
    order = await world.order(PURCHASE.xml())
    await world.receive(received())
    id = await world.invoice(invoice())
    await world.settle()
    assert await world.status(id) == "matched"
    assert await world.lines(order) == {"1": ("10", "10", "10"), "2": ("4", "4", "4")}
    (said,) = [e for e in await world.stage.events(match_id(id)) if isinstance(e, InvoiceMatched)]
    assert said.wire_data()["a_field_of_tomorrow"] == {"x": 1}
    assert said.summary == "Matches its order PO-7."


@pytest.mark.parametrize("sequence", ["ori", "oir", "roi", "rio", "ior", "iro"])
async def test_papers_may_come_in_any_order(world: World, sequence: str) -> None:
    id = ""
    for paper in sequence:
        if paper == "o":
            await world.order(PURCHASE.xml())
        elif paper == "r":
            await world.receive(received())
        else:
            id = await world.invoice(invoice())
        await world.settle()
    assert await world.status(id) == "matched"


async def test_an_invoice_waits_for_its_order_and_then_its_receipt(world: World) -> None:
    id = await world.invoice(invoice())
    await world.settle()
    assert (await world.status(id), await world.codes(id)) == ("waiting", ["ORDER-MISSING"])
    await world.order(PURCHASE.xml())
    await world.settle()
    assert (await world.status(id), await world.codes(id)) == ("waiting", ["RECEIPT-MISSING"] * 2)
    await world.receive(received("D-1", [("1", "10")]))
    await world.settle()
    assert await world.codes(id) == ["RECEIPT-MISSING"]
    await world.receive(received("D-2", [("2", "4")]))
    await world.settle()
    assert await world.status(id) == "matched"


async def test_the_numbers_of_a_mismatch_stand_on_both_sides(world: World) -> None:
    await world.order(PURCHASE.xml())
    await world.receive(received())
    id = await world.invoice(invoice(paper="12", price="45.00"))
    await world.settle()
    found = {f.code: f for f in (await world.match(id)).findings}
    assert (found["QUANTITY-OVER"].theirs, found["QUANTITY-OVER"].ours) == ("12", "10")
    assert found["QUANTITY-OVER"].sentence == "Line 1 (Copy paper A4): 12 EA invoiced, 10 ordered."
    assert (found["PRICE-OVER"].theirs, found["PRICE-OVER"].ours) == ("540", "480")
    assert found["PRICE-OVER"].owner == "approver"
    assert await world.status(id) == "exception"


async def test_partial_invoices_never_exceed_the_order(world: World) -> None:
    order = await world.order(PURCHASE.xml())
    await world.receive(received())
    ids = [await world.invoice(invoice(f"KP-{n}", "4", "0")) for n in range(3)]
    await world.settle()
    assert sorted([await world.status(id) for id in ids]) == ["exception", "matched", "matched"]
    assert (await world.lines(order))["1"] == ("10", "10", "8")


async def test_a_receipt_in_the_same_words_counts_once(world: World) -> None:
    order = await world.order(PURCHASE.xml())
    for _ in range(3):
        await world.receive(received("D-1", [("1", "5")]))
        await world.settle()
    assert (await world.lines(order))["1"] == ("10", "5", "0")


async def test_a_receipt_replaces_the_despatch_advice_it_is_about(world: World) -> None:
    order = await world.order(PURCHASE.xml())
    await world.receive(Delivery("D-1", PURCHASE, ALL).advice())
    await world.settle()
    assert (await world.lines(order))["1"] == ("10", "10", "0")
    await world.receive(received("R-1", [("1", "9"), ("2", "4")], despatch="D-1"))
    await world.settle()
    assert (await world.lines(order))["1"] == ("10", "9", "0")
    await world.receive(Delivery("D-1", PURCHASE, [("1", "10")]).advice())
    await world.settle()
    assert (await world.lines(order))["1"] == ("10", "9", "0")


async def test_a_credit_note_gives_quantity_back(world: World) -> None:
    order = await world.order(PURCHASE.xml())
    await world.receive(received())
    await world.invoice(invoice())
    await world.settle()
    late = await world.invoice(invoice("KP-2", "3", "0"))
    await world.settle()
    assert await world.status(late) == "exception"
    credit = await world.invoice(invoice("CN-1", "3", "0", corrects="KP-1"))
    await world.settle()
    assert await world.status(credit) == "matched"
    assert await world.status(late) == "matched"
    assert (await world.lines(order))["1"] == ("10", "10", "10")


async def test_a_credit_note_without_order_is_found_by_the_invoice_it_corrects(world: World) -> None:
    order = await world.order(PURCHASE.xml())
    await world.receive(received())
    await world.invoice(invoice())
    await world.settle()
    credit = await world.invoice(invoice("CN-1", "2", "0", corrects="KP-1", order=""))
    await world.settle()
    assert await world.status(credit) == "matched"
    assert (await world.lines(order))["1"] == ("10", "10", "8")


async def test_a_credit_note_over_more_than_was_invoiced_is_an_exception(world: World) -> None:
    await world.order(PURCHASE.xml())
    credit = await world.invoice(invoice("CN-1", "2", "0", corrects="KP-0"))
    await world.settle()
    assert await world.codes(credit) == ["CREDIT-OVER"]


async def test_a_credit_over_a_part_of_the_price_gives_nothing_back(world: World) -> None:
    order = await world.order(PURCHASE.xml())
    await world.receive(received())
    await world.invoice(invoice())
    credit = await world.invoice(invoice("CN-1", "10", "0", price="2.00", corrects="KP-1"))
    await world.settle()
    assert await world.status(credit) == "matched"
    assert (await world.lines(order))["1"] == ("10", "10", "10")


async def test_a_corrected_invoice_replaces_the_exception(world: World) -> None:
    await world.order(PURCHASE.xml())
    await world.receive(received())
    wrong = await world.invoice(invoice(price="55.00"))
    await world.settle()
    right = await world.invoice(invoice("KP-1A", replaces="KP-1"))
    await world.settle()
    assert (await world.status(wrong), await world.status(right)) == ("replaced", "matched")


async def test_a_credit_note_over_all_of_an_exception_cancels_both(world: World) -> None:
    order = await world.order(PURCHASE.xml())
    wrong = await world.invoice(invoice(price="55.00"))
    await world.settle()
    credit = await world.invoice(invoice("CN-1", price="55.00", corrects="KP-1"))
    await world.settle()
    assert (await world.status(wrong), await world.status(credit)) == ("replaced", "replaced")
    assert (await world.lines(order))["1"][2] == "0"


async def test_a_person_accepts_an_exception_and_only_what_is_there_is_counted(world: World) -> None:
    order = await world.order(PURCHASE.xml())
    await world.receive(received())
    id = await world.invoice(invoice(paper="12"))
    await world.settle()
    path = f"/v1/matches/{id}/accept"
    own = await world.ask("POST", path, {"reason": "fine"}, user="ada")
    assert (own.status_code, own.json()["detail"]) == (403, "nobody accepts what they sent in")
    clerk = await world.ask("POST", path, {"reason": "fine"}, user="bob", roles=("clerk",))
    assert clerk.status_code == 403
    taken = await world.ask("POST", path, {"reason": "agreed by phone"}, user="bob")
    assert (taken.status_code, taken.json()["status"]) == (200, "accepted")
    await world.settle()
    assert await world.status(id) == "matched"
    assert (await world.lines(order))["1"] == ("10", "10", "10")
    shown = (await world.ask("GET", f"/v1/matches/{id}")).json()
    said = (await world.stage.events(match_id(id)))[-1]
    assert isinstance(said, InvoiceMatched)
    assert said.exceptions == ("QUANTITY-OVER: Line 1 (Copy paper A4): 12 EA invoiced, 10 ordered.",)
    assert (said.accepted_by, shown["accepted_by"], shown["reason"]) == ("bob", "bob", "agreed by phone")
    assert (await world.ask("POST", path, {"reason": "again"}, user="bob")).status_code == 409


async def test_a_person_rejects_an_exception_for_good(world: World) -> None:
    id = await world.invoice(invoice())
    await world.settle()
    answer = await world.ask("POST", f"/v1/matches/{id}/reject", {"reason": "never ordered"})
    assert answer.json()["status"] == "rejected"
    await world.order(PURCHASE.xml())
    await world.settle()
    assert await world.status(id) == "rejected"


@pytest.mark.parametrize("order", ["", "NA", "n/a", "PO", "BUYER_REFERENCE", "KP-1", "None"])
async def test_what_senders_write_who_have_no_order_is_no_order(world: World, order: str) -> None:
    id = await world.invoice(invoice(order=order))
    await world.settle()
    assert await world.status(id) == "matched"


async def test_a_tenant_may_want_an_order_for_everything(world: World, tmp_path: Any) -> None:
    strict = World(tmp_path, "tenants: {kestrel: {without_order: hold}}")
    id = await strict.invoice(invoice(order="NA"))
    await strict.settle()
    assert (await strict.status(id), await strict.codes(id)) == ("exception", ["ORDER-NONE"])
    await strict.ask("POST", f"/v1/matches/{id}/accept", {"reason": "rent"}, user="bob")
    await strict.settle()
    assert await strict.status(id) == "matched"


async def test_an_invoice_over_several_orders_takes_all_or_nothing(world: World) -> None:
    other = Purchase("PO-8", PAPER, [line("Toner", "99.00", "2")])
    first, second = await world.order(PURCHASE.xml()), await world.order(other.xml())
    lines = [
        line("Copy paper A4", "40.00", "10", order="PO-7", order_line="1"),
        line("Toner", "99.00", "2", order="PO-8", order_line="1"),
    ]
    id = await world.invoice(Bill("KP-9", PAPER, lines=lines))
    await world.receive(received())
    await world.settle()
    assert await world.status(id) == "waiting"
    assert (await world.lines(first))["1"][2] == "0"
    await world.receive(Delivery("D-8", other, [("1", "2")]).receipt())
    await world.settle()
    assert await world.status(id) == "matched"
    assert [(await world.lines(o))["1"][2] for o in (first, second)] == ["10", "2"]


async def test_several_orders_may_stand_in_one_field(world: World) -> None:
    await world.order(PURCHASE.xml())
    await world.order(Purchase("PO-8", PAPER, [line("Hours", "99.00", "2", unit="HUR")]).xml())
    lines = [line("Hours", "99.00", "2", unit="HUR")]
    id = await world.invoice(Bill("KP-9", PAPER, lines=lines, order="PO-7, PO-8"))
    await world.settle()
    assert await world.status(id) == "matched"


async def test_a_changed_order_lets_what_waits_look_again(world: World) -> None:
    await world.order(PURCHASE.xml())
    await world.receive(received("D-1", [("1", "12")]))
    id = await world.invoice(invoice(paper="12", pens="0"))
    await world.settle()
    assert await world.codes(id) == ["QUANTITY-OVER"]
    more = Purchase(NUMBER, PAPER, [line("Copy paper A4", "40.00", "12", item="KP-1")])
    order = await world.order(more.xml())
    await world.settle()
    assert await world.status(id) == "matched"
    assert (await world.ask("POST", "/v1/orders", PURCHASE.xml())).json()["status"] == "known"
    assert (await world.lines(order))["1"] == ("12", "12", "12")


async def test_an_order_of_another_supplier_is_another_order(world: World) -> None:
    await world.order(PURCHASE.xml())
    id = await world.invoice(invoice(supplier=CLEANING))
    await world.settle()
    assert await world.codes(id) == ["ORDER-MISSING"]


async def test_freight_that_was_ordered_is_matched_once(world: World) -> None:
    purchase = Purchase("PO-F", PAPER, [line("Paper", "40.00", "10")], charge=Decimal("90.00"))
    await world.order(purchase.xml())
    await world.receive(Delivery("D-F", purchase, [("1", "10")]).receipt())
    half: list[Line] = [line("Paper", "40.00", "5", order_line="1")]
    first = await world.invoice(Bill("F-1", PAPER, lines=half, order="PO-F", charge=Decimal("90.00")))
    await world.settle()
    again = await world.invoice(Bill("F-2", PAPER, lines=half, order="PO-F", charge=Decimal("90.00")))
    await world.settle()
    assert await world.status(first) == "matched"
    assert await world.codes(again) == ["CHARGE-OVER"]


async def test_orders_and_receipts_may_be_json(world: World) -> None:
    supplier = {"abn": PAPER.abn, "name": PAPER.name}
    lines = [{"id": "a", "name": "Paper", "quantity": 10, "price": "40.00", "unit": "EA"}]
    order = await world.order({"number": "77", "supplier": supplier, "lines": lines})
    await world.receive({"number": "G-1", "order_id": order, "lines": [{"order_line": "a", "quantity": 6.5}]})
    await world.settle()
    assert await world.lines(order) == {"a": ("10", "6.5", "0")}
    missing = await world.ask("POST", "/v1/orders", {"number": "77", "lines": lines})
    assert (missing.status_code, missing.json()["detail"]) == (422, "supplier: Field required")
    assert (await world.ask("POST", "/v1/orders", b"<Order/>")).status_code == 422
    assert (await world.ask("POST", "/v1/receipts", b"<a")).status_code == 400


async def test_a_long_order_is_kept_in_parts_and_matched_whole(world: World) -> None:
    lines = [line(f"Item {n}", "1.00", "3", item=f"I-{n}") for n in range(1, 301)]
    purchase = Purchase("PO-BIG", PAPER, lines)
    order = await world.order(purchase.xml())
    await world.receive(Delivery("D-B", purchase, [(str(n), "3") for n in range(1, 301)]).receipt())
    billed = [line(f"Item {n}", "1.00", "2", order_line=str(n)) for n in range(1, 301)]
    id = await world.invoice(Bill("BIG-1", PAPER, lines=billed, order="PO-BIG"))
    over = await world.invoice(Bill("BIG-2", PAPER, lines=billed, order="PO-BIG"))
    await world.settle()
    assert sorted([await world.status(id), await world.status(over)]) == ["exception", "matched"]
    assert set((await world.lines(order)).values()) == {("3", "3", "2")}


async def test_what_nobody_wakes_looks_by_the_clock(world: World) -> None:
    ids = [await world.invoice(invoice(f"KP-{n}", "1", "0")) for n in range(60)]
    await world.settle()
    wide = Purchase(NUMBER, PAPER, [line("Copy paper A4", "40.00", "100")])
    await world.order(wide.xml())
    await world.receive(Delivery("D-1", wide, [("1", "100")]).receipt())
    await world.settle()
    await world.pass_time(200)
    assert {await world.status(id) for id in ids} == {"matched"}
