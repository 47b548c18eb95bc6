from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.days import calendar_of

NSW = calendar_of("AU-NSW")
DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("name", "holiday", "next_day"),
    [
        ("AU-NSW", "2026-01-01", "2026-01-02"),
        ("AU-NSW", "2026-04-03", "2026-04-07"),  # Good Friday to Easter Monday
        ("AU-NSW", "2026-12-25", "2026-12-29"),  # Christmas on Friday, Boxing Day observed on Monday
        ("AU-NSW", "2026-06-08", "2026-06-09"),  # the King's Birthday
        ("AU-VIC", "2026-11-03", "2026-11-04"),  # Melbourne Cup
        ("AU-WA", "2026-06-01", "2026-06-02"),  # Western Australia Day
        ("NZ", "2026-02-06", "2026-02-09"),  # Waitangi
        ("NZ", "2026-07-10", "2026-07-13"),  # Matariki
        ("NZ-AUK", "2026-01-26", "2026-01-27"),  # Auckland's own
    ],
)
def test_a_holiday_is_paid_on_the_next_business_day(name: str, holiday: str, next_day: str) -> None:
    calendar = calendar_of(name)
    assert not calendar.is_business_day(date.fromisoformat(holiday))
    assert calendar.on_or_after(date.fromisoformat(holiday)) == date.fromisoformat(next_day)


@pytest.mark.parametrize(
    ("name", "day"), [("AU-NSW", "2026-11-03"), ("AU-VIC", "2026-06-01"), ("NZ", "2026-01-26")]
)
def test_the_holiday_of_another_place_is_a_business_day(name: str, day: str) -> None:
    assert calendar_of(name).is_business_day(date.fromisoformat(day))


@given(DAYS)
def test_the_nearest_business_days_have_none_between(day: date) -> None:
    before, after = NSW.on_or_before(day), NSW.on_or_after(day)
    assert before <= day <= after
    assert (after - before).days <= 10
    between = [before + timedelta(days=n) for n in range(1, (after - before).days)]
    assert not any(NSW.is_business_day(one) for one in between)
    assert NSW.is_business_day(before)
    assert NSW.is_business_day(after)


@given(DAYS, DAYS)
def test_a_plan_is_a_business_day_not_before_today(wanted: date, today: date) -> None:
    planned = NSW.plan(wanted, today)
    assert planned >= max(wanted, today)
    assert NSW.is_business_day(planned)
    assert NSW.plan(None, today) == NSW.on_or_after(today)


def test_a_day_that_nobody_lives_to_see_is_planned_too() -> None:
    assert NSW.plan(date.max, date(2026, 1, 1)) == date.max


@pytest.mark.parametrize("name", ["", "FR", "AU-XYZ", "NZ-NSW", "au-nsw"])
def test_an_unknown_calendar_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name or "calendar"):
        calendar_of(name)
