"""The ports of invoices: Judge over worker processes, Days by the settings of the tenants."""

from __future__ import annotations

import asyncio
from datetime import date

from finnest.errors import Throttled, Unavailable
from finnest.ports import Clock
from finnest.tenants import Tenants
from services.invoices.documents.findings import Report
from services.invoices.judging import workers
from services.invoices.judging.heavy import is_heavy
from services.invoices.judging.refusals import Heavies
from services.invoices.ports import Days, Judge


class WorkerJudge(Judge):
    """Judges documents in processes of their own, so that no document harms another."""

    def __init__(self, judges: workers.Judges, large: workers.Judges, heavies: Heavies) -> None:
        self._judges = judges
        self._large = large
        self._heavies = heavies

    async def judge(self, sender: str, body: bytes, today: date, ruleset: str | None = None) -> Report:
        heavy = is_heavy(body)
        judges = self._large if heavy else self._judges
        try:
            report = await judges.judge(body, ruleset, today, sender)
        except workers.Unavailable as away:
            raise Unavailable(away.slug, str(away)) from away
        except workers.Busy as busy:
            raise Throttled(busy.slug, str(busy)) from busy
        if heavy:
            self._heavies.done(sender.partition("/")[0], asyncio.get_running_loop().time())
        return report


class TenantDays(Days):
    """Tells each tenant's date by its time zone."""

    def __init__(self, clock: Clock, tenants: Tenants) -> None:
        self._clock = clock
        self._tenants = tenants

    def today(self, tenant: str) -> date:
        return self._tenants.of(tenant).day(self._clock.now())
