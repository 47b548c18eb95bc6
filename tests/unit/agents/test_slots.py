"""Values are found in sentences as people of Australia and New Zealand write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.agents.models.rules.days import day
from finnest.agents.models.rules.names import documents, names
from finnest.agents.models.rules.slots import choice, find, money, reason
from tests.evaluation.world import TODAY


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("below $500", None, "500"),
        ("under 500 dollars", None, "500"),
        ("over $1.2k", "1200", None),
        ("above A$1,000.50", "1000.50", None),
        ("less than NZ$ 2,000", None, "2000"),
        ("at least 75 bucks", "75", None),
        ("no more than $99.95", None, "99.95"),
        ("between $200 and $800", "200", "800"),
        ("from 1k to 2k", "1000", "2000"),
        ("$250 or less", None, "250"),
        ("5k or more", "5000", None),
        ("within 10 days", None, None),
        ("over the next 30 days", None, None),
        ("over 5 invoices", None, None),
        ("up to 15 July", None, None),
        ("the $480 one", None, None),
    ],
)
def test_amounts_are_bounds_only_where_the_sentence_says_so(
    text: str, least: str | None, most: str | None
) -> None:
    assert (money(text, "min"), money(text, "max")) == (least, most)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("today", "2026-06-10"),
        ("tomorrow", "2026-06-11"),
        ("the day after tomorrow", "2026-06-12"),
        ("on Friday", "2026-06-12"),
        ("Wednesday", "2026-06-10"),
        ("next Friday", "2026-06-19"),
        ("Monday", "2026-06-15"),
        ("in two weeks", "2026-06-24"),
        ("over the next 10 days", "2026-06-20"),
        ("the coming fortnight", "2026-06-24"),
        ("30 June", "2026-06-30"),
        ("1st of July", "2026-07-01"),
        ("July 15", "2026-07-15"),
        ("3 March", "2027-03-03"),
        ("7 July 2026", "2026-07-07"),
        ("20/06/2026", "2026-06-20"),
        ("15/6", "2026-06-15"),
        ("2026-06-25", "2026-06-25"),
        ("the 15th", "2026-06-15"),
        ("the 5th", "2026-07-05"),
        ("end of month", "2026-06-30"),
        ("the end of the month", "2026-06-30"),
        ("end of July", "2026-07-31"),
        ("next month", "2026-07-31"),
        ("this week", "2026-06-14"),
        ("31 February", None),
        ("2026-02-30", None),
        ("invoice 2024/77", None),
        ("we may pay", None),
    ],
)
def test_a_day_is_the_next_one_of_its_name(text: str, meant: str | None) -> None:
    assert day(text, TODAY) == meant


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("why is INV-123 on hold", ["INV-123"]),
        ("KP-10231-A?", ["KP-10231-A"]),
        ("invoice 2024/77.", ["2024/77"]),
        ("SB0001's payment", ["SB0001"]),
        ("about #88123", ["88123"]),
        ("invoice no. 70021", ["70021"]),
        ("inv-9f3k2m7q status", ["inv-9f3k2m7q"]),
        ("INV-1, INV-2 and INV-1", ["INV-1", "INV-2"]),
        ("compare KP-10231 with order PO-2026-0117", ["KP-10231"]),
        ("order PO-2026-0117", ["PO-2026-0117"]),
        ("$10000 by 2026-06-30 or 30/06/2026", []),
        ("in 10 days, 15% of 500 dollars, ISO 20022, the 15th", []),
        ("A4 paper of 3D Print Works", []),
    ],
)
def test_numbers_of_documents_are_told_from_amounts_and_days(text: str, found: list[str]) -> None:
    assert documents(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from Acme", ["Acme"]),
        ("Acme's invoices", ["Acme"]),
        ("is Kauri Paper verified?", ["Kauri Paper"]),
        ("of O'Brien & Sons", ["O'Brien & Sons"]),
        ("for 3D Print Works", ["3D Print Works"]),
        ("from Acme and from Kauri Paper", ["Acme", "Kauri Paper"]),
        ("Ngā Manu Catering", ["Ngā Manu Catering"]),
        ('the supplier "Friday and Sons"', ["Friday and Sons"]),
        ("from Supplier 12 Pty Ltd", ["Supplier 12 Pty Ltd"]),
        ("from wattle stationery", ["wattle stationery"]),
        ("Approve everything on Friday 12 June", []),
        ("Show me INV-4402 please", []),
    ],
)
def test_names_are_told_from_the_words_of_the_trade(text: str, found: list[str]) -> None:
    assert names(text, {"approve", "invoices", "show"}) == found


def test_the_reason_is_what_follows_because() -> None:
    assert reason("cancel INV-1 because the goods never arrived.", TODAY) == "the goods never arrived"
    assert reason("reject INV-1, reason: duplicate", TODAY) == "duplicate"
    assert reason("open a pay run as ISO 20022", TODAY) is None


def test_of_two_choices_the_longer_phrase_is_meant() -> None:
    schema = {
        "anyOf": [{"enum": ["matched", "unmatched", "paid", "awaiting_approval", "approved"]}],
        "x-slot": {"kind": "choice", "words": {"waiting for approval": "awaiting_approval"}},
    }
    said = {
        "the unmatched ones": "unmatched",
        "invoices waiting for approval": "awaiting_approval",
        "awaiting approval": "awaiting_approval",
        "payments": None,
        "paid": "paid",
    }
    assert {text: choice(schema, text) for text in said} == said


@given(st.text(max_size=200))
def test_whatever_the_text_values_are_well_formed(text: str) -> None:
    found = find({"x-slot": {"kind": "date"}}, text, TODAY)
    assert found is None or date.fromisoformat(found)
    for bound in ("min", "max"):
        amount = find({"x-slot": {"kind": "money", "bound": bound}}, text, TODAY)
        assert amount is None or float(amount) >= 0
    assert all(one in text for one in documents(text))
