"""Amounts in words are read as figures; other numbers in words stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.agents.models.rules.figures import with_figures
from finnest.agents.models.rules.slots import money

WORDS = ("a", "one", "five", "twenty", "hundred", "thousand", "and", "dollars", "below", "$5", "x", "-", "3")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("below two thousand dollars", "below 2000 dollars"),
        ("twenty-five hundred bucks", "2500 bucks"),
        ("one hundred and fifty thousand AUD", "150000 AUD"),
        ("over two hundred and five dollars", "over 205 dollars"),
        ("2.5 thousand dollars", "2500 dollars"),
        ("above a hundred", "above $100"),
        ("more than ten thousand", "more than $10000"),
        ("fifteen bucks", "15 bucks"),
    ],
)
def test_an_amount_in_words_is_one_in_figures(text: str, read: str) -> None:
    assert with_figures(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "below a few thousand dollars",
        "up to one and a half thousand dollars",
        "more than twenty invoices",
        "three hundred suppliers",
        "invoices from Five Star Ltd",
        "one two dollars",
        "a dollar",
        "remember that two thousand dollars is much",
        "$500 dollars",
    ],
)
def test_what_is_no_plain_amount_stays(text: str) -> None:
    assert with_figures(text) == text


def test_a_bound_in_words_bounds() -> None:
    assert money(with_figures("everything below two thousand dollars"), "max") == "2000"
    assert money(with_figures("everything above five hundred"), "min") == "500"


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_whatever_words_come_it_is_read_and_reading_it_again_changes_nothing(words: list[str]) -> None:
    once = with_figures(" ".join(words))
    assert with_figures(once) == with_figures(with_figures(once))
