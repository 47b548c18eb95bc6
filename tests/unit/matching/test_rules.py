"""The comparison itself: which line is meant, units, prices, extras, tax, tolerances."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.documents.papers import Bill, Line, Order, Party
from services.matching.domain.comparing import converted
from services.matching.domain.findings import KINDS
from services.matching.domain.ledger import Counted, Ledger
from services.matching.domain.matching import Known, Match, Result
from services.matching.domain.policy import Policies, Policy

POLICY: dict[str, Any] = {
    "without_order": "pass",
    "receipts": "required",
    "no_receipt_units": ["HUR"],
    "price": {"percent": "2", "cents": 5000},
    "charges": {"cents": 2000},
    "tax": {"cents": 100},
    "rounding_cents": 2,
    "accept_role": "approver",
}
SELLER = Party(name="Seller", identity="0151:51824753556")


def one(id: str = "1", quantity: str = "10", price: str = "10.00", **more: Any) -> Line:
    """A line with its net amount computed."""
    given_: dict[str, Any] = {
        "id": id,
        "name": "Widget",
        "unit": "EA",
        "quantity": quantity,
        "price": price,
        **more,
    }
    return Line.model_validate(given_)


def compare(
    theirs: Line | list[Line], ours: Line | list[Line], *, policy: dict[str, Any] | None = None, **more: Any
) -> Result:
    """Match an invoice with an order of which everything was received."""
    ordered = ours if isinstance(ours, list) else [ours]
    billed = theirs if isinstance(theirs, list) else [theirs]
    on_order = {
        name: more.pop(f"order_{name}") for name in ("charges", "allowances") if f"order_{name}" in more
    }
    order = Order(number="PO-1", supplier=SELLER, lines=tuple(ordered), currency="AUD", **on_order)
    counted = {line.id: Counted(ordered=line.quantity, received=line.quantity) for line in ordered}
    if "charges" in on_order:
        counted["$charges"] = Counted(ordered=on_order["charges"], must_come=False)
    known = Known("ord-1", order, dict.fromkeys(counted, "ord-1"), {"ord-1": Ledger(lines=counted)})
    given_: dict[str, Any] = {
        "kind": "invoice",
        "number": "I-1",
        "supplier": SELLER,
        "order": "PO-1",
        "currency": "AUD",
    }
    bill = Bill(**{**given_, **more}, lines=tuple(billed))
    return Match(
        bill, {"PO-1": known}, ["PO-1"], Policy.model_validate({**POLICY, **(policy or {})})
    ).result()


def codes(result: Result, weight: str = "blocks") -> list[str]:
    return [f.code for f in result.findings if f.weight == weight]


def test_the_reference_to_the_line_goes_first() -> None:
    result = compare(one("a", order_line="2", name="whatever"), [one("1"), one("2", price="10.00")])
    assert [(line.order_line, line.how) for line in result.lines] == [("2", "line")]


def test_item_ids_go_before_descriptions() -> None:
    ours = [one("1", name="Blue pen"), one("2", name="Red pen", sellers_id="RP-1")]
    result = compare(one("a", name="Blue pen", sellers_id="rp 1"), ours)
    assert [(line.order_line, line.how) for line in result.lines] == [("2", "item")]


def test_a_wrong_line_number_is_corrected_by_the_item() -> None:
    ours = [one("1", sellers_id="A"), one("2", sellers_id="B")]
    result = compare(one("1", order_line="1", sellers_id="B"), ours)
    assert [(line.order_line, line.how) for line in result.lines] == [("2", "item")]
    assert codes(compare(one("1", order_line="1", sellers_id="C"), ours)) == ["ITEM-DIFFERS"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("copy PAPER a4, carton", "1"), ("Copy paper A4 carton white", "1"), ("Toner", None), ("paper", None)],
)
def test_a_description_is_the_last_resort(written: str, meant: str | None) -> None:
    ours = [one("1", name="Copy paper A4, carton"), one("2", name="Copy paper A3, box")]
    result = compare(one("9", name=written), ours)
    assert result.lines[0].order_line == (meant or "")


def test_of_two_lines_with_one_item_the_one_with_enough_left_is_meant() -> None:
    ours = [one("1", "3", sellers_id="A"), one("2", "10", sellers_id="A")]
    assert compare(one("x", "8", sellers_id="A"), ours).booking == {"ord-1": {"2": Decimal(8)}}


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        (one(quantity="60", price="4.00", unit="EA"), one(quantity="5", price="48.00", unit="XCT"), "5"),
        (one(quantity="5", price="48.00", unit="XPK"), one(quantity="5", price="48.00", unit="XCT"), "5"),
        (one(quantity="5", price="48.00", unit="C62"), one(quantity="5", price="48.00", unit="XCT"), "5"),
        (one(quantity="2", price="48.00", unit="DZN"), one(quantity="24", price="4.00"), "24"),
        (one(quantity="500", price="1.00", unit="GRM"), one(quantity="1", price="2000", unit="KGM"), "0.5"),
        (one(quantity="90", price="1.00", unit="MIN"), one(quantity="2", price="60", unit="HUR"), "1.5"),
        (one(quantity="3", price="1.00", unit="XCT", pack="12"), one(quantity="36", price="9"), "36"),
        (one(quantity="1", price="1.00", unit="KGM"), one(quantity="1", price="1", unit="LTR"), None),
    ],
)  # fmt: skip
def test_units_are_converted_where_anything_says_how(theirs: Line, ours: Line, expected: str | None) -> None:
    assert converted(theirs, ours) == (None if expected is None else Decimal(expected))


@given(st.integers(2, 500), st.integers(1, 20), st.integers(500, 100_000))
def test_a_package_is_found_by_its_price_and_keeps_its_worth(count: int, packs: int, cents: int) -> None:
    each = (Decimal(cents) / 100 / count).quantize(Decimal("0.0001"))
    theirs = one(quantity=str(count * packs), price=str(each))
    ours = one(quantity=str(packs), price=str(Decimal(cents) / 100), unit="XCT")
    assert converted(theirs, ours) == packs


def test_units_that_nothing_converts_need_a_person() -> None:
    result = compare(one(unit="KGM"), one(unit="LTR"))
    assert (codes(result), result.booking) == (["UNIT-UNKNOWN"], {})


def test_prices_are_compared_for_the_same_number_of_units() -> None:
    assert (
        codes(compare(one(price="0.48", quantity="500"), one(price="48", base="100", quantity="500"))) == []
    )
    assert codes(compare(one(price="48", quantity="10"), one(price="48", base="100", quantity="10"))) == [
        "PRICE-OVER"
    ]


@pytest.mark.parametrize(
    ("price", "expected"),
    [("10.00", []), ("10.20", []), ("10.21", ["PRICE-OVER"]), ("9.00", []), ("10.002", [])],
)
def test_a_price_may_be_over_within_both_bounds(price: str, expected: list[str]) -> None:
    assert codes(compare(one(price=price), one())) == expected


def test_the_absolute_bound_binds_where_the_per_cent_would_not() -> None:
    big = one(quantity="1000", price="100.00")
    assert codes(compare(big.model_copy(update={"price": Decimal("101")}), big)) == ["PRICE-OVER"]


def test_a_discount_of_the_order_is_due_on_the_invoice() -> None:
    ordered = one(net="90.00", extra="-10.00")
    assert codes(compare(one(net="90.00", extra="-10.00"), ordered)) == []
    assert codes(compare(one(net="100.00"), ordered)) == ["ALLOWANCE-MISSING"]
    assert codes(compare(one(net="130.00", extra="30.00"), one(net="100.00"))) == ["CHARGE-OVER"]
    whole = compare(one(quantity="5"), one(), order_allowances=Decimal("60.00"))
    assert codes(whole) == ["ALLOWANCE-MISSING"]
    assert (
        codes(
            compare(one(quantity="5"), one(), order_allowances=Decimal("60.00"), allowances=Decimal("30.00"))
        )
        == []
    )


def test_charges_that_nobody_ordered_pass_up_to_a_bound() -> None:
    assert codes(compare(one(), one(), charges=Decimal("20.00"))) == []
    assert codes(compare(one(), one(), charges=Decimal("20.01"))) == ["CHARGE-OVER"]
    ordered = compare(one(), one(), charges=Decimal("90.00"), order_charges=Decimal("90.00"))
    assert (codes(ordered), ordered.booking["ord-1"]["$charges"]) == ([], Decimal(90))


def test_a_line_that_nobody_ordered_is_a_charge() -> None:
    freight = one("2", "1", "15.00", name="Freight")
    assert codes(compare([one(), freight], one())) == []
    result = compare([one(), one("2", "1", "65.00", name="Freight")], one())
    assert [(f.code, f.theirs, f.ours) for f in result.findings] == [("LINE-UNKNOWN", "65", "none")]


def test_another_tax_rate_needs_a_person_when_it_matters() -> None:
    assert codes(compare(one(rate="10"), one(rate="0"))) == ["TAX-DIFFERS"]
    assert codes(compare(one(rate="10", quantity="1", price="5"), one(rate="0", price="5"))) == []
    assert codes(compare(one(rate="10"), one())) == []


def test_another_currency_needs_a_person() -> None:
    assert codes(compare(one(price="99"), one(), currency="NZD")) == ["CURRENCY-DIFFERS"]


def test_lines_of_one_item_are_added_up() -> None:
    result = compare([one("1", "6", order_line="1"), one("2", "6", order_line="1")], one())
    assert [(f.code, f.theirs, f.ours) for f in result.findings] == [("QUANTITY-OVER", "12", "10")]


def test_a_negative_line_gives_back_and_a_credit_note_has_positive_ones() -> None:
    both = compare([one("1", "10", order_line="1"), one("2", "-4", order_line="1")], one())
    assert both.booking == {"ord-1": {"1": Decimal(6)}}
    credit = compare(one("1", "4", order_line="1"), one(), kind="credit_note")
    assert codes(credit) == ["CREDIT-OVER"]


def test_a_role_may_be_named_for_a_code() -> None:
    result = compare(one(price="20"), one(), policy={"owners": {"PRICE-OVER": "buyer"}})
    assert [f.owner for f in result.findings] == ["buyer"]


def test_what_is_wrong_is_always_a_known_code_with_a_sentence_and_an_owner() -> None:
    result = compare(
        [one(price="20", quantity="30", rate="10"), one("2", unit="KGM", name="Oats")], one(rate="0")
    )
    assert len(result.findings) >= 3
    for found in result.findings:
        assert found.code in KINDS
        assert found.owner
        assert found.sentence.endswith(".")
        assert found.theirs
        assert found.ours


quantities = st.decimals(Decimal("-20"), Decimal("40"), places=2)


@given(
    st.lists(st.tuples(st.sampled_from(["1", "2", "9"]), quantities), min_size=1, max_size=8),
    st.booleans(),
    st.booleans(),
)
def test_whatever_is_invoiced_no_more_is_asked_for_than_is_there(
    lines: list[tuple[str, Decimal]], accepted: bool, credit: bool
) -> None:
    counted = {
        id: Counted(ordered=Decimal(10), received=Decimal(8), invoiced=Decimal(3)) for id in ("1", "2")
    }
    ledger = Ledger(lines=counted)
    order = Order(number="PO-1", supplier=SELLER, lines=(one("1"), one("2")), currency="AUD")
    known = Known("ord-1", order, {"1": "ord-1", "2": "ord-1"}, {"ord-1": ledger})
    billed = tuple(one(str(n), str(quantity), order_line=id) for n, (id, quantity) in enumerate(lines))
    bill = Bill(
        kind="credit_note" if credit else "invoice", number="I", supplier=SELLER, currency="AUD", lines=billed
    )
    result = Match(bill, {"PO-1": known}, ["PO-1"], Policy.model_validate(POLICY)).result(accepted)
    assert ledger.short("m", result.booking.get("ord-1", {})) == {}
    assert not result.booking or accepted or result.verdict == "clear"


def test_a_tenants_policy_stands_over_the_default() -> None:
    policies = Policies(POLICY, {"kestrel": {"receipts": "not_needed", "price": {"percent": "5"}}})
    assert policies.of("kestrel").needs_receipt("EA") is False
    assert policies.of("other").needs_receipt("EA") is True
    assert policies.of("other").needs_receipt("HUR") is False
    assert policies.of("kestrel").price.takes(Decimal(500), Decimal(10_000))
    with pytest.raises(ValueError, match="extra"):
        Policies({**POLICY, "tolerance": 3})
