"""Budgets: on no level is ever more spent or put aside than its limit."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.errors import Denied, FinnestError, Invalid
from finnest.records import Command
from finnest.turn import Message, Turn
from finnest.turns import SNAPSHOT_BYTES
from services.budgets.domain.budget import (
    HELD_AT_MOST,
    HELD_FOR,
    LIMITS_AT_MOST,
    Budget,
    Budgets,
    Used,
    stopped,
)
from services.budgets.domain.messages import Limit, Reserve, SetLimit, Settle

AT = datetime(2026, 6, 10, tzinfo=UTC)
LEVELS = ("tenant", "agent.clerk", "user.ada")


class Account:
    """A tenant's budget."""

    def __init__(self, **limits: Limit) -> None:
        self.rules, self.state, self.at = Budgets(), Budget(), AT
        for scope, limit in limits.items():
            self.send(SetLimit(scope=scope.replace("_", "."), limit=limit))

    def send(self, command: Command) -> Turn:
        message = Message(
            id="m", type=command.wire, tenant="t", thing="bud-all", data={}, by="ada", at=self.at
        )
        turn = self.rules.decide(self.state, command, message)
        for event in turn.events:
            self.state = self.rules.evolve(self.state, event)
        return turn

    def reserve(self, key: str, tokens: int, scopes: tuple[str, ...] = LEVELS) -> Turn:
        return self.send(Reserve(key=key, scopes=scopes, tokens=tokens, micros=0))


def test_an_amount_is_put_aside_on_all_levels_or_on_none() -> None:
    account = Account(tenant=Limit(tokens=100), agent_clerk=Limit(tokens=50))
    account.reserve("a", 40)
    with pytest.raises(Denied, match=r"agent\.clerk has no 20 tokens left"):
        account.reserve("b", 20)
    assert account.state.reserved("tenant") == Used(tokens=40)
    account.send(Settle(key="a", tokens=10, micros=5))
    assert account.state.used["agent.clerk"] == Used(tokens=10, micros=5)
    account.reserve("b", 40)


def test_the_same_reservation_is_one_and_a_settled_one_is_free() -> None:
    account = Account(tenant=Limit(tokens=100))
    account.reserve("a", 60)
    assert account.reserve("a", 60).events == ()
    account.send(Settle(key="a", tokens=0, micros=0))
    assert account.send(Settle(key="a", tokens=0, micros=0)).events == ()
    account.reserve("b", 100)


def test_what_nobody_settles_is_free_after_a_while_and_a_month_begins_anew() -> None:
    account = Account(tenant=Limit(tokens=100))
    account.reserve("a", 60)
    account.at += HELD_FOR
    account.reserve("b", 100)
    account.send(Settle(key="b", tokens=100, micros=0))
    with pytest.raises(Denied):
        account.reserve("c", 1)
    account.at += timedelta(days=30)
    account.reserve("c", 100)


def test_a_stopped_level_lets_nothing_run() -> None:
    account = Account(agent_clerk=Limit(stopped=True))
    with pytest.raises(Denied, match="stopped"):
        account.reserve("a", 0)
    assert stopped(account.state, LEVELS) == "agent.clerk"
    account.send(SetLimit(scope="agent.clerk", limit=Limit()))
    account.reserve("a", 0)


def test_a_full_budget_takes_no_more_until_something_is_settled() -> None:
    account = Account()
    name = "x" * 70
    scopes = tuple(f"{level}.{name}" for level in ("feature", "agent", "user", "thread"))
    for number in range(LIMITS_AT_MOST):
        account.send(
            SetLimit(scope=f"user.{'y' * 57}{number:03d}", limit=Limit(tokens=10**15, micros=10**15))
        )
    for number in range(HELD_AT_MOST):
        assert account.reserve(f"{name}{number}", 10**9, scopes).reply["reserved"]
    assert not account.reserve("one more", 1, scopes).reply["reserved"]
    assert len(json.dumps(account.state.wire_data())) < SNAPSHOT_BYTES - 500
    account.send(Settle(key=f"{name}0", tokens=1, micros=1))
    assert account.reserve("one more", 1, scopes).reply["reserved"]


def test_four_fifths_are_told_once() -> None:
    account = Account(tenant=Limit(tokens=100))
    told: list[str] = []
    for number in range(10):
        account.reserve(str(number), 10)
        told += [e.wire for e in account.send(Settle(key=str(number), tokens=10, micros=0)).events]
    assert told.count("budgets.warned.v1") == 1


@pytest.mark.parametrize("scope", ["", "everything", "user.", "user.a b", "agent/../x"])
def test_an_unknown_level_is_refused(scope: str) -> None:
    with pytest.raises(Invalid):
        Account().send(SetLimit(scope=scope, limit=Limit()))


AMOUNTS = st.integers(0, 60)
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("reserve"),
            st.sampled_from("abcdef"),
            AMOUNTS,
            st.sets(st.sampled_from(LEVELS), min_size=1),
        ),
        st.tuples(st.just("settle"), st.sampled_from("abcdef"), st.floats(0, 1)),
        st.tuples(st.just("wait"), st.integers(0, 20)),
    ),
    max_size=40,
)


@given(st.integers(0, 150), st.integers(0, 100), STEPS)
def test_whatever_comes_at_once_no_level_goes_over_its_limit(
    tenant: int, clerk: int, steps: list[Any]
) -> None:
    account = Account(tenant=Limit(tokens=tenant), agent_clerk=Limit(tokens=clerk))
    for what, *values in steps:
        try:
            match what:
                case "reserve":
                    account.reserve(values[0], values[1], tuple(sorted(values[2])))
                case "settle":
                    held = account.state.held.get(values[0])
                    spent = int(held.tokens * values[1]) if held else 1
                    account.send(Settle(key=values[0], tokens=spent, micros=0))
                case _:
                    account.at += timedelta(minutes=values[0])
        except FinnestError:
            continue
        for scope, limit in account.state.limits.items():
            used = account.state.used.get(scope, Used())
            assert used.tokens + account.state.reserved(scope).tokens <= (limit.tokens or 0)
