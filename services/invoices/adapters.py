"""The ports of invoices: Judge over worker processes, Days by the settings of the tenants."""

from __future__ import annotations

from datetime import date

from finnest.errors import Throttled, Unavailable
from finnest.ports import Clock
from finnest.tenants import Tenants
from services.invoices.documents.findings import Report
from services.invoices.judging import workers
from services.invoices.judging.heavy import is_heavy
from services.invoices.ports import Days, Judge


class WorkerJudge(Judge):
    """Judges documents in processes of their own, so that no document harms another."""

    def __init__(self, judges: workers.Judges, large: workers.Judges) -> None:
        self._judges = judges
        self._large = large

    async def judge(self, sender: str, body: bytes, today: date, ruleset: str | None = None) -> Report:
        judges = self._large if is_heavy(body) else self._judges
        try:
            return await judges.judge(body, ruleset, today, sender)
        except workers.Unavailable as away:
            raise Unavailable(away.slug, str(away)) from away
        except workers.Busy as busy:
            raise Throttled(busy.slug, str(busy)) from busy


class TenantDays(Days):
    """Tells each tenant's date by its time zone."""

    def __init__(self, clock: Clock, tenants: Tenants) -> None:
        self._clock = clock
        self._tenants = tenants

    def today(self, tenant: str) -> date:
        return self._tenants.of(tenant).day(self._clock.now())
