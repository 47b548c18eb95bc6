"""Senders take turns at the workers, and a full line costs whoever fills it."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.invoices.judging.line import Line, LineFull


async def test_senders_take_turns_whatever_each_has_waiting() -> None:
    line: Line[str] = Line(20)
    joined = [(sender, line.join(sender)) for sender in ["flood"] * 6 + ["good", "good", "other"]]
    names = {id(place): sender for sender, place in joined}
    order = [names[id(line.next())] for _ in joined]
    assert order == ["flood", "good", "other", "flood", "good", "flood", "flood", "flood", "flood"]
    assert line.next() is None


async def test_a_full_line_costs_the_sender_that_fills_it() -> None:
    line: Line[str] = Line(4)
    flood = [line.join("flood") for _ in range(4)]
    with pytest.raises(LineFull):
        line.join("flood")
    good = [line.join("good"), line.join("good")]
    assert [place.done() for place in flood] == [False, False, True, True]
    assert all(isinstance(place.exception(), LineFull) for place in flood[2:])
    with pytest.raises(LineFull):
        line.join("good")
    assert (len(line), [place.done() for place in good]) == (4, [False, False])


async def test_who_leaves_is_not_served() -> None:
    line: Line[str] = Line(4)
    first, second = line.join("a"), line.join("a")
    assert line.leave(first)
    assert not line.leave(first)
    second.cancel()
    assert line.next() is None
    assert len(line) == 0


@given(st.lists(st.sampled_from("aaaab.")), st.integers(1, 6))
def test_nobody_is_lost_and_no_more_wait_than_may(steps: list[str], places: int) -> None:
    async def play() -> None:
        line: Line[str] = Line(places)
        joined: list[asyncio.Future[str]] = []
        for step in steps:
            if step == ".":
                if (place := line.next()) is not None:
                    place.set_result("worker")
                continue
            try:
                joined.append(line.join(step))
            except LineFull:
                assert len(line) == places
        while (place := line.next()) is not None:
            place.set_result("worker")
        assert all(place.done() for place in joined)
        told = [place for place in joined if place.exception() is not None]
        assert all(isinstance(place.exception(), LineFull) for place in told)

    asyncio.run(play())
