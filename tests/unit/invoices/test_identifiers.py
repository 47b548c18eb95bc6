"""ABN, NZBN, BSB, invoice numbers and the hard duplicate key."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.invoices.documents.facts import InvoiceFacts, Party
from services.invoices.documents.identifiers import (
    duplicate_key,
    is_abn,
    is_nzbn,
    normal_bsb,
    normal_number,
    normal_party_id,
    plain_number,
)
from tests.data.ubl_documents import PAPER, SUPPLIERS, abn

abns = st.integers(0, 999_999_999).map(abn)
numbers = st.text(string.ascii_letters + string.digits + " -/._#", min_size=1, max_size=30)


def test_known_identifiers_are_right() -> None:
    assert all(is_abn(text) for text in ("51824753556", "47555222000"))
    assert is_nzbn("9429033591476")


@pytest.mark.parametrize("text", ["", "51 824 753 556", "5182475355", "51824753557", "٥١٨٢٤٧٥٣٥٥٦"])
def test_other_texts_are_no_abn(text: str) -> None:
    assert not is_abn(text)


@pytest.mark.parametrize("text", ["", "942903359147", "9429033591477", "94290335914760"])
def test_other_texts_are_no_nzbn(text: str) -> None:
    assert not is_nzbn(text)


@given(abns, st.integers(0, 10), st.integers(1, 9))
def test_any_single_wrong_digit_breaks_an_abn(good: str, position: int, by: int) -> None:
    assert is_abn(good)
    digit = (int(good[position]) + by) % 10
    assert not is_abn(good[:position] + str(digit) + good[position + 1 :])


@given(st.integers(0, 12), st.integers(1, 9))
def test_any_single_wrong_digit_breaks_an_nzbn(position: int, by: int) -> None:
    good = "9429033591476"
    digit = (int(good[position]) + by) % 10
    assert not is_nzbn(good[:position] + str(digit) + good[position + 1 :])


def test_the_made_up_suppliers_have_right_abns() -> None:
    assert all(is_abn(company.abn) for company in SUPPLIERS)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("062-914", "062914"),
        (" 062914 ", "062914"),
        ("062 914", None),
        ("06291", None),
        ("0629145", None),
        ("NPP", None),
        ("", None),
    ],
)
def test_a_bsb_is_six_digits(text: str, normal: str | None) -> None:
    assert normal_bsb(text) == normal


@given(numbers)
def test_a_normal_number_is_its_own_normal_form(number: str) -> None:
    once = normal_number(number)
    assert normal_number(once) == once


@given(numbers, st.sampled_from(" -/._#"), st.integers(0, 30))
def test_case_blanks_and_punctuation_do_not_make_another_number(
    number: str, mark: str, position: int
) -> None:
    altered = number[:position] + mark + number[position:]
    assert normal_number(altered.swapcase()) == normal_number(number)


def test_leading_zeros_do_not_make_another_number() -> None:
    assert normal_number("0012") == normal_number("12")
    assert normal_number("000") == "0"
    assert normal_number("-/ ") == ""


@given(numbers, st.integers(0, 30), st.integers(0, 3))
def test_a_plain_number_forgets_case_blanks_and_leading_zeros_only(
    number: str, place: int, zeros: int
) -> None:
    altered = "0" * zeros + f"{number[:place]} {number[place:]}".strip().swapcase()
    assume(plain_number(number).strip("0"))
    assert plain_number(altered) == plain_number(number)
    assert plain_number(plain_number(number)) == plain_number(number)


def test_punctuation_makes_another_plain_number() -> None:
    assert len({plain_number(text) for text in ("KP-12", "KP/12", "KP12", "KP 12")}) == 3
    assert plain_number("0000") == "0"


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_different_plain_numbers_stay_different(one: int, other: int) -> None:
    assume(one != other)
    assert normal_number(str(one)) != normal_number(str(other))


@given(abns, st.integers(0, 999))
def test_a_gst_branch_is_the_same_supplier(good: str, branch: int) -> None:
    assert normal_party_id("0151", f"{good}{branch:03d}") == normal_party_id("0151", good)
    assert normal_party_id(None, f"{good[:2]} {good[2:]}") == normal_party_id("0151", good)


def _invoice(number: str | None, identifier: str | None, **fields: str) -> InvoiceFacts:
    supplier = Party(scheme="0151", identifier=identifier)
    return InvoiceFacts.model_validate({"kind": "invoice", "number": number, "supplier": supplier, **fields})


def test_the_key_is_missing_when_supplier_or_number_is() -> None:
    assert duplicate_key(_invoice(None, PAPER.abn)) is None
    assert duplicate_key(_invoice("--", PAPER.abn)) is None
    assert duplicate_key(_invoice("1", None)) is None


@given(numbers, abns)
def test_one_bill_has_one_key_and_a_credit_note_another(number: str, supplier: str) -> None:
    assume(normal_number(number))
    key = duplicate_key(_invoice(number, supplier))
    assert key is not None
    assert key == duplicate_key(_invoice(f" {number.lower()}", f"{supplier}001"))
    assert key != duplicate_key(_invoice(number, supplier, kind="credit_note"))


@given(abns, abns)
def test_two_suppliers_never_share_a_key(one: str, other: str) -> None:
    assume(one != other)
    assert duplicate_key(_invoice("1", one)) != duplicate_key(_invoice("1", other))
