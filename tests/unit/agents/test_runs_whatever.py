"""Whatever a model says and people do, only what was allowed or decided is done."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from finnest.agents import messages as m
from finnest.errors import FinnestError
from finnest.turn import Tick, Turn
from tests.unit.agents.play import TOOLS, Play

CALLS = st.lists(
    st.tuples(
        st.sampled_from([*TOOLS, "desk.unknown"]),
        st.fixed_dictionaries({"amount": st.sampled_from(["5", "1500", "many"])}),
    ),
    max_size=4,
)
STEPS = st.lists(
    st.one_of(CALLS, st.sampled_from(["done", "seen", "yes", "no", "tick", "settle"])), max_size=14
)


@given(st.sampled_from([("treasurer",), ("viewer",)]), STEPS)
def test_whatever_a_model_says_only_what_was_allowed_or_decided_is_done(
    roles: tuple[str, ...], said: list[Any]
) -> None:
    play = Play(roles=roles)
    decided: set[str] = set()
    turns = [play.ask()]
    for one in said:
        try:
            turns.append(_step(play, one, decided))
        except FinnestError:
            continue
    for turn in turns:
        for start in turn.starts:
            if start.effect != "agent_act":
                continue
            for call in start.args["calls"]:
                free = TOOLS[call["tool"]] == "read"
                little = call["tool"] == "desk.pay" and call["args"]["amount"] == "5" and "treasurer" in roles
                assert free or little or (start.args["decided"] and call["id"] in decided)


def _step(play: Play, one: Any, decided: set[str]) -> Turn:
    if isinstance(one, list):
        return play.think(*one, text="" if one else "said")
    queue, waiting = play.state.queue, play.state.waiting
    if one == "done":
        return play.done(*[queued.call.id for queued in queue if queued.verdict == "allow"])
    if one == "seen":
        return play.seen(queue[0].call.id if queue else "c0")
    if one == "tick" or waiting is None:
        return play.send(Tick)
    if one == "settle":
        if waiting.by == "approvers":
            decided.add(waiting.call.id)
        told = {"feature": "desk", "thing": "desk-1", "approval_id": "apr-1", "verdict": "approved"}
        return play.send(m.SettleCall, args_hash=waiting.args_hash, **told)
    if waiting.by == "user" and one == "yes":
        decided.add(waiting.call.id)
    return play.send(
        m.DecideCall, args_hash=waiting.args_hash, decision="approve" if one == "yes" else "reject"
    )
