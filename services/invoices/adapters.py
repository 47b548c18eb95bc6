"""The port Judge over worker processes."""

from __future__ import annotations

from finnest.errors import Throttled, Unavailable
from services.invoices.documents.findings import Report
from services.invoices.judging import workers
from services.invoices.ports import Judge


class WorkerJudge(Judge):
    """Judges documents in processes of their own, so that no document harms another."""

    def __init__(self, judges: workers.Judges) -> None:
        self._judges = judges

    async def judge(self, body: bytes, ruleset: str | None = None) -> Report:
        try:
            return await self._judges.judge(body, ruleset)
        except workers.Unavailable as away:
            raise Unavailable(away.slug, str(away)) from away
        except workers.Busy as busy:
            raise Throttled(busy.slug, str(busy)) from busy
