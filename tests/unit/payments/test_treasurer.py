from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finnest.errors import Denied, Invalid, Missing, Rejected, Stale
from finnest.records import Command
from finnest.turn import Message, Tick
from services.payments.domain.commands import (
    CancelPayment,
    ConfirmPayment,
    FailPayment,
    IncludePayment,
    JudgePayment,
    ProposePayment,
    ReschedulePayment,
    SchedulePayment,
    SettlePayment,
    StopPayment,
    payment_id,
)
from services.payments.domain.events import (
    PaymentApprovalRequested,
    PaymentApproved,
    PaymentIncluded,
    PaymentPaid,
    PaymentProposed,
)
from services.payments.domain.payrun import PayRuns
from services.payments.domain.process import WATCH, ProcessStarted, ProcessTold
from services.payments.domain.run_messages import (
    FilePayRun,
    GatherPayments,
    OpenPayRun,
    PayRunFiled,
    SendPayRun,
)
from tests.unit.payments.bills import MONDAY, POLICIES, TENANT, TODAY, Life, bill, settle

LATER = date(2026, 4, 1)
INCLUDE = IncludePayment(run_id="run-1", process_on=LATER)


def asked(cents: int = 500_000, **changes: Any) -> Life:
    return Life().says(bill(cents, **changes), JudgePayment())


def scheduled(cents: int = 50_000) -> Life:
    return Life().says(bill(cents), JudgePayment(), SchedulePayment())


def test_a_small_payment_needs_nobody() -> None:
    life = scheduled()
    assert [event.wire.split(".")[1] for event in life.events] == ["proposed", "approved", "scheduled"]
    assert life.state.pay_on == date(2026, 3, 20)


def test_the_invoice_names_the_payment() -> None:
    assert bill(invoice="inv-9").address() == payment_id("inv-9")


def test_an_invoice_that_is_proposed_again_changes_nothing() -> None:
    life = scheduled()
    turn = life.say(bill(99_999_99))
    assert not turn.events
    assert turn.reply == {"status": "scheduled"}


def test_what_cannot_be_paid_is_an_exception_with_its_reason_and_starts_nothing() -> None:
    life = Life()
    turn = life.say(bill(currency="NZD"))
    assert life.state.status == "exception"
    assert "NZD" in life.state.reason
    assert not turn.starts


def test_a_bare_invoice_is_an_exception_too() -> None:
    life = Life()
    life.say(ProposePayment(invoice_id="inv-1", kind="invoice"))
    assert life.state.status == "exception"


def test_a_payment_that_waits_for_its_workflow_looks_after_it() -> None:
    life = Life()
    turn = life.say(bill())
    assert [start.effect for start in turn.starts] == ["start_payment"]
    assert turn.wake_at == MONDAY + WATCH
    again = life.say(Tick())
    assert [start.effect for start in again.starts] == ["tell_payment"]
    anew = life.say(ProcessTold(generation=1, found=False))
    assert [(s.effect, s.args) for s in anew.starts] == [("start_payment", {"generation": 2})]
    assert not life.say(ProcessTold(generation=1, found=False)).events
    assert not life.say(ProcessTold(generation=2, found=True)).events
    assert not life.say(ProcessStarted()).events


def test_a_payment_that_waits_for_people_does_not_tick() -> None:
    assert asked().say(Tick()).wake_at is None


@pytest.mark.parametrize(("cents", "people"), [(100_001, 1), (1_000_001, 2)])
def test_the_request_names_exactly_what_is_approved(cents: int, people: int) -> None:
    ask = asked(cents).state.ask
    assert ask is not None
    assert ask.is_exact()
    assert ask.needs.people == people
    assert ask.args["pay_on"] == "2026-03-20"
    assert (ask.args["bsb"], ask.args["amount_cents"]) == ("062-000", cents)
    assert ask.requested_by == "agent:treasurer"
    assert ask.expires_at == MONDAY + timedelta(days=14)


