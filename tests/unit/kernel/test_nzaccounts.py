"""New Zealand accounts by the published ranges and weights of Inland Revenue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest import nzaccounts
from finnest.nzaccounts import fault_of, nz_account, said_of

LINEAR = {
    "A": ("010139", 0, 989_999),
    "B": ("010139", 990_000, 9_999_999),
    "D": ("086500", 0, 9_999_999),
    "F": ("252500", 0, 9_999_999),
}
"""Algorithms whose weights tell all digits of a place apart: a bank and branch, lowest and highest account base."""
BANKS = ["010139", "086500", "090000", "252500", "262600"]
bases = st.integers(0, 9_999_999).map("{:07d}".format)
suffixes = st.one_of(st.integers(0, 99).map("{:02d}".format), st.integers(0, 999).map("{:03d}".format))


@pytest.mark.parametrize("account", ["01-0902-0068389-00", "08-6523-1954512-001", "26-2600-0320871-032"])
def test_the_examples_of_inland_revenue_are_right(account: str) -> None:
    digits = nz_account(account)
    assert digits is not None
    assert fault_of(digits) is None


@pytest.mark.parametrize("account", ["01-0902-0068388-00", "08-6523-1954513-001", "26-2600-0320872-032"])
def test_one_other_digit_makes_them_wrong(account: str) -> None:
    digits = nz_account(account)
    assert digits is not None
    assert fault_of(digits) == "digits"
    assert (
        said_of(digits, "digits")
        == f"The New Zealand account {account} does not have the right check digits."
    )


@pytest.mark.parametrize("account", ["05-8884-0068389-00", "01-1000-0068389-00", "99-0001-0068389-000"])
def test_a_branch_in_no_range_is_neither_right_nor_wrong(account: str) -> None:
    digits = nz_account(account)
    assert digits is not None
    assert fault_of(digits) == "branch"
    assert "in no range" in said_of(digits, "branch")


@pytest.mark.parametrize("place", [9, 10, 11, 12])
@pytest.mark.parametrize("algorithm", LINEAR)
@given(data=st.data(), suffix=suffixes)
def test_of_ten_digits_in_one_place_one_at_most_is_right(
    algorithm: str, place: int, data: st.DataObject, suffix: str
) -> None:
    branch, lowest, highest = LINEAR[algorithm]
    base = data.draw(st.integers(lowest, highest))
    account = f"{branch}{base:07d}{suffix}"
    all_ten = [f"{account[:place]}{digit}{account[place + 1 :]}" for digit in range(10)]
    assert sum(fault_of(one) is None for one in all_ten) <= 1


@given(bases, suffixes)
def test_a_bank_whose_accounts_have_no_check_digit_takes_them_all(base: str, suffix: str) -> None:
    assert fault_of(f"312800{base}{suffix}") is None


@given(st.sampled_from(BANKS), bases, st.integers(0, 99).map("{:02d}".format))
def test_a_suffix_of_two_digits_is_the_same_with_a_zero_before_it(bank: str, base: str, suffix: str) -> None:
    assert fault_of(bank + base + suffix) == fault_of(f"{bank}{base}0{suffix}")


@given(st.text("0123456789 -", max_size=24))
def test_whatever_has_the_form_is_judged(text: str) -> None:
    digits = nz_account(text)
    assert digits is None or (len(digits) in (15, 16) and fault_of(digits) in (None, "digits", "branch"))


@given(st.text(max_size=30))
def test_an_account_is_15_or_16_digits_or_none(text: str) -> None:
    account = nz_account(text)
    assert account is None or (len(account) in (15, 16) and account.isascii() and account.isdigit())


def test_every_bank_has_ranges_that_go_up() -> None:
    for ranges in nzaccounts._BRANCHES.values():  # pyright: ignore[reportPrivateUsage]
        edges = [edge for pair in ranges for edge in pair]
        assert edges == sorted(edges)
