"""Orders and receipts in JSON: the same as in UBL, and nothing is ignored."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from finnest.errors import Invalid
from services.matching.documents import forms, ubl
from tests.data.ubl_documents import PAPER, line
from tests.data.ubl_orders import Purchase

ORDER: dict[str, Any] = {
    "number": "PO-1",
    "supplier": {"name": PAPER.name, "abn": PAPER.abn},
    "lines": [{"id": "1", "name": "Bolt", "quantity": 500, "price": 48, "base_quantity": 100}],
}
RECEIPT: dict[str, Any] = {
    "number": "R-1",
    "order_id": "ord-1",
    "lines": [{"order_line": "1", "quantity": 1}],
}


def changed(form: dict[str, Any], **of_line: Any) -> bytes:
    (one,) = form["lines"]
    return json.dumps({**form, "lines": [{**one, **of_line}]}).encode()


def test_a_line_in_json_says_what_a_line_in_ubl_says() -> None:
    bolt = line("Bolt", "48", "500", base="100", item="B-8", extra="-5.00")
    (theirs,) = ubl.order(Purchase("PO-1", PAPER, [bolt]).xml()).lines
    more = {"sellers_id": "B-8", "gst": 10, "allowances": "7.50", "charges": "2.50", "net": "235.00"}
    (ours,) = forms.order(changed(ORDER, **more), "AUD").lines
    assert ours == theirs


def test_a_line_knows_how_many_items_are_in_a_unit() -> None:
    (one,) = forms.order(changed(ORDER, unit="XCT", pack=60), "AUD").lines
    assert (one.unit, one.pack, one.net, one.extra) == ("XCT", 60, None, 0)
    (computed,) = forms.order(changed(ORDER, charges=4), "AUD").lines
    assert computed.worth == Decimal(244)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (json.dumps({**ORDER, "charge": 5}).encode(), "charge"),
        (changed(ORDER, base=100), "lines.0.base"),
        (json.dumps({**ORDER, "supplier": {"name": "A", "ABN": "1"}}).encode(), "supplier.ABN"),
    ],
)
def test_a_field_that_is_not_there_is_refused_by_its_name(body: bytes, where: str) -> None:
    with pytest.raises(Invalid) as caught:
        forms.order(body, "AUD")
    assert (caught.value.slug, caught.value.detail) == (
        "unknown-field",
        f"{where}: there is no such field here",
    )


def test_so_is_one_of_a_receipt() -> None:
    for body in (json.dumps({**RECEIPT, "at": "today"}).encode(), changed(RECEIPT, qty=1)):
        with pytest.raises(Invalid) as caught:
            forms.receipt(body)
        assert caught.value.slug == "unknown-field"


def test_an_order_without_a_currency_is_in_that_of_the_company() -> None:
    assert forms.order(changed(ORDER), "NZD").currency == "NZD"
    assert forms.order(changed({**ORDER, "currency": "USD"}), "NZD").currency == "USD"


@pytest.mark.parametrize("wrong", [{"allowances": -1}, {"charges": "x"}, {"pack": 0}, {"net": "NaN"}])
def test_amounts_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        forms.order(changed(ORDER, **wrong), "AUD")