def test_who_submitted_the_invoice_may_not_approve_its_payment() -> None:
    life = asked()
    assert life.state.ask is not None
    assert life.state.ask.excluded == ("sam",)
    with pytest.raises(Denied):
        life.say(settle(life.state, "approved", "sam"))
    assert life.state.status == "awaiting_approval"


def test_what_was_only_passed_on_is_nobodys_own_request() -> None:
    life = asked(intake=True)
    assert life.state.ask is not None
    assert life.state.ask.excluded == ()


def test_one_person_twice_is_not_two_people() -> None:
    life = asked(1_000_001)
    with pytest.raises(Denied):
        life.say(settle(life.state, "approved", "ada", "ada"))
    life.say(settle(life.state, "approved", "ada", "bob"))
    assert life.state.people == ("ada", "bob")


def test_approved_by_people_it_is_scheduled() -> None:
    life = asked()
    turn = life.say(settle(life.state, "approved", "ada"))
    assert [start.effect for start in turn.starts] == ["tell_payment"]
    life.say(SchedulePayment())
    assert life.state.status == "scheduled"
    approved = next(event for event in life.events if isinstance(event, PaymentApproved))
    assert (approved.people, approved.invoice_id) == (("ada",), "inv-1")


@pytest.mark.parametrize("verdict", ["rejected", "expired"])
def test_a_no_or_silence_ends_the_payment(verdict: str) -> None:
    life = asked()
    life.say(settle(life.state, verdict))
    assert life.state.status == "rejected"
    assert life.state.reason
    with pytest.raises(Stale):
        life.say(SchedulePayment())


def test_an_answer_for_another_feature_is_not_ours() -> None:
    life = asked()
    assert settle(life.state, "approved", "ada").address() == life.thing
    assert settle(life.state, "approved", "ada", feature="suppliers").address() is None


def test_another_day_is_another_action_and_the_old_answer_no_longer_counts() -> None:
    life = asked()
    old = settle(life.state, "approved", "ada")
    life.say(ReschedulePayment(pay_on=LATER))
    assert life.state.status == "awaiting_approval"
    with pytest.raises(Stale):
        life.say(old)
    life.say(settle(life.state, "approved", "bob"))
    life.say(SchedulePayment())
    assert life.state.pay_on == LATER


def test_back_to_the_first_day_is_yet_another_action() -> None:
    life = asked()
    old = settle(life.state, "approved", "ada")
    life.says(ReschedulePayment(pay_on=LATER), ReschedulePayment(pay_on=date(2026, 3, 20)))
    with pytest.raises(Stale):
        life.say(old)


@pytest.mark.parametrize("approved", [False, True])
def test_a_scheduled_payment_that_people_approved_is_asked_anew(approved: bool) -> None:
    life = asked()
    life.say(settle(life.state, "approved", "bob"))
    if approved:
        life.say(SchedulePayment())
    life.say(ReschedulePayment(pay_on=LATER), by="ada")
    assert life.state.status == "awaiting_approval"
    assert life.state.ask is not None
    assert life.state.ask.excluded == ("sam", "ada")
    with pytest.raises(Stale):
        life.say(INCLUDE)


def test_a_payment_that_needs_nobody_is_moved_at_once() -> None:
    life = scheduled()
    life.say(ReschedulePayment(pay_on=date(2026, 3, 7)))
    assert (life.state.status, life.state.pay_on) == ("scheduled", date(2026, 3, 9))


def test_the_same_day_again_changes_nothing() -> None:
    assert not scheduled().say(ReschedulePayment(pay_on=date(2026, 3, 20))).events


@pytest.mark.parametrize("pay_on", [TODAY - timedelta(days=1), TODAY + timedelta(days=400), date.max])
def test_a_payment_is_not_moved_out_of_reach(pay_on: date) -> None:
    with pytest.raises(Invalid):
        scheduled().say(ReschedulePayment(pay_on=pay_on))


