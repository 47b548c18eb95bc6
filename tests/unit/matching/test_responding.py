"""The rules of order responses: what they make of an order, whatever they say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.errors import Invalid
from services.matching.adapters import SHIPPED, read_policies
from services.matching.documents.papers import Line, Order, OrderResponse, Party, ResponseLine
from services.matching.domain.comparing import each
from services.matching.domain.policy import Policy
from services.matching.domain.responding import answered

HOLD = read_policies(SHIPPED.parent).of("anybody")
FOLLOW = HOLD.model_copy(update={"responses": "follow"})
LINE = Line(
    id="1", name="Rope", quantity=Decimal(10), unit="EA", price=Decimal(8), net=Decimal(75), extra=Decimal(-5)
)
ORDER = Order(
    number="PO-1", supplier=Party(name="A"), lines=(LINE, Line(id="2", quantity=Decimal(3), unit="KGM"))
)


def said(**changes: Any) -> ResponseLine:
    given_ = {
        "id": "1",
        "order_line": "1",
        "status": "3",
        "unit": "EA",
        "stated": "quantity" in changes,
        **changes,
    }
    return ResponseLine.model_validate(given_)


def after(*lines: ResponseLine, code: str = "CA", policy: Policy = FOLLOW) -> Line:
    response = OrderResponse(number="OR-1", supplier=Party(), order="PO-1", code=code, lines=lines)
    return answered(ORDER, response, policy).order.lines[0]


def test_net_and_extras_follow_the_quantity() -> None:
    line = after(said(quantity=4))
    assert (line.quantity, line.net, line.extra, line.price) == (4, 30, -2, 8)


def test_a_new_price_makes_a_new_net() -> None:
    line = after(said(quantity=10, price=90, base=10))
    assert (line.price, line.base, line.net, line.worth) == (90, 10, None, 85)


def test_the_quantity_is_in_the_orders_unit_whatever_the_response_counts_in() -> None:
    line = after(said(quantity=1, unit="DZN", price=96))
    assert (line.quantity, line.unit, line.price) == (12, "EA", 8)
    with pytest.raises(Invalid):
        after(said(quantity=1, unit="KGM"))


def test_lines_about_one_line_are_parts_of_it() -> None:
    assert after(said(quantity=4), said(id="2", quantity=5)).quantity == 9
    assert after(said(quantity=4), said(id="2", status="7")).quantity == 4
    assert after(said(status="7"), said(id="2", status="7")).quantity == 0


def test_a_line_more_is_ordered_only_where_responses_are_followed() -> None:
    more = said(id="9", order_line="", status="1", quantity=2, name="Hook")
    response = OrderResponse(number="OR-1", supplier=Party(), order="PO-1", code="CA", lines=(more,))
    followed, held = answered(ORDER, response, FOLLOW), answered(ORDER, response, HOLD)
    assert [line.id for line in followed.order.lines] == ["1", "2", "9"]
    assert (held.order, held.answers) == (ORDER, {})
    assert held.summary == "Order response OR-1: accepted with changes: line 9 was not ordered."


@pytest.mark.parametrize("status", ["5", "42"])
def test_what_is_accepted_or_delivered_already_is_as_ordered(status: str) -> None:
    assert after(said(status=status)) == LINE


def test_only_what_comes_with_changes_changes_lines() -> None:
    assert after(said(status="7"), code="AP") == after(said(status="7"), code="AB") == LINE


numbers = st.decimals(min_value=0, max_value=50, places=2)
lines = st.builds(
    ResponseLine,
    id=st.just("1"),
    order_line=st.just("1"),
    unit=st.just("EA"),
    stated=st.just(True),
    sellers_id=st.just("X"),
    quantity=numbers,
    price=st.none() | numbers,
    status=st.sampled_from(["3", "5", "7", "42"]),
    substitute=st.booleans(),
)


@given(st.lists(lines, min_size=1, max_size=3), st.sampled_from(["AB", "AP", "CA", "RE"]))
def test_where_responses_are_held_nothing_is_ever_more_than_was_ordered(
    given_: list[ResponseLine], code: str
) -> None:
    line = after(*given_, code=code, policy=HOLD)
    assert 0 <= line.quantity <= LINE.quantity
    assert (each(line) or 0) <= (each(LINE) or 0) + Decimal("0.000001") or line.quantity == 0
    assert line.sellers_id == LINE.sellers_id


@given(st.lists(lines, min_size=1, max_size=3), st.sampled_from(["AB", "AP", "CA", "RE"]))
def test_an_answered_order_can_be_written_and_read_again(given_: list[ResponseLine], code: str) -> None:
    response = OrderResponse(number="OR-1", supplier=Party(), order="PO-1", code=code, lines=tuple(given_))
    order = answered(ORDER, response, FOLLOW).order
    assert Order.model_validate_json(order.model_dump_json()) == order
