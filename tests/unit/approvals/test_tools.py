"""The tool that lists approvals finds those that are meant, and no others."""

from __future__ import annotations

import pytest

from services.approvals.tools import chosen

ITEMS = [
    {"id": "a", "about": '{"supplier": "Supplier 1 Pty Ltd", "number": "INV-1"}', "why": "much", "amount_cents": 100_00},
    {"id": "b", "about": '{"supplier": "Supplier 12 Pty Ltd", "number": "INV-10"}', "why": "new", "amount_cents": 900_00},
    {"id": "c", "about": '{"supplier": "Kauri Paper", "number": "KP-1"}', "why": "bank account", "amount_cents": None},
]  # fmt: skip


@pytest.mark.parametrize(
    ("about", "ids"),
    [
        (None, ["a", "b", "c"]),
        ("Supplier 1 Pty Ltd", ["a"]),
        ("supplier 12", ["b"]),
        ("INV-1", ["a"]),
        ("INV-10", ["b"]),
        ("INV-2", []),
        ("Kauri Papre", ["c"]),
        ("Kaori", ["c"]),
        ("Somebody", []),
    ],
)
def test_a_name_may_be_misspelt_and_a_number_may_not(about: str | None, ids: list[str]) -> None:
    assert [one["id"] for one in chosen(ITEMS, about, None, None)] == ids


def test_bounds_include_their_ends_and_leave_out_what_has_no_amount() -> None:
    assert [one["id"] for one in chosen(ITEMS, None, "100", "900")] == ["a", "b"]
    assert [one["id"] for one in chosen(ITEMS, None, None, "899.99")] == ["a"]