def test_a_late_approval_pays_today() -> None:
    life = asked()
    life.say(settle(life.state, "approved", "ada"))
    life.say(SchedulePayment(), at=MONDAY + timedelta(days=31))
    assert life.state.pay_on == date(2026, 4, 2)


def test_a_second_run_does_not_get_the_payment() -> None:
    life = scheduled().says(INCLUDE)
    assert not life.say(INCLUDE).events
    with pytest.raises(Stale):
        life.say(IncludePayment(run_id="run-2", process_on=LATER))
    assert life.state.run_id == "run-1"


def test_a_run_before_its_day_does_not_get_the_payment() -> None:
    with pytest.raises(Stale):
        scheduled().say(IncludePayment(run_id="run-1", process_on=date(2026, 3, 19)))


def test_a_payment_is_cancelled_before_the_file_and_stopped_after_it() -> None:
    life = scheduled()
    with pytest.raises(Stale):
        life.say(StopPayment(reason="wrong"))
    life.say(INCLUDE)
    with pytest.raises(Stale):
        life.say(CancelPayment(reason="wrong"))
    life.say(StopPayment(reason="wrong"))
    assert life.state.status == "stopped"
    with pytest.raises(Stale):
        life.say(ConfirmPayment())


def test_only_what_a_run_has_taken_is_confirmed_or_failed() -> None:
    for command in (ConfirmPayment(), FailPayment(reason="closed account")):
        with pytest.raises(Stale):
            scheduled().say(command)
    assert scheduled().says(INCLUDE, ConfirmPayment()).state.status == "paid"
    failed = scheduled().says(INCLUDE, FailPayment(reason="closed account"))
    assert (failed.state.status, failed.state.reason) == ("failed", "closed account")


def test_an_unknown_payment_is_missing() -> None:
    with pytest.raises(Missing):
        Life().say(ConfirmPayment())


steps = st.sampled_from(
    [
        "propose",
        "judge",
        "approve",
        "reject",
        "stale-approve",
        "schedule",
        "reschedule",
        "include-1",
        "include-2",
        "confirm",
        "fail",
        "cancel",
        "stop",
        "tick",
        "gone",
    ]
)


def step(life: Life, name: str, old: list[SettlePayment], number: int, cents: int) -> Command | None:
    asks = life.state.ask is not None
    if asks and (not old or old[-1].args_hash != settle(life.state).args_hash):
        old.append(settle(life.state, "approved", "bob", "eve"))
    commands: dict[str, Command | None] = {
        "propose": bill(cents),
        "judge": JudgePayment(),
        "approve": old[-1] if asks else None,
        "reject": settle(life.state, "rejected", "bob") if asks else None,
        "stale-approve": old[0] if asks else None,
        "schedule": SchedulePayment(),
        "reschedule": ReschedulePayment(pay_on=TODAY + timedelta(days=number)),
        "include-1": INCLUDE,
        "include-2": IncludePayment(run_id="run-2", process_on=LATER),
        "confirm": ConfirmPayment(),
        "fail": FailPayment(reason="x"),
        "cancel": CancelPayment(reason="x"),
        "stop": StopPayment(reason="x"),
        "tick": Tick(),
        "gone": ProcessTold(generation=life.state.generation, found=False),
    }
    return commands[name]


@settings(max_examples=600)
@given(st.lists(steps, max_size=40), st.sampled_from([50_000, 500_000, 5_000_000]), st.booleans())
def test_no_sequence_of_commands_pays_twice_or_without_approval(
    names: list[str], cents: int, eager: bool
) -> None:
    life, old = Life(), list[SettlePayment]()
    if eager:
        names = ["propose", "judge", *names]
    for number, name in enumerate(names):
        command = step(life, name, old, number, cents)
        before = life.state
        if command is None:
            continue
        try:
            life.say(command)
        except Rejected:
            assert life.state == before
    included = [event for event in life.events if isinstance(event, PaymentIncluded)]
    assert len(included) <= 1
    assert sum(isinstance(event, PaymentPaid) for event in life.events) <= len(included)
    assert sum(isinstance(event, PaymentProposed) for event in life.events) <= 1
    if included and cents > 100_000:
        upto = life.events[: life.events.index(included[0])]
        last = max(i for i, event in enumerate(upto) if isinstance(event, PaymentApprovalRequested))
        people = [event.people for event in upto[last:] if isinstance(event, PaymentApproved)]
        assert people == [("bob", "eve")]


