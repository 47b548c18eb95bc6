"""Business days as the feature calendar says them; payments goes on without it."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

import structlog
from pydantic import BaseModel, ValidationError

from finnest.agents.calling import as_user
from finnest.context import Caller
from finnest.errors import FinnestError
from finnest.feature import Kit
from services.payments.domain.days import Closed
from services.payments.ports import BusinessDays

FEATURE = "calendar"
DEADLINE_S = 0.5
KEPT = timedelta(hours=1)
"""How long an answer counts before it is asked for again."""
LEFT_ALONE = timedelta(seconds=30)
"""How long calendar is not asked after it did not answer."""

log = structlog.get_logger()


class _Day(BaseModel):
    date: date


class _Answer(BaseModel):
    closed: tuple[_Day, ...]


class CalendarDays(BusinessDays):
    """Asks calendar for this year and the next, once an hour per place."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._known: dict[str, tuple[Closed | None, datetime]] = {}
        """Place -> what was said, and until when it counts."""
        self._silent_until: datetime | None = None
        self._asking = asyncio.Lock()

    async def closed(self, tenant: str, place: str) -> Closed | None:
        async with self._asking:
            now = self._kit.clock.now()
            said, until = self._known.get(place, (None, now))
            silent = self._silent_until is not None and now < self._silent_until
            if until > now or silent:
                return said
            try:
                said = await self._ask(tenant, place, now)
            except (FinnestError, ValidationError) as problem:
                self._silent_until = now + LEFT_ALONE
                log.info("calendar-away", reason=getattr(problem, "slug", "no-answer"))
                return said
            self._known[place] = said, now + KEPT
            return said

    async def _ask(self, tenant: str, place: str, now: datetime) -> Closed | None:
        """Return the answer; None when calendar does not know the place."""
        first, last = date(now.year, 1, 1), date(now.year + 1, 12, 31)
        query = urlencode({"place": place, "from": first, "until": last})
        answer = await self._kit.peers.call(
            FEATURE,
            "GET",
            f"/v1/calendar/business-days?{query}",
            headers=as_user(self._kit, Caller(tenant=tenant, user=f"feature:{self._kit.manifest.name}"), ""),
            timeout_s=DEADLINE_S,
        )
        if answer.status == 422:
            return None
        said = _Answer.model_validate_json(answer.body if answer.status == 200 else b"")
        return Closed(place=place, first=first, last=last, days=tuple(day.date for day in said.closed))
