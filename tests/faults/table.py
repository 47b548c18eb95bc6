"""Campaigns side by side, each on a platform of its own, and the table of what they found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from tests.faults.campaign import HEAD, POLICY, Campaign, Report
from tests.faults.shots import volleys
from tests.support.platform import Platform

VOLLEY = 10
"""Shots before the system is let heal."""
AT_ONCE = 3
"""Most of the time is spent waiting for redeliveries and restarts."""


async def shoot(folder: Path, kind: str, seeds: range, volley: int = VOLLEY) -> Report:
    """Run one campaign; what went wrong is in the report, with the place of the history and the logs."""
    folder.mkdir(parents=True, exist_ok=True)
    platform = Platform.at(folder, payments=POLICY)
    try:
        await platform.start()
        report = await Campaign(platform, kind, folder).run(volleys(kind, seeds, volley))
    finally:
        await platform.stop()
    if report.violations:
        last = f"{kind} seeds {seeds.start} to {seeds.stop - 1}"
        again = f"python -m tests.faults {kind} {seeds.start} {seeds.stop - 1}"
        places = f"{folder}/history.jsonl and {platform.home.logs}"
        print("\n".join([f"✗ {last}", *report.violations[:40], f"read {places}; again: {again}"]), flush=True)
    return report


async def table(folder: Path, kinds: Iterable[str], seeds: range, at_once: int = AT_ONCE) -> list[Report]:
    """Run a campaign for each kind, some at once, and print the table; return the reports."""
    slots = asyncio.Semaphore(at_once)

    async def one(kind: str) -> Report:
        async with slots:
            return await shoot(folder / kind, kind, seeds)

    reports = await asyncio.gather(*map(one, kinds))
    print("\n".join(["", HEAD, *(report.row() for report in reports)]), flush=True)
    return reports
