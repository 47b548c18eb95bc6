"""A flood of hostile documents: each refused, none harms the good traffic of others."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from datetime import date
from pathlib import Path

import pytest

from finnest.dev.runtime import cache_root
from finnest.testing import eventually
from services.invoices.judging.packages import fetch
from services.invoices.judging.workers import Judges
from tests.data.ubl_documents import Bill, line
from tests.faults.flood import ROUNDS, good_traffic, judged, measure, refused
from tests.support.documents import bill
from tests.support.platform import Platform


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncGenerator[Platform]:
    """A platform of the test's own."""
    alone = Platform.at(tmp_path)
    await alone.start()
    try:
        yield alone
    finally:
        await alone.stop()


async def test_each_hostile_document_is_refused_and_tells_nothing(platform: Platform, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a-secret-of-this-machine")
    attacker = platform.company().intake
    answers = [attacker.send(body) for body in refused(secret)]
    assert all(400 <= one.status < 500 or one.status == 202 for one in answers)
    assert sum(one.status >= 400 for one in answers) >= 12
    assert not [one for one in answers if b"a-secret-of-this-machine" in one.body]


@pytest.mark.slow
async def test_good_documents_go_on_through_floods_of_hostile_ones(
    platform: Platform, tmp_path: Path
) -> None:
    for found in await measure(platform, tmp_path / "secret.txt"):
        assert sum(found.answers.values()) > ROUNDS
        assert all(400 <= status < 500 or status in (0, 202) for status in found.answers), found
    assert platform.restarts() == 0


async def test_documents_that_take_the_rules_long_leave_the_others_their_workers(platform: Platform) -> None:
    flooder, company = platform.company(), platform.company()
    for n in range(12):
        assert flooder.intake.send(judged(n)).status == 202
    id = company.intake.submit(bill().xml())
    await company.vera.until(id, "scheduled", within_s=10)


async def test_large_slow_documents_of_one_tenant_leave_the_others_their_workers(platform: Platform) -> None:
    flooder, company = platform.company(), platform.company()
    large = [Bill(f"L-{n}", lines=[line("Paper", "1.00")] * 3_000).xml() for n in range(6)]
    ids = [flooder.intake.submit(body) for body in large]
    alone = await good_traffic(company)
    print(f"\ngood documents/s while {len(large)} documents of 3,000 lines are judged: {alone:.1f}")
    for id in ids:
        invoice = await flooder.vera.until(id, within_s=180)
        assert invoice["status"] != "failed", invoice


async def test_a_document_that_takes_too_long_does_not_harm_the_one_at_hand() -> None:
    slow = Bill("L-1", lines=[line("Paper", "1.00")] * 5_000).xml()
    rules = fetch(cache_root(), lambda _: None)
    judges = Judges(rules, lambda: date(2026, 11, 24), workers=1, timeout_s=0.5)
    try:
        await judges.warm()
        reports = await asyncio.gather(judges.judge(slow), *(judges.judge(bill().xml()) for _ in range(4)))
    finally:
        await judges.close()
    assert [f.rule for f in reports[0].findings] == ["FN-TIMEOUT"]
    assert all(report.valid for report in reports[1:])


async def test_workers_that_are_killed_in_the_middle_lose_no_document() -> None:
    judges = Judges(fetch(cache_root(), lambda _: None), lambda: date(2026, 11, 24), queue=200)
    try:
        await judges.warm()
        work = asyncio.gather(*(judges.judge(bill().xml()) for _ in range(120)))
        for _ in range(3):
            await eventually(judges.resident_mb, 20)
            pid = next(iter(judges.resident_mb()))
            os.kill(pid, signal.SIGKILL)
            await eventually(lambda pid=pid: pid not in judges.resident_mb(), 20)
        reports = await work
        os.kill(next(iter(judges.resident_mb())), signal.SIGKILL)
        assert (await judges.judge(bill().xml())).valid
    finally:
        await judges.close()
    assert sum(report.valid for report in reports) >= 118
    assert {f.rule for report in reports for f in report.findings} <= {"ENGINE-CRASH"}
