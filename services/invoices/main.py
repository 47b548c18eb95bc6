"""Composition root of invoices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from finnest.feature import Feature, Kit, Projection, Settings
from finnest.turn import Decider
from services.invoices.adapters import TenantDays, WorkerJudge
from services.invoices.agent import Clerk, Drafter, Teller
from services.invoices.api import router
from services.invoices.domain.drafts import SUBMIT, Drafts
from services.invoices.domain.invoice import Invoices
from services.invoices.domain.telling import TELL
from services.invoices.domain.totals import Totals
from services.invoices.judging.packages import rules_folder
from services.invoices.judging.workers import Judges
from services.invoices.reading.texts import PdfTexts
from services.invoices.tools import TOOLS
from services.invoices.views import InvoiceViews

QUEUE = 24
LARGE_NICE, LARGE_QUEUE = 15, 2


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    """Return the feature's deciders."""
    return [Invoices(), Totals(), Drafts()]


def projections() -> Sequence[Projection]:
    """Return what builds the feature's views."""
    return [InvoiceViews()]


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    """Wire the feature."""
    folder = rules_folder(kit.settings.cache)
    days = TenantDays(kit.clock, kit.tenants)

    def utc() -> date:
        return kit.clock.now().date()

    # Fewer wait than there are places for effects, so that some are left for whoever sends little.
    judges = Judges(folder, utc, queue=QUEUE)
    # Few wait for it: whoever waits holds one of the places for effects, which short documents need.
    large = Judges(folder, utc, workers=1, queue=LARGE_QUEUE, nice=LARGE_NICE)
    judge = WorkerJudge(judges, large)

    @asynccontextmanager
    async def running() -> AsyncGenerator[None]:
        # Beside the start, not before it: the first document waits for the rules, readiness does not.
        warming = asyncio.create_task(judges.warm())
        try:
            yield
        finally:
            warming.cancel()
            await judges.close()
            await large.close()

    return Feature(
        manifest=kit.manifest,
        deciders=deciders,
        effects={
            "check": Clerk(kit.blobs, kit.commands, judge, days).check,
            SUBMIT: Drafter(kit.blobs, kit.commands).submit,
            TELL: Teller(kit.blobs, kit.streams, judge).tell,
        },
        router=router(kit, judge, days, PdfTexts()),
        projections=projections(),
        tools=TOOLS,
        running=running,
    )
