"""The port of invoices: Judge over worker processes."""

from __future__ import annotations

from finnest.errors import Throttled, Unavailable
from services.invoices.documents.findings import Report
from services.invoices.judging import workers
from services.invoices.ports import LARGE_BYTES, Judge


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
