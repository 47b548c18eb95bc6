from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.bill import account_of, bsb_of, money, why_held
from services.payments.domain.days import plan, workday
from tests.unit.payments.bills import ACCOUNT, TODAY, bill


def test_an_ordinary_invoice_is_payable() -> None:
    assert why_held(bill()) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "credit_note"}, "credit note"),
        ({"currency": "NZD"}, "NZD"),
        ({"payable_cents": 0}, "Nothing"),
        ({"payable_cents": -500}, "Nothing"),
        ({"payable_cents": 100_000_000_00}, "at most"),
        ({"payment": None}, "does not say how"),
        ({"payment": {**ACCOUNT, "code": "49"}}, "49"),
        ({"payment": {**ACCOUNT, "code": None}}, "does not say how"),
        ({"payment": {**ACCOUNT, "bsb": None}}, "BSB is missing"),
        ({"payment": {**ACCOUNT, "bsb": "12345"}}, "six digits"),
        ({"payment": {**ACCOUNT, "bsb": "NPP-EMAL", "account": "pay@example.com"}}, "PayID"),
        ({"payment": {**ACCOUNT, "bsb": "BPAY", "account": "12345"}}, "BPAY"),
        ({"payment": {**ACCOUNT, "bsb": "URI", "account": "https://example.com"}}, "website"),
        ({"payment": {**ACCOUNT, "account": "1234567890"}}, "account number"),
        ({"payment": {**ACCOUNT, "account": "000"}}, "account number"),
        ({"payment": {**ACCOUNT, "account": None}}, "account number"),
    ],
)
def test_what_a_bank_file_cannot_pay_is_held_with_a_reason(changes: dict[str, Any], words: str) -> None:
    assert words in (why_held(bill(**changes)) or "")


def test_a_new_zealand_account_is_held() -> None:
    payment = {**ACCOUNT, "bsb": None, "account": "1234560123456012"}
    assert why_held(bill(payment=payment)) is not None


@given(st.text(max_size=20))
def test_a_bsb_is_six_digits_or_none(text: str) -> None:
    bsb = bsb_of(text)
    assert bsb is None or (len(bsb) == 7 and bsb[3] == "-" and bsb.isascii())
    assert bsb is None or bsb_of(bsb) == bsb


@given(st.text(max_size=20))
def test_an_account_number_is_one_to_nine_digits_or_none(text: str) -> None:
    account = account_of(text)
    assert account is None or (1 <= len(account) <= 9 and account.isascii() and account.isdigit())


def test_money_reads_as_people_write_it() -> None:
    assert money(165_000) == "AUD 1,650.00"
    assert money(-5) == "AUD -0.05"


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_workday_is_no_weekend_and_at_most_two_days_later(day: date) -> None:
    moved = workday(day)
    assert moved.weekday() < 5
    assert 0 <= (moved - day).days <= 2
    assert moved == day or day.weekday() >= 5


def test_a_past_or_absent_day_means_today() -> None:
    assert plan(None, TODAY) == TODAY
    assert plan(date(2020, 1, 1), TODAY) == TODAY
    assert plan(date(2026, 3, 7), TODAY) == date(2026, 3, 9)