def run_message() -> Message:
    return Message(id="m", type="x", tenant=TENANT, thing="run-1", data={}, by="ada", at=MONDAY)


def test_a_pay_run_gathers_once_and_files_once() -> None:
    runs = PayRuns(POLICIES)
    state = runs.newborn
    commands: list[Command] = [
        OpenPayRun(pay_on=date(2020, 1, 1), format="aba"),
        GatherPayments(candidates="a" * 64, count=2),
        FilePayRun(file="f" * 64, entries="e" * 64, payments=("pay-1", "pay-2"), total_cents=7),
        SendPayRun(),
    ]
    for command in commands:
        turn = runs.decide(state, command, run_message())
        if isinstance(command, FilePayRun):
            assert [claim.what for claim in turn.claims] == ["file/pay-1", "file/pay-2"]
        for event in turn.events:
            state = runs.evolve(state, event)
    assert (state.status, state.count, state.total_cents, state.process_on) == ("sent", 2, 7, TODAY)
    for command in commands[1:]:
        with pytest.raises(Stale):
            runs.decide(state, command, run_message())
    assert not runs.decide(state, commands[0], run_message()).events


def test_a_file_never_pays_one_payment_twice() -> None:
    runs = PayRuns(POLICIES)
    state = runs.newborn
    for command in (
        OpenPayRun(pay_on=TODAY, format="aba"),
        GatherPayments(candidates="a" * 64, count=3),
    ):
        for event in runs.decide(state, command, run_message()).events:
            state = runs.evolve(state, event)
    with pytest.raises(Invalid):
        runs.decide(state, FilePayRun(file="f", entries="e", payments=("p", "p")), run_message())
    with pytest.raises(Invalid):
        runs.decide(state, FilePayRun(file="f", entries="e", payments=("p", "q", "r", "s")), run_message())


def test_nothing_due_is_an_empty_run() -> None:
    runs = PayRuns(POLICIES)
    state = runs.newborn
    for command in (OpenPayRun(pay_on=TODAY, format="aba"), GatherPayments(candidates="a", count=0)):
        for event in runs.decide(state, command, run_message()).events:
            assert not isinstance(event, PayRunFiled)
            state = runs.evolve(state, event)
    assert state.status == "empty"


def test_the_largest_run_fits_into_a_command() -> None:
    ids = tuple(payment_id(str(number)) for number in range(1_000))
    command = FilePayRun(file="f" * 64, entries="e" * 64, payments=ids, total_cents=10**10)
    assert len(command.model_dump_json()) < 48 * 1024


@pytest.mark.parametrize("pay_on", [TODAY + timedelta(days=400), date.max])
def test_a_pay_run_is_at_most_a_year_ahead(pay_on: date) -> None:
    runs = PayRuns(POLICIES)
    with pytest.raises(Invalid):
        runs.decide(runs.newborn, OpenPayRun(pay_on=pay_on, format="aba"), run_message())


def test_the_first_list_of_a_run_stays() -> None:
    runs = PayRuns(POLICIES)
    state = runs.newborn
    for command in (OpenPayRun(pay_on=TODAY, format="aba"), GatherPayments(candidates="a", count=1)):
        for event in runs.decide(state, command, run_message()).events:
            state = runs.evolve(state, event)
    with pytest.raises(Stale):
        runs.decide(state, GatherPayments(candidates="b", count=2), run_message())
