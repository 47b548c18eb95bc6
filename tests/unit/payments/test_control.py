"""The figures of a file, by which a person compares it with what the bank shows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.control import HASH_DIGITS, control, hash_total
from services.payments.domain.entry import Entry
from tests.unit.payments.test_aba import entries, entry


def test_the_hash_total_is_that_of_the_accounts() -> None:
    two = [entry(bsb="062-000", account="12345678"), entry(bsb="032-000", account="1")]
    assert hash_total(two) == f"{62_000_012_345_678 + 32_000_000_000_001:011d}"[-11:] == "00012345679"


def test_of_a_new_zealand_account_branch_and_base_count() -> None:
    kiwi = [entry(bsb="", account="0101390012348000"), entry(bsb="", account="120044123456700")]
    assert hash_total(kiwi) == f"{1390012348 + 441234567:011d}"


@given(st.lists(entries, max_size=20))
def test_the_figures_are_those_of_what_is_paid_in_any_order(payments: list[Entry]) -> None:
    found = control(payments, "f" * 64)
    assert found == control(payments[::-1], "f" * 64)
    assert (found.count, found.total_cents) == (len(payments), sum(one.amount_cents for one in payments))
    assert len(found.hash_total) == HASH_DIGITS


@given(st.lists(entries, min_size=1, max_size=5))
def test_what_credit_notes_cover_is_not_in_the_figures(payments: list[Entry]) -> None:
    covered = payments[0].model_copy(update={"amount_cents": 0})
    assert control([covered, *payments[1:]], "") == control(payments[1:], "")
