"""Amounts are exact: text to minor units and nothing in between."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.invoices.documents.money import MAX_MINOR, amount, minor_units


@given(st.integers(-MAX_MINOR, MAX_MINOR))
def test_every_amount_of_cents_is_read_exactly(cents: int) -> None:
    text = f"{Decimal(cents) / 100:.2f}"
    assert minor_units(text, "AUD") == cents
    assert minor_units(f" 000{text}0000" if cents >= 0 else text, "AUD") == cents


@given(st.text(max_size=50))
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert minor_units(text, "AUD") is None or amount(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "1e3",
        "NaN",
        "Infinity",
        "1,000.00",
        "$1",
        "1.005",
        "0x1",
        "--1",
        "\u0661",
        ".",
    ],
)
def test_what_is_no_amount_of_cents_is_none(text: str | None) -> None:
    assert minor_units(text, "AUD") is None


def test_an_amount_out_of_range_is_none() -> None:
    assert minor_units(str(MAX_MINOR), "AUD") is None
    assert minor_units("9" * 39, "AUD") is None
    assert minor_units("1" * 1_000_000, "AUD") is None


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("440", "AUD", 44000),
        ("440.00", "NZD", 44000),
        (".5", "AUD", 50),
        ("-10.10", "AUD", -1010),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("500.50", "JPY", None),
        ("1.25", "KWD", 1250),
        ("1.255", "KWD", None),
        ("1", None, None),
    ],
)
def test_the_currency_decides_the_decimals(text: str, currency: str | None, minor: int | None) -> None:
    assert minor_units(text, currency) == minor
