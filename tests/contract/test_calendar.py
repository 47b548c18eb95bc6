"""The feature calendar in Go: its own tests, and its business days beside those that payments has itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator
from datetime import date, timedelta
from pathlib import Path

import pytest

from finnest.dev.gobuild import find_go
from finnest.dev.home import SERVICES
from finnest.dev.natives import module_of
from finnest.dev.runtime import cache_root
from finnest.testing import eventually
from services.payments.domain.days import calendar_of
from tests.support.program import Program, running

FOLDER = SERVICES / "calendar"
STATES = ("ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA")
PLACES = ("AU", *(f"AU-{state}" for state in STATES), "NZ")
YEARS = range(2024, 2031)
EVERY_STATE = (
    "the holiday is on a weekend and every state keeps a day for it; the package knows that by state only"
)
ANZAC_SUNDAY = (
    "ANZAC Day is on a Sunday. calendar's source has the Monday off, as it was until 2023; the package's reads "
    "South Australia's Public Holidays Act 2023 as without one. calendar's is the later payment"
)
INSTEAD = ("2025-01-27", "2026-12-28", "2027-12-27", "2027-12-28", "2028-01-03", "2030-01-28")
DIFFERENT = {
    **{("AU", date.fromisoformat(day)): EVERY_STATE for day in INSTEAD},
    ("AU-SA", date(2027, 4, 26)): ANZAC_SUNDAY,
}
"""Place and day on which only calendar is closed -> why."""


@pytest.fixture(scope="module")
def calendar(tmp_path_factory: pytest.TempPathFactory) -> Generator[Program]:
    """The program beside a sidecar that only gives secrets."""
    with running("calendar", tmp_path_factory.mktemp("calendar")) as program:
        yield program


@pytest.fixture(scope="module")
def go() -> Path:
    """The toolchain by which features in Go are built."""
    return find_go(module_of("calendar"), cache_root(), print, os.environ)


@pytest.mark.parametrize(
    "what", [("vet", "./..."), ("test", "./..."), ("mod", "verify")], ids=lambda one: one[0]
)
def test_go_finds_nothing_wrong(go: Path, what: tuple[str, ...]) -> None:
    env = {**os.environ, "GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": "0"}
    done = subprocess.run([go, *what], cwd=FOLDER, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_go_is_written_in_the_one_style(go: Path) -> None:
    done = subprocess.run(
        [go.with_name("gofmt"), "-l", "."], cwd=FOLDER, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


def test_a_day_that_every_state_keeps_is_one_of_the_country() -> None:
    states = [calendar_of(f"AU-{state}") for state in STATES]
    for where, day in DIFFERENT:
        assert where != "AU" or not any(state.is_business_day(day) for state in states)


@pytest.mark.parametrize("place", PLACES)
async def test_both_know_the_same_business_days(calendar: Program, place: str) -> None:
    def answers() -> bool:
        return calendar.get(f"/v1/calendar/holidays?place={place}&year=2024")[0] == 200

    await eventually(answers, 5)
    own, differs = calendar_of(place), {}
    for year in YEARS:
        span = f"from={year}-01-01&until={year}-12-31"
        status, said = calendar.get(f"/v1/calendar/business-days?place={place}&{span}")
        assert status == 200, said
        closed = {date.fromisoformat(one["date"]) for one in said["closed"]}
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
        weekdays = [day for day in days if day.year == year and day.weekday() < 5]
        differs |= {day: day in closed for day in weekdays if own.is_business_day(day) == (day in closed)}
    assert differs == {day: True for where, day in DIFFERENT if where == place}


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("place=FR&from=2026-01-01&until=2026-12-31", "no-such-place"),
        ("place=AU-NSW&from=2026-01-02&until=2026-01-01", "bad-span"),
        ("place=AU-NSW&from=2026-01-01&until=2036-01-01", "bad-span"),
        ("place=AU-NSW&from=1990-01-01&until=1990-12-31", "year-not-known"),
        ("place=AU-NSW&from=2026-02-30&until=2026-12-31", "bad-request"),
        ("place=AU-NSW&from=2026-01-01", "bad-request"),
    ],
)
def test_what_has_no_answer_is_refused_with_a_reason(calendar: Program, query: str, slug: str) -> None:
    status, problem = calendar.get(f"/v1/calendar/business-days?{query}")
    assert (status, problem["type"]) == (422, f"urn:finnest:problem:{slug}")
    assert problem["detail"]
    assert problem["retryable"] is False
