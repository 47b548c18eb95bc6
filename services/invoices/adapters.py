"""The ports of invoices: Judge over worker processes, Lookalikes over the views."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from finnest.errors import Throttled, Unavailable
from finnest.views import Views
from services.invoices.documents.findings import Report
from services.invoices.judging import workers
from services.invoices.ports import LARGE_BYTES, Alike, Bill, Judge, Lookalikes
from services.invoices.views import alike


class WorkerJudge(Judge):
    """Judges documents in processes of their own, so that no document harms another."""

    def __init__(self, judges: workers.Judges, large: workers.Judges) -> None:
        self._judges = judges
        self._large = large

    async def judge(self, body: bytes, ruleset: str | None = None) -> Report:
        judges = self._large if len(body) > LARGE_BYTES else self._judges
        try:
            return await judges.judge(body, ruleset)
        except workers.Unavailable as away:
            raise Unavailable(away.slug, str(away)) from away
        except workers.Busy as busy:
            raise Throttled(busy.slug, str(busy)) from busy


class ViewLookalikes(Lookalikes):
    """Finds them in the feature's views."""

    def __init__(self, views: Views) -> None:
        self._views = views

    async def near(self, tenant: str, id: str, bill: Bill, days: int, limit: int) -> Sequence[Alike]:
        window = timedelta(days=days)
        first, last = bill.issue_date - window, bill.issue_date + window
        rows = await self._views.read(alike(tenant, id, bill, (first, last), limit))
        return [Alike.model_validate(row) for row in rows]
