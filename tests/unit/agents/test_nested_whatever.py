"""In whatever order, and however often, the runs below tell: each piece has one result, and all count."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from finnest.agents import messages as m
from finnest.agents.guard import Guard
from finnest.agents.models.port import Usage
from finnest.agents.runs import Runs
from finnest.errors import Stale
from tests.unit.agents.play import RULES, TOOLS, Play

PIECES = 3
ENDS = st.sampled_from(["finished", "failed", "cancelled"])
ORDER = st.lists(st.tuples(st.integers(0, PIECES - 1), st.integers(1, 3)), max_size=12)


def asked(parallel: int) -> Play:
    """Return a run that has handed on its pieces."""
    guard = Guard({"desk": (RULES, "v1"), "vault": ((), "v1")})
    play = Play(runs=Runs("desk", "clerk", guard, {**TOOLS, "vault.ask_agent": "read"}))
    play.ask(limits=m.Limits(parallel=parallel))
    play.think(*[("vault.ask_agent", {"text": f"piece {number}"}) for number in range(PIECES)])
    return play


def handed(play: Play) -> list[str]:
    return [event.run for event in play.events if isinstance(event, m.Handed)]


@given(st.integers(1, PIECES), st.lists(ENDS, min_size=PIECES, max_size=PIECES), ORDER, st.booleans())
def test_each_piece_has_one_result_and_everything_counts_once(
    parallel: int, ends: list[str], order: list[tuple[int, int]], outside: bool
) -> None:
    play = asked(parallel)
    most = 0

    def tell(piece: int, number: int) -> None:
        if piece >= len(handed(play)):
            return
        told: dict[str, Any] = {"status": ("waiting", "acting", ends[piece])[number - 1]}
        if number == 3:
            told |= {"spent": m.Spent(steps=2, usage=Usage(input_tokens=7)), "tainted": outside}
        play.send(m.HearAgent, source=handed(play)[piece], to="desk-1", number=number, **told)

    for piece, number in order:
        tell(piece, number)
        most = max(most, len(play.state.children))
    for piece in [*range(PIECES), *range(PIECES)]:
        tell(piece, 3)
        most = max(most, len(play.state.children))
    results = [one for event in play.events if isinstance(event, m.Done) for one in event.results]
    assert sorted(one.call for one in results) == [f"c{number}" for number in range(PIECES)]
    assert {one.call: one.ok for one in results} == {
        f"c{number}": end == "finished" for number, end in enumerate(ends)
    }
    assert most <= parallel
    assert (play.state.children, play.state.queue, play.state.status) == ((), (), "thinking")
    assert (play.state.below.steps, play.state.below.usage.input_tokens) == (2 * PIECES, 7 * PIECES)
    assert play.state.tainted == outside


@given(st.integers(1, PIECES), ORDER)
def test_a_run_that_is_stopped_stops_all_that_work_for_it_and_hears_nothing_more(
    parallel: int, order: list[tuple[int, int]]
) -> None:
    play = asked(parallel)
    for piece, number in order:
        if piece < len(handed(play)):
            status = ("waiting", "acting", "finished")[number - 1]
            play.send(m.HearAgent, source=handed(play)[piece], to="desk-1", number=number, status=status)
    working = [child.run for child in play.state.children]
    turn = play.send(m.CancelRun)
    assert [start.args["run"] for start in turn.starts if start.effect == "agent_drop"] == working
    assert turn.wake_at is None
    for child in handed(play):
        try:
            play.send(m.HearAgent, source=child, to="desk-1", number=9, status="finished")
        except Stale:
            continue
        raise AssertionError("a run that has ended takes nothing")


@given(st.integers(0, 10_000), st.integers(0, 40), st.integers(0, 5))
def test_what_pieces_are_given_together_is_never_more_than_is_left(
    tokens: int, steps: int, used: int
) -> None:
    guard = Guard({"vault": ((), "v1")})
    play = Play(runs=Runs("desk", "clerk", guard, {"vault.ask_agent": "read"}))
    limits = m.Limits(tokens=tokens, steps=steps, micros=tokens, parallel=2)
    play.ask(limits=limits)
    turn = play.think(*[("vault.ask_agent", {"text": "x"})] * 4, tokens=used)
    given_out = [start.args["limits"] for start in turn.starts if start.effect == "agent_hand"]
    for one in play.state.children:
        more = play.send(m.HearAgent, source=one.run, to="desk-1", number=1, status="finished", answer="done")
        given_out += [start.args["limits"] for start in more.starts if start.effect == "agent_hand"]
    spent = play.state.spent
    for running in (given_out[:2], given_out[2:]):
        assert sum(one["steps"] for one in running) <= max(limits.steps - spent.steps, 0)
        assert sum(one["tokens"] for one in running) <= max(limits.tokens - used, 0)
        assert sum(one["micros"] for one in running) <= max(limits.micros, 0)
