"""What takes the rules long is told from what does not by its bytes alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.invoices.judging.heavy import HEAVIEST, MANY, is_heavy, weight
from services.invoices.ports import LARGE_BYTES
from tests.data.ubl_documents import Bill, line

CLEAN = Bill("KP-1").xml()


@pytest.mark.parametrize("lines", [1, 20, 60])
def test_an_ordinary_invoice_is_judged_at_once(lines: int) -> None:
    assert not is_heavy(Bill("KP-1", lines=[line("Paper", "1.00")] * lines).xml())


@pytest.mark.parametrize(
    "element", [b"<cac:InvoiceLine/>", b"<x:y></x:y>", b"<cac:TaxSubtotal></cac:TaxSubtotal>"]
)
def test_an_element_that_is_there_too_often_is_judged_apart(element: bytes) -> None:
    place = CLEAN.index(b"<cac:TaxTotal>")
    assert is_heavy(CLEAN[:place] + element * (MANY + 1) + CLEAN[place:])
    assert not is_heavy(CLEAN[:place] + element * (MANY // 2) + CLEAN[place:])


def test_a_large_document_is_judged_apart() -> None:
    assert is_heavy(CLEAN + b" " * LARGE_BYTES)


@given(st.binary(max_size=3_000))
def test_any_bytes_are_told_apart(body: bytes) -> None:
    assert is_heavy(body) in (True, False)


def test_twice_the_elements_weigh_four_times_as_much_up_to_a_bound() -> None:
    many, twice, endless = (weight(b"<a>" * (MANY * times)) for times in (2, 4, 1_000))
    assert 3.5 < twice / many < 4.5
    assert endless == HEAVIEST
