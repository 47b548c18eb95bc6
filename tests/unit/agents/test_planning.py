"""Wide work: one after the other or several at a time is a pure rule with its inputs in the record."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from finnest.agents.planning import PIECE_STEPS, WIDE, WIDE_STEPS, Width, choose, trouble

WIDTHS = st.builds(
    Width,
    items=st.integers(1, 60),
    agents=st.booleans(),
    at_once=st.integers(1, 8),
    steps=st.integers(0, 200),
    tokens=st.integers(0, 1_000),
    micros=st.integers(0, 1_000),
    used_tokens=st.integers(0, 500),
    used_micros=st.integers(0, 500),
    widens=st.booleans(),
)


def width(items: int = 30, *, agents: bool = False, **more: int | bool) -> Width:
    wide = {"at_once": 4, "steps": 10, "tokens": 100, "micros": 100, "used_tokens": 0, "used_micros": 0}
    return Width.model_validate({"items": items, "agents": agents, "widens": True, **wide, **more})


def test_a_few_items_are_done_one_after_the_other_and_many_at_the_same_time() -> None:
    few, many = choose(width(WIDE - 1)), choose(width(WIDE))
    assert (few.how, few.workers) == ("sequence", 1)
    assert (many.how, many.workers) == ("parallel", 4)
    assert many.why == "4 that do not need each other: 4 at a time"


def test_reads_need_no_more_steps_and_agents_get_what_they_need_within_a_bound() -> None:
    assert choose(width(30)).more_steps == 0
    assert choose(width(30, agents=True)).more_steps == 30 * PIECE_STEPS - 10
    assert choose(width(60, agents=True)).more_steps == WIDE_STEPS
    assert choose(width(30, agents=True, widens=False)).more_steps == 0


def test_several_agents_work_only_where_four_times_what_was_used_is_left() -> None:
    assert choose(width(agents=True, tokens=100, used_tokens=25)).how == "parallel"
    short = choose(width(agents=True, tokens=99, used_tokens=25))
    assert (short.how, short.why) == ("sequence", "the tokens left are too few for several")
    assert choose(width(agents=True, micros=99, used_micros=25)).how == "sequence"
    assert choose(width(agents=False, tokens=0, used_tokens=25)).how == "parallel"


def test_work_that_cannot_be_begun_says_so() -> None:
    assert trouble(width(11, agents=True, widens=False)) == "10 model answers are left, too few for 11 runs"
    assert trouble(width(11, agents=True)) == trouble(width(60, widens=False)) == ""


@given(WIDTHS, st.integers(0, 200), st.integers(0, 1_000), st.integers(0, 1_000))
def test_a_smaller_budget_never_adds_workers_and_there_are_never_more_than_may_be(
    wide: Width, steps: int, tokens: int, micros: int
) -> None:
    less = {
        "steps": min(wide.steps, steps),
        "tokens": min(wide.tokens, tokens),
        "micros": min(wide.micros, micros),
    }
    whole, smaller = choose(wide), choose(wide.model_copy(update=less))
    assert smaller.workers <= whole.workers <= min(wide.at_once, max(wide.items, 1))
    assert whole.more_steps <= WIDE_STEPS
