"""Business days of the feature calendar, and what payments does without it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from finnest.errors import TimedOut
from finnest.ports import Answer
from finnest.testing import MemoryPeers
from services.payments.adapters import CalendarDays, Dated, read_policies
from services.payments.adapters.calendar import KEPT, LEFT_ALONE
from services.payments.domain.commands import CancelPayment, JudgePayment, SchedulePayment
from services.payments.domain.days import Calendar, Closed, calendar_of
from services.payments.domain.run_messages import OpenPayRun
from services.payments.workflow.bodies import PAYMENT
from tests.unit.payments.bills import TENANT, bill
from tests.unit.payments.world import World

ASKED = "GET /calendar/v1/calendar/business-days?place=AU-NSW&from=2026-01-01&until=2027-12-31"
STRIKE = date(2026, 3, 18)
"""A Wednesday that no package knows as a holiday."""
SAID = Closed(place="AU-NSW", first=date(2026, 1, 1), last=date(2027, 12, 31), days=(STRIKE,))


class Feature:
    """The feature calendar as a test wants it."""

    def __init__(self, status: int = 200, body: object = None) -> None:
        self.status = status
        self.body = {"closed": [{"date": STRIKE.isoformat()}]} if body is None else body

    async def answer(self, _: bytes) -> Answer:
        """Answer, or be silent."""
        if not self.status:
            raise TimedOut("peer-silent", "too late")
        return Answer(self.status, json.dumps(self.body).encode(), "application/json", {})


def _asking(world: World, feature: Feature) -> tuple[CalendarDays, MemoryPeers]:
    peers = MemoryPeers({ASKED: feature.answer})
    return CalendarDays(replace(world.kit, peers=peers)), peers


def test_what_calendar_said_counts_for_its_span_and_place_only() -> None:
    told, alone = Calendar("AU-NSW", SAID), calendar_of("AU-NSW")
    new_year, saturday = date(2026, 1, 1), date(2026, 3, 21)
    assert not told.is_business_day(STRIKE)
    assert alone.is_business_day(STRIKE)
    assert told.is_business_day(new_year)
    assert not told.is_business_day(saturday)
    assert not told.is_business_day(date(2028, 12, 25))
    assert not Calendar("AU-VIC", SAID).is_business_day(new_year)


async def test_calendar_is_asked_once_an_hour(world: World) -> None:
    days, peers = _asking(world, Feature())
    assert [await days.closed(TENANT, "AU-NSW") for _ in range(3)] == [SAID] * 3
    assert peers.called == [ASKED]
    world.stage.clock.advance(KEPT.total_seconds() + 1)
    assert await days.closed(TENANT, "AU-NSW") == SAID
    assert peers.called == [ASKED] * 2


@pytest.mark.parametrize(
    "feature",
    [
        Feature(0),
        Feature(503),
        Feature(404),
        Feature(200, "no answer"),
        Feature(200, {"closed": [{"date": "x"}]}),
    ],
    ids=["too late", "away", "not here", "no object", "no dates"],
)
async def test_a_calendar_without_an_answer_is_left_alone_for_a_while(world: World, feature: Feature) -> None:
    days, peers = _asking(world, feature)
    assert [await days.closed(TENANT, "AU-NSW") for _ in range(3)] == [None] * 3
    assert peers.called == [ASKED]
    world.stage.clock.advance(LEFT_ALONE.total_seconds() + 1)
    feature.status, feature.body = 200, Feature().body
    assert await days.closed(TENANT, "AU-NSW") == SAID


async def test_what_was_said_before_counts_while_calendar_is_away(world: World) -> None:
    feature = Feature()
    days, _ = _asking(world, feature)
    await days.closed(TENANT, "AU-NSW")
    feature.status = 0
    world.stage.clock.advance(KEPT.total_seconds() + 1)
    assert await days.closed(TENANT, "AU-NSW") == SAID


async def test_a_place_that_calendar_does_not_know_is_not_asked_about_again(world: World) -> None:
    days, peers = _asking(world, Feature(422, {"detail": "there is no such place"}))
    assert [await days.closed(TENANT, "AU-NSW") for _ in range(2)] == [None, None]
    assert peers.called == [ASKED]


async def test_many_payments_at_once_ask_once(world: World) -> None:
    days, peers = _asking(world, Feature())
    await asyncio.gather(*(days.closed(TENANT, "AU-NSW") for _ in range(20)))
    assert peers.called == [ASKED]


async def test_a_payment_is_planned_by_what_calendar_said(world: World) -> None:
    thing = bill().address()
    await world.say(thing, bill(due_date=STRIKE))
    await world.say(thing, JudgePayment(closed=SAID))
    await world.say(thing, SchedulePayment(closed=SAID))
    assert (await world.stage.state(thing)).pay_on == date(2026, 3, 19)


async def test_commands_that_ask_for_days_are_sent_with_them_and_others_as_they_are(world: World) -> None:
    days, _ = _asking(world, Feature())
    dated = Dated(world.commands, days, read_policies(world.kit.settings.home))
    assert await dated.dated(TENANT, JudgePayment()) == JudgePayment(closed=SAID)
    opened = OpenPayRun(pay_on=STRIKE, format="aba")
    assert await dated.dated(TENANT, opened) == opened.model_copy(update={"closed": SAID})
    other = CancelPayment(reason="a test")
    assert await dated.dated(TENANT, other) is other


@pytest.mark.parametrize(
    ("status", "planned"), [(200, date(2026, 3, 19)), (0, STRIKE)], ids=["there", "away"]
)
async def test_the_workflow_asks_calendar_and_pays_without_it_too(
    tmp_path: Path, status: int, planned: date
) -> None:
    world = World(tmp_path, {ASKED: Feature(status).answer})
    thing = bill().address()
    await world.say(thing, bill(due_date=STRIKE))
    assert await world.run(PAYMENT, thing) == "waits"
    state = await world.stage.state(thing)
    assert (state.status, state.pay_on) == ("scheduled", planned)
    world.views.close()
