"""The rules of a run: nothing a model says has an effect that guard and people have not allowed."""

from __future__ import annotations

from typing import Any

import pytest

from finnest.agents import messages as m
from finnest.agents.messages import Limits
from finnest.errors import Denied, Stale
from finnest.turn import Tick
from tests.unit.agents.play import Play, effects


def test_a_question_is_thought_about_and_answered_in_two_turns() -> None:
    play = Play()
    assert effects(play.ask()) == ["think"]
    assert effects(play.think(text="It is 7.")) == ["remember"]
    assert play.kinds == ["asked", "answered", "finished"]
    assert (play.state.status, play.state.answer) == ("finished", "It is 7.")


def test_reading_goes_together_and_acts_go_alone() -> None:
    play = Play()
    play.ask()
    turn = play.think(("desk.look", {}), ("desk.pay", {"amount": "5"}), ("desk.read_mail", {}))
    assert [[call["id"] for call in start.args["calls"]] for start in turn.starts] == [["c0", "c2"]]
    turn = play.done("c0", "c2")
    assert [[call["id"] for call in start.args["calls"]] for start in turn.starts] == [["c1"]]
    assert effects(play.done("c1")) == ["think"]


def test_what_no_rule_allows_is_denied_and_the_model_is_told() -> None:
    play = Play(roles=("viewer",))
    play.ask()
    turn = play.think(("desk.pay", {"amount": "5"}), ("desk.unknown", {}))
    assert effects(turn) == ["think"]
    done = next(event for event in play.events if isinstance(event, m.Done))
    assert [result.summary for result in done.results] == [
        "not allowed: no rule allows it",
        "not allowed: this agent has no such tool",
    ]


def test_an_act_that_the_user_confirms_is_done_exactly_as_shown() -> None:
    play = Play()
    play.ask()
    assert effects(play.think(("desk.delete", {"id": "7"}))) == ["preview"]
    turn = play.seen("c0")
    waiting = play.state.waiting
    assert waiting is not None
    assert (waiting.by, turn.wake_at) == ("user", waiting.until)
    with pytest.raises(Stale):
        play.send(m.DecideCall, args_hash="0" * 64, decision="approve")
    with pytest.raises(Denied):
        play.send(m.DecideCall, by="bob", args_hash=waiting.args_hash, decision="approve")
    turn = play.send(m.DecideCall, args_hash=waiting.args_hash, decision="approve")
    assert turn.starts[0].args == {"calls": [waiting.call.wire_data()], "decided": True}
    assert turn.wake_at == play.state.due


def test_much_money_is_asked_of_others_and_bound_to_the_exact_arguments() -> None:
    play = Play()
    play.ask()
    play.think(("desk.pay", {"amount": "1500"}))
    play.seen("c0")
    asked = next(event for event in play.events if isinstance(event, m.CallApprovalRequested)).ask
    assert asked.is_exact()
    assert (asked.needs.people, asked.excluded) == (2, ("ada",))
    other: dict[str, Any] = {
        "feature": "desk",
        "thing": "desk-1",
        "approval_id": "apr-1",
        "verdict": "approved",
    }
    assert play.send(m.SettleCall, args_hash="0" * 64, **other).events == ()
    assert effects(play.send(m.SettleCall, args_hash=asked.args_hash, **other)) == ["act"]


@pytest.mark.parametrize("verdict", ["rejected", "expired"])
def test_a_no_of_others_is_told_to_the_model(verdict: str) -> None:
    play = Play()
    play.ask()
    play.think(("desk.pay", {"amount": "1500"}))
    play.seen("c0")
    waiting = play.state.waiting
    assert waiting is not None
    told = {
        "feature": "desk",
        "thing": "desk-1",
        "approval_id": "apr-1",
        "verdict": verdict,
        "reason": "not now",
    }
    assert effects(play.send(m.SettleCall, args_hash=waiting.args_hash, **told)) == ["think"]


def test_two_calls_of_one_id_are_one_call() -> None:
    play = Play()
    play.ask()
    play.think(("desk.pay", {"amount": "1500"}), ("desk.pay", {"amount": "5"}), same_id=True)
    assert [(queued.call.args["amount"], queued.verdict) for queued in play.state.queue] == [("1500", "ask")]


def test_silence_means_no() -> None:
    play = Play()
    play.ask()
    play.think(("desk.delete", {}))
    play.seen("c0")
    assert effects(play.send(Tick)) == ["think"]
    assert play.kinds[-2:] == ["decided", "done"]


def test_a_run_that_has_read_text_from_outside_acts_only_with_a_person() -> None:
    play = Play()
    play.ask()
    play.think(("desk.read_mail", {}))
    play.done("c0", outside=True)
    assert effects(play.think(("desk.pay", {"amount": "5"}))) == ["preview"]
    assert play.state.queue[0].verdict == "confirm"


def test_a_paused_run_finishes_what_is_under_way_and_begins_nothing_more() -> None:
    play = Play()
    play.ask()
    play.send(m.PauseRun)
    assert effects(play.think(("desk.look", {}))) == []
    with pytest.raises(Stale):
        play.send(m.PauseRun)
    assert effects(play.send(m.ResumeRun)) == ["act"]
    assert effects(play.done("c0")) == ["think"]


def test_a_run_resumed_before_its_step_came_back_begins_no_second_one() -> None:
    play = Play()
    play.ask()
    play.send(m.PauseRun)
    with pytest.raises(Denied):
        play.send(m.ResumeRun, by="bob")
    assert effects(play.send(m.ResumeRun)) == []
    assert effects(play.think(("desk.look", {}))) == ["act"]


def test_a_cancelled_run_takes_nothing_any_more_and_withdraws_what_it_asked() -> None:
    play = Play()
    play.ask()
    play.think(("desk.pay", {"amount": "1500"}))
    play.seen("c0")
    with pytest.raises(Denied):
        play.send(m.CancelRun, by="bob")
    play.send(m.CancelRun)
    assert play.kinds[-2:] == ["cancelled", "approval_withdrawn"]
    with pytest.raises(Stale):
        play.think(text="late")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(steps=1), "more than 1 steps"),
        (Limits(tokens=15), "more than 15 tokens"),
    ],
)
def test_a_run_that_reaches_a_bound_ends(limits: Limits, reason: str) -> None:
    play = Play()
    play.ask(limits=limits)
    play.think(("desk.look", {}))
    play.done("c0")
    play.think(("desk.look", {}))
    assert (play.state.status, play.state.answer) == ("failed", reason)


def test_a_run_keeps_no_role_that_its_user_has_lost_and_gets_none_that_is_new() -> None:
    play = Play()
    play.ask()
    play.think(("desk.delete", {"id": "7"}))
    play.seen("c0")
    waiting = play.state.waiting
    assert waiting is not None
    play.send(m.DecideCall, args_hash=waiting.args_hash, decision="approve", roles=("admin",))
    assert play.state.roles == ()


def test_calls_too_large_to_be_kept_end_the_run() -> None:
    play = Play()
    play.ask()
    play.think(("desk.look", {"what": "鳥" * 1_000}))
    assert (play.state.status, play.state.answer) == ("failed", "the model asked for too much at once")


def test_what_a_person_decides_on_is_not_among_what_was_only_proposed() -> None:
    play = Play()
    play.ask()
    play.think(("desk.delete", {"id": "7"}), ("desk.look", {}))
    assert play.state.proposed == ()
    assert len(play.state.queue) == 2
