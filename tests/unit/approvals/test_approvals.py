"""The rules of an approval: who may decide, how many must, and that silence means no."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.asking import Ask, Needs, action_hash
from finnest.errors import Denied, FinnestError, Invalid, Missing, Stale
from finnest.testing import Stage
from services.approvals.domain import Approval, Approvals, DecideApproval, OpenApproval, WithdrawApproval

ARGS = {"amount": "1500.00"}
HASH = action_hash("pay", ARGS, "v1")
DAYS = 14


def ask(stage: Stage, people: int = 1, **changes: Any) -> Ask:
    given: dict[str, Any] = {
        "feature": "payments",
        "thing": "pay-1",
        "action": "pay",
        "args": ARGS,
        "policy": "v1",
        "args_hash": HASH,
        "why": "much money",
        "risk": "money leaves",
        "requested_by": "sam",
        "excluded": ("una",),
        "needs": Needs(people=people),
        "expires_at": stage.clock.now() + timedelta(days=DAYS),
    }
    return Ask(**{**given, **changes})


class Desk:
    """One approval, on a stage."""

    def __init__(self) -> None:
        self.stage = Stage("approvals", [Approvals()])

    async def open(self, people: int = 1, **changes: Any) -> None:
        await self.stage.say("apr-1", OpenApproval(ask=ask(self.stage, people, **changes)))

    async def decide(
        self, by: str, decision: str = "approve", *, hash: str = HASH, roles: tuple[str, ...] = ("approver",)
    ) -> None:
        command = DecideApproval.model_validate({"decision": decision, "args_hash": hash, "roles": roles})
        await self.stage.say("apr-1", command, by=by)

    async def state(self) -> Approval:
        return await self.stage.state("apr-1")


async def test_enough_different_people_approve() -> None:
    desk = Desk()
    await desk.open(2)
    await desk.decide("bob")
    assert (await desk.state()).state == "open"
    with pytest.raises(Stale, match="another person"):
        await desk.decide("bob")
    await desk.decide("eve")
    settled = (await desk.stage.events("apr-1"))[-1]
    assert (settled.wire, settled.wire_data()["people"]) == ("approvals.approved.v1", ["bob", "eve"])


async def test_one_no_is_a_no() -> None:
    desk = Desk()
    await desk.open(3)
    await desk.decide("bob")
    await desk.decide("eve", "reject")
    assert (await desk.state()).state == "rejected"
    with pytest.raises(Stale, match="rejected already"):
        await desk.decide("ivy")


@pytest.mark.parametrize(
    ("by", "changes", "refusal"),
    [
        ("sam", {}, Denied),
        ("una", {}, Denied),
        ("bob", {"roles": ("viewer",)}, Denied),
        ("bob", {"hash": "0" * 64}, Stale),
    ],
    ids=["who asked", "who is excluded", "without the role", "another action"],
)
async def test_not_everybody_decides(by: str, changes: dict[str, Any], refusal: type[FinnestError]) -> None:
    desk = Desk()
    await desk.open()
    with pytest.raises(refusal):
        await desk.decide(by, **changes)
    assert (await desk.state()).decisions == ()


async def test_what_was_never_asked_is_not_decided() -> None:
    with pytest.raises(Missing):
        await Desk().decide("bob")


async def test_after_fourteen_days_silence_means_no_even_before_the_deadline_is_noticed() -> None:
    desk = Desk()
    await desk.open()
    desk.stage.clock.advance(timedelta(days=DAYS).total_seconds())
    with pytest.raises(Stale, match="passed"):
        await desk.decide("bob")
    await desk.stage.tick("apr-1")
    settled = (await desk.stage.events("apr-1"))[-1]
    assert (settled.wire, settled.wire_data()["reason"]) == (
        "approvals.expired.v1",
        "nobody decided in time",
    )
    with pytest.raises(Stale, match="expired already"):
        await desk.decide("bob")


async def test_a_second_before_the_deadline_is_in_time_and_the_clock_then_says_nothing_more() -> None:
    desk = Desk()
    await desk.open()
    desk.stage.clock.advance(timedelta(days=DAYS).total_seconds() - 1)
    await desk.decide("bob")
    assert (await desk.state()).state == "approved"
    head = desk.stage.turns.peek(desk.stage.key("apr-1"))
    assert head is not None
    assert head.wake_at is None


async def test_what_is_withdrawn_before_it_comes_is_never_opened() -> None:
    desk = Desk()
    await desk.stage.say(
        "apr-1", WithdrawApproval(feature="payments", thing="pay-1", args_hash=HASH, reason="void")
    )
    await desk.open()
    assert (await desk.state()).state == "withdrawn"


@pytest.mark.parametrize("changes", [{"args": {"amount": "1500.01"}}, {"needs": Needs(people=0)}])
async def test_a_request_that_is_not_exact_or_needs_nobody_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        await Desk().open(**changes)


@given(
    people=st.integers(1, 4),
    steps=st.lists(st.tuples(st.sampled_from("abcdeu"), st.sampled_from(["approve", "reject"])), max_size=8),
)
async def test_whoever_says_what_it_is_approved_only_by_so_many_who_may(
    people: int, steps: list[tuple[str, str]]
) -> None:
    desk = Desk()
    await desk.open(people, requested_by="a", excluded=("u",))
    said: list[tuple[str, str]] = []
    for by, decision in steps:
        try:
            await desk.decide(by, decision)
        except FinnestError:
            continue
        said.append((by, decision))
    state = (await desk.state()).state
    names = [by for by, _ in said]
    assert len(set(names)) == len(names)
    assert not {"a", "u"} & set(names)
    approvals = [decision for _, decision in said]
    assert (state == "approved") == (approvals == ["approve"] * people)
    assert (state == "rejected") == ("reject" in approvals)
