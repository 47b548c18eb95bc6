from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.commands import IncludePayment, JudgePayment, ReschedulePayment, SchedulePayment
from services.payments.domain.days import calendar_of
from services.payments.domain.terms import EarlyPayment, Terms, terms_of
from tests.unit.payments.bills import TODAY, Life, bill
from tests.unit.payments.discounts import SUPPLIER, treasurer

NSW = calendar_of("AU-NSW")
AGREED = (EarlyPayment.model_validate({"supplier": SUPPLIER, "percent": "2.5", "days": 14}),)


def terms(cents: int = 100_000, today: date = TODAY, agreed: Any = AGREED, **changes: Any) -> Terms:
    return terms_of(bill(cents, supplier_id=SUPPLIER, **changes), agreed, 30, NSW, today)


def test_without_an_agreement_the_due_date_counts() -> None:
    assert terms(agreed=()) == Terms(pay_on=date(2026, 3, 20))
    assert terms(agreed=(), due_date="2026-03-21").pay_on == date(2026, 3, 23)


def test_without_a_due_date_the_policy_counts_from_the_issue_date() -> None:
    assert terms(agreed=(), due_date=None).pay_on == date(2026, 3, 23)
    assert terms(agreed=(), due_date=None, issue_date=None).pay_on == TODAY


def test_an_early_payment_is_made_on_the_last_business_day_of_its_discount() -> None:
    found = terms()
    assert found.pay_on == date(2026, 3, 6)
    assert found.offer is not None
    assert (found.offer.cents, found.offer.until) == (2_500, date(2026, 3, 6))
    weekend = terms(issue_date="2026-02-22")
    assert weekend.offer is not None
    assert (weekend.pay_on, weekend.offer.until) == (date(2026, 3, 6), date(2026, 3, 8))


def test_a_discount_that_is_over_changes_nothing() -> None:
    assert terms(today=date(2026, 3, 7)) == Terms(pay_on=date(2026, 3, 20))


def test_another_supplier_has_no_discount() -> None:
    other = bill(100_000, supplier_id="0151:1", supplier_ref="sup-1")
    assert terms_of(other, AGREED, 30, NSW, TODAY).offer is None
    named = (AGREED[0].model_copy(update={"supplier": "sup-1"}),)
    assert terms_of(other, named, 30, NSW, TODAY).offer is not None


@given(st.integers(1, 10**10))
def test_a_discount_is_rounded_down_and_less_than_the_bill(cents: int) -> None:
    offer = terms(cents).offer
    assert offer is None or 0 < offer.cents <= cents * 0.025


def life() -> Life:
    return Life(treasurer()).says(bill(100_000, supplier_id=SUPPLIER), JudgePayment(), SchedulePayment())


def include(day: date) -> IncludePayment:
    return IncludePayment(run_id="run-1", process_on=day)


def test_a_payment_in_time_pays_less_and_a_late_one_all() -> None:
    early = life().says(include(date(2026, 3, 6)))
    assert (early.state.pays_cents, early.state.discount_cents) == (97_500, 2_500)
    late = life().says(include(date(2026, 3, 9)))
    assert (late.state.pays_cents, late.state.discount_cents) == (100_000, 0)


def test_people_approve_the_discount_too() -> None:
    asked = Life(treasurer()).says(bill(200_000, supplier_id=SUPPLIER), JudgePayment())
    assert asked.state.ask is not None
    assert asked.state.ask.args["discount_cents"] == 5_000
    assert asked.state.ask.args["discount_until"] == "2026-03-06"


def test_a_payment_moved_behind_its_discount_pays_all() -> None:
    moved = life().says(ReschedulePayment(pay_on=date(2026, 3, 20)), include(date(2026, 3, 20)))
    assert (moved.state.pays_cents, moved.state.discount_cents) == (100_000, 0)
