from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.errors import Invalid
from services.suppliers.domain.identity import (
    is_abn,
    is_nzbn,
    of_invoice,
    of_name,
    of_number,
    supplier_ref,
)
from tests.data.ubl_documents import abn

abns = st.integers(0, 999_999_999).map(abn)


@given(abns, st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_makes_no_abn(good: str, place: int, shift: int) -> None:
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert is_abn(good)
    assert not is_abn(wrong)


@given(st.integers(0, 10**12 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_makes_no_nzbn(first: int, place: int, shift: int) -> None:
    plain = f"{first:012d}"
    check = (10 - sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(plain)) % 10) % 10
    good = f"{plain}{check}"
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert is_nzbn(good)
    assert not is_nzbn(wrong)


@given(abns, st.integers(0, 999), st.sampled_from(["0151", "0088", "", "9999"]), st.sampled_from("-. "))
def test_a_gst_branch_a_scheme_and_punctuation_make_no_other_supplier(
    number: str, branch: int, scheme: str, mark: str
) -> None:
    written = mark.join([number[:2], number[2:5], number[5:8], number[8:]])
    expected = f"0151:{number}"
    assert of_invoice(f"{scheme}:{written}", "any name") == expected
    assert of_invoice(f"{scheme}:{number}{branch:03d}", None) == expected
    assert of_number(written) == expected


@given(st.text(max_size=40))
def test_any_name_gives_an_id(name: str) -> None:
    ref = supplier_ref(of_name(name))
    assert ref.startswith("sup-")
    assert of_name(name) == of_name(of_name(name).removeprefix("name:"))


def test_without_a_number_the_name_is_the_identity() -> None:
    assert of_invoice(None, "Kookaburra Paper Pty. Ltd.") == of_invoice("", "KOOKABURRA  paper pty ltd")


@pytest.mark.parametrize("text", ["51824753557", "123", "", "abc", "9429033591477"])
def test_a_person_cannot_enter_a_wrong_number(text: str) -> None:
    with pytest.raises(Invalid):
        of_number(text)
