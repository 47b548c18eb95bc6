"""The writer against a reader that knows only the positions table."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.errors import Invalid
from services.payments.domain import aba
from services.payments.domain.bill import MAX_CENTS
from services.payments.domain.entry import Entry
from tests.unit.payments.bills import POLICIES

PAYER = POLICIES.of("kestrel").payer
DAY = date(2026, 3, 2)

HEADER = {
    "type": (1, 1),
    "blank_a": (2, 18),
    "reel": (19, 20),
    "bank": (21, 23),
    "blank_b": (24, 30),
    "user_name": (31, 56),
    "user_id": (57, 62),
    "description": (63, 74),
    "date": (75, 80),
    "blank_c": (81, 120),
}
DETAIL = {
    "type": (1, 1),
    "bsb": (2, 8),
    "account": (9, 17),
    "indicator": (18, 18),
    "code": (19, 20),
    "cents": (21, 30),
    "title": (31, 62),
    "reference": (63, 80),
    "trace_bsb": (81, 87),
    "trace_account": (88, 96),
    "remitter": (97, 112),
    "tax": (113, 120),
}
TOTAL = {
    "type": (1, 1),
    "filler": (2, 8),
    "blank_a": (9, 20),
    "net": (21, 30),
    "credit": (31, 40),
    "debit": (41, 50),
    "blank_b": (51, 74),
    "count": (75, 80),
    "blank_c": (81, 120),
}


def read(body: bytes) -> tuple[dict[str, str], list[dict[str, str]], dict[str, str]]:
    """Return header, details and total by the positions that banks print."""
    text = body.decode("ascii")
    assert text.endswith("\r\n")
    lines = text[:-2].split("\r\n")
    assert all(len(line) == 120 and line.isprintable() for line in lines)

    def fields(line: str, table: dict[str, tuple[int, int]]) -> dict[str, str]:
        assert sum(last - first + 1 for first, last in table.values()) == 120
        return {name: line[first - 1 : last] for name, (first, last) in table.items()}

    return (
        fields(lines[0], HEADER),
        [fields(line, DETAIL) for line in lines[1:-1]],
        fields(lines[-1], TOTAL),
    )


def entry(**changes: Any) -> Entry:
    fields: dict[str, Any] = {
        "payment_id": "pay-1",
        "invoice_id": "inv-1",
        "supplier": "Kestrel",
        "bsb": "062-000",
        "account": "12345678",
        "name": "Kestrel Paper",
        "reference": "INV-7",
        "amount_cents": 50_000,
    }
    return Entry.model_validate({**fields, **changes})


entries = st.builds(
    Entry,
    payment_id=st.from_regex(r"pay-[a-z2-7]{26}", fullmatch=True),
    invoice_id=st.just("inv-1"),
    supplier=st.text(max_size=40),
    bsb=st.from_regex(r"(?!00)[0-9]{3}-[0-9]{3}", fullmatch=True).filter(str.isascii),
    account=st.integers(1, 999_999_999).map(str),
    name=st.text(max_size=60),
    reference=st.text(max_size=40),
    amount_cents=st.integers(1, MAX_CENTS // 50),
)


@given(st.lists(entries, min_size=1, max_size=50), st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_what_the_file_says_is_what_is_paid(payments: list[Entry], day: date) -> None:
    header, details, total = read(aba.write(PAYER, payments, day))
    assert header["type"] == "0"
    assert header["date"] == day.strftime("%d%m%y")
    assert [d["bsb"] for d in details] == [p.bsb for p in payments]
    assert [d["account"].strip() for d in details] == [p.account for p in payments]
    assert [int(d["cents"]) for d in details] == [p.amount_cents for p in payments]
    assert {(d["type"], d["code"], d["indicator"], d["tax"]) for d in details} == {
        ("1", "50", " ", "00000000")
    }
    assert all(d["reference"][0] not in " 0-" and d["title"].strip() for d in details)
    assert all(d["account"] == d["account"].strip().rjust(9) for d in details)
    credit = sum(p.amount_cents for p in payments)
    assert (int(total["net"]), int(total["credit"]), int(total["debit"])) == (credit, credit, 0)
    assert int(total["count"]) == len(payments)
    assert total["filler"] == "999-999"
    blanks = [v for part in (header, total) for k, v in part.items() if k.startswith("blank")]
    assert not "".join(blanks).strip()


@given(st.lists(entries, min_size=1, max_size=5))
def test_the_same_payments_are_the_same_bytes(payments: list[Entry]) -> None:
    assert aba.write(PAYER, payments, DAY) == aba.write(PAYER, list(payments), DAY)


def test_a_known_file_byte_by_byte() -> None:
    body = aba.write(PAYER, [entry(reference="INV-7", name="Müller & Søn \u2013 Łódź")], DAY)
    assert body.decode().split("\r\n") == [
        "0                 01WBC       FINNEST DEMO PTY LTD      301500CREDITORS   020326" + " " * 40,
        "1062-000 12345678 500000050000Muller & Son - Lodz             INV-7             "
        "032-000   123456FINNEST DEMO    00000000",
        "7999-999            000005000000000500000000000000                        000001" + " " * 40,
        "",
    ]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ñandú  Straße", "Nandu Strasse"),
        ("O\u2019Brien \u2013 \u201cSons\u201d", 'O\'Brien - "Sons"'),
        ("line\r\nbreak\ttab\x00", "line break tab"),
        ("漢字", ""),
        ("ﬁne ①", "fine 1"),
    ],
)
def test_texts_become_ascii(text: str, plain: str) -> None:
    assert aba.ascii_text(text) == plain


@given(st.text())
def test_no_text_leaves_printable_ascii(text: str) -> None:
    plain = aba.ascii_text(text)
    assert plain.isascii()
    assert not plain or plain.isprintable()
    assert aba.ascii_text(plain) == plain


@pytest.mark.parametrize(("reference", "shown"), [("00-7 x", "7 x"), ("---", "PAYMENT"), ("漢", "PAYMENT")])
def test_a_reference_begins_with_something_the_bank_takes(reference: str, shown: str) -> None:
    _, details, _ = read(aba.write(PAYER, [entry(reference=reference)], DAY))
    assert details[0]["reference"].rstrip() == shown


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_cents": 0},
        {"amount_cents": -1},
        {"amount_cents": MAX_CENTS + 1},
        {"bsb": "062000"},
        {"bsb": ""},
        {"account": "1234567890"},
        {"account": ""},
        {"account": "12a"},
    ],
)
def test_what_the_format_cannot_carry_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        aba.write(PAYER, [entry(**changes)], DAY)


def test_the_largest_amount_fits_and_a_larger_total_does_not() -> None:
    _, _, total = read(aba.write(PAYER, [entry(amount_cents=MAX_CENTS)], DAY))
    assert int(total["credit"]) == 9_999_999_999
    with pytest.raises(Invalid):
        aba.write(PAYER, [entry(amount_cents=MAX_CENTS), entry(amount_cents=1)], DAY)


def test_a_file_without_payments_is_refused() -> None:
    with pytest.raises(Invalid):
        aba.write(PAYER, [], DAY)
