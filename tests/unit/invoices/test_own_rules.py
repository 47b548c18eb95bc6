"""Our own findings: each fires on its fault, and a clean document has none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.invoices.documents.ubl import read
from services.invoices.judging.own_rules import check
from tests.data.demo_people import TIMBER
from tests.data.ubl_documents import ISSUED, Bill, line

TODAY = date(2026, 11, 24)


def _found(body: bytes, today: date = TODAY) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity) for finding in check(read(body), today)]


def test_a_clean_document_has_no_own_finding() -> None:
    assert _found(Bill("1").xml()) == []
    assert _found(Bill("1", corrects="0").xml()) == []


def test_a_credit_note_whose_tax_total_is_not_the_sum_is_fatal() -> None:
    body = Bill("1", corrects="0", tax_total=Decimal(500)).xml()
    assert _found(body) == [("FN-CREDIT-TAX-TOTAL", "fatal")]


def test_a_gst_rate_that_is_no_law_is_fatal() -> None:
    assert ("FN-GST-RATE", "fatal") in _found(Bill("1", lines=[line("a", "1.00", gst="12")]).xml())
    assert _found(Bill("1", lines=[line("a", "1.00", gst="0")]).xml()) == []


def test_a_new_zealand_rate_is_lawful_between_the_two_countries() -> None:
    body = Bill("1", lines=[line("a", "1.00", gst="15")]).xml()
    assert {rule for rule, _ in _found(body)} == {"FN-GST-RATE"}
    buyer_in_nz = body.replace(b">AU<", b">NZ<", 2).replace(b">NZ<", b">AU<", 1)
    assert _found(buyer_in_nz) == []


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 6, 1), []),
        (date(2026, 5, 31), []),
        (date(2026, 5, 30), [("FN-DATE-FUTURE", "warning")]),
        (date(2024, 5, 30), [("FN-DATE-FUTURE", "fatal")]),
    ],
)
def test_an_issue_date_in_the_future_is_seen(today: date, expected: list[tuple[str, str]]) -> None:
    assert _found(Bill("1", issued=ISSUED).xml(), today) == expected


@pytest.mark.parametrize(
    ("bsb", "account", "rules"),
    [
        ("062-914", "10482217", []),
        ("062914", "1048 2217", []),
        ("NPP-EMAL", "pay@example.com", []),
        ("BPAY", "123456", []),
        ("06291", "10482217", ["FN-BSB"]),
        ("", "10482217", ["FN-BSB"]),
        ("062-914", "1048221799", ["FN-ACCOUNT"]),
        ("BSB Number", "AccountNumber", ["FN-BSB", "FN-ACCOUNT"]),
    ],
)
def test_bank_details_of_a_wrong_shape_are_a_warning(bsb: str, account: str, rules: list[str]) -> None:
    found = _found(Bill("1", bsb=bsb, account=account).xml())
    if bsb in ("NPP-EMAL", "BPAY"):
        found = [one for one in found if one[0] == "FN-BSB"]
    assert found == [(rule, "warning") for rule in rules]


def test_decimals_that_the_currency_does_not_have_are_fatal() -> None:
    assert ("FN-AMOUNT-PRECISION", "fatal") in _found(
        Bill("1", lines=[line("a", "1.50")], currency="JPY").xml()
    )


@given(st.sampled_from(["IssueDate", "Percent", "ID", "TaxAmount", "CompanyID"]), st.text("x9.- "))
def test_own_rules_never_fail(name: str, value: str) -> None:
    body = Bill("1", corrects="0").xml().decode()
    body = re.sub(rf"(<cbc:{name}[^>]*>)[^<]*", lambda m: m.group(1) + value, body)
    list(check(read(body.encode()), TODAY))


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("01-0902-0068389-00", None),
        ("01-0902-0068388-00", "does not have the right check digits"),
        ("05-8884-0068389-00", "in no range"),
        ("0902-0068389-00", "15 or 16 digits"),
    ],
)
def test_a_new_zealand_account_is_looked_at_whole(account: str, words: str | None) -> None:
    body = Bill("1", replace(TIMBER, account=account), lines=(line("Boards", "3.00", gst="15"),)).xml()
    found = list(check(read(body), TODAY))
    assert [(finding.rule, finding.severity) for finding in found] == [("FN-ACCOUNT", "warning")] * bool(
        words
    )
    assert words is None or words in found[0].message
