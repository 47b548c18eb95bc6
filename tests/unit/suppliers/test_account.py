from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.errors import Invalid
from services.suppliers.domain.account import Account, by_person, on_invoice


@given(st.text("0123456789", min_size=6, max_size=6), st.integers(1, 999_999_999))
def test_an_account_is_the_same_however_it_is_written(bsb: str, number: int) -> None:
    entered = by_person(bsb, str(number), "X")
    assert entered.key == by_person(f" {bsb[:3]}-{bsb[3:]} ", f"{number:,}".replace(",", " "), "Y").key
    assert on_invoice({"bsb": bsb, "account": str(number)}) is not None
    assert Account(bsb=bsb, account=str(number)).key == entered.key


@given(st.text(max_size=20), st.text(max_size=20))
def test_what_a_person_enters_is_an_account_or_refused(bsb: str, account: str) -> None:
    try:
        read = by_person(bsb, account, "")
    except Invalid:
        return
    assert read.account


@pytest.mark.parametrize(
    ("bsb", "account"),
    [
        ("12345", "1"),
        ("123456", "0000"),
        ("123456", "1234567890"),
        ("", "123"),
        ("", ""),
        ("", "12-3456-0123456-00"),
    ],
)
def test_what_no_bank_knows_is_refused(bsb: str, account: str) -> None:
    with pytest.raises(Invalid):
        by_person(bsb, account, "")


def test_a_new_zealand_account_has_no_bsb() -> None:
    assert by_person("", "12-3456-0123459-00", "X").account == "123456012345900"


def test_an_invoice_without_account_names_none() -> None:
    assert on_invoice(None) is None
    assert on_invoice({"code": "49"}) is None
