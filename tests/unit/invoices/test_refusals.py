from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.errors import Throttled
from services.invoices.judging.refusals import (
    BURST,
    HEAVY_BURST,
    HEAVY_PER_S,
    LONGEST_S,
    PER_S,
    Heavies,
    Refusals,
)


def test_a_few_refusals_are_answered_at_once() -> None:
    refusals = Refusals()
    assert [refusals.delay_s("acme", 0, 0.0) for _ in range(int(BURST))] == [0.0] * int(BURST)


def test_a_flood_is_answered_at_the_stated_rate_and_others_are_not() -> None:
    refusals, now, answered = Refusals(), 0.0, 0
    while now < 60.0:
        now += max(refusals.delay_s("flood", 0, now), 0.001)
        answered += 1
        assert refusals.delay_s(f"other-{answered}", 0, now) == 0.0
    assert answered <= BURST + 60 * PER_S + 10


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(0, 6_000_000)), max_size=400))
def test_no_answer_waits_longer_than_stated(sent: list[tuple[float, int]]) -> None:
    refusals, now = Refusals(), 0.0
    for pause, size in sent:
        now += pause
        assert 0.0 <= refusals.delay_s("acme", size, now) <= LONGEST_S


def test_who_stops_is_forgiven() -> None:
    refusals = Refusals()
    for _ in range(int(BURST) * 3):
        refusals.delay_s("acme", 0, 0.0)
    assert refusals.delay_s("acme", 0, 150.0) == 0.0


def test_large_bodies_weigh_more() -> None:
    refusals = Refusals()
    small = [refusals.delay_s("small", 1_000, 0.0) for _ in range(int(BURST) // 2)]
    large = [refusals.delay_s("large", 5_000_000, 0.0) for _ in range(int(BURST) // 2)]
    assert max(small) == 0.0
    assert max(large) == LONGEST_S


def test_documents_that_take_long_are_taken_at_a_bounded_rate_of_each_tenant() -> None:
    heavies, taken = Heavies(), 0
    for tenth in range(600):
        try:
            heavies.take("flood", 1.0, tenth / 10)
        except Throttled:
            continue
        taken += 1
    assert HEAVY_BURST <= taken <= HEAVY_BURST + 60 * HEAVY_PER_S + 1
    heavies.take("other", 1.0, 60.0)


def test_one_that_takes_very_long_counts_as_many() -> None:
    heavies = Heavies()
    heavies.take("acme", HEAVY_BURST * 2, 0.0)
    with pytest.raises(Throttled):
        heavies.admit("acme", HEAVY_BURST / HEAVY_PER_S - 1.0)
    heavies.admit("acme", HEAVY_BURST / HEAVY_PER_S + 1.0)
