"""What a rules worker keeps between documents is bounded, and replacing it costs no document."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from finnest.dev.runtime import cache_root
from services.invoices.judging.packages import fetch
from services.invoices.judging.workers import Judges
from tests.data.ubl_documents import Bill, line

CLEAN = Bill("KP-1").xml()
LONG = Bill("KP-2", lines=[line("Paper", "1.00")] * 5_000).xml()
ONE_LOOK = 70
"""Documents after which a worker has been looked at once."""


def pool(resident_mb: int) -> Judges:
    """Return a pool of one worker that may keep so many MiB."""
    rules = fetch(cache_root(), lambda _: None)
    return Judges(rules, lambda: date(2026, 11, 24), workers=1, queue=400, resident_mb=resident_mb)


async def worker_of(judges: Judges) -> int:
    """Return the process id of the worker that judges now."""
    await judges.warm()
    (pid,) = judges.resident_mb()
    return pid


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
async def test_a_worker_grown_over_its_bound_is_replaced_and_no_document_is_lost(at_once: int) -> None:
    judges = pool(1)
    try:
        first = await worker_of(judges)
        assert (await judges.judge(CLEAN)).valid
        for _ in range(0, ONE_LOOK, at_once):
            reports = await asyncio.gather(*(judges.judge(CLEAN) for _ in range(at_once)))
            assert all(report.valid for report in reports)
        assert await worker_of(judges) != first
        assert (await judges.judge(CLEAN)).valid
    finally:
        await judges.close()


async def test_a_large_document_leaves_no_large_worker_behind() -> None:
    judges = pool(500)
    try:
        first = await worker_of(judges)
        before = judges.resident_mb()[first]
    finally:
        await judges.close()
    judges = pool(before + 20)
    try:
        first = await worker_of(judges)
        for _ in range(ONE_LOOK):
            await judges.judge(CLEAN)
        assert await worker_of(judges) == first, "a worker within its bound stays"
        assert (await judges.judge(LONG)).valid
        assert judges.resident_mb()[first] > before + 20
        reports = [await judges.judge(CLEAN) for _ in range(ONE_LOOK)]
        assert all(report.valid for report in reports)
        assert await worker_of(judges) != first
        assert max(judges.resident_mb().values()) < before + 20
    finally:
        await judges.close()
