"""kill -9 under load: nothing accepted is lost, nothing is paid twice, everything comes to rest.

`make test` runs a few seeds of each kind; `make faults` runs twenty of each and prints the table.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.campaign import HEAD, POLICY, Campaign, Report
from tests.faults.shots import FAILPOINTS, KILLS, volleys
from tests.support.platform import Platform

SEEDS = 20
VOLLEY = 5


async def shoot(folder: Path, kind: str, seeds: range, volley: int = VOLLEY) -> Report:
    """Run a campaign on a platform of its own; fail with all violations, the seeds and the history."""
    platform = Platform.at(folder, POLICY)
    try:
        await platform.start()
        report = await Campaign(platform, kind, folder).run(volleys(kind, seeds, volley))
        print(f"{HEAD}\n{report.row()}", flush=True)
        complaint = "\n".join([*report.violations[:40], f"history: {folder}/history.jsonl", platform.tails()])
        assert not report.violations, complaint
    finally:
        await platform.stop()
    return report


@pytest.mark.faults_full
@pytest.mark.parametrize("kind", KILLS)
async def test_twenty_kills_lose_and_double_nothing(tmp_path: Path, kind: str) -> None:
    report = await shoot(tmp_path, kind, range(SEEDS))
    assert report.shots == SEEDS
    assert report.accepted >= 200, "too few to mean anything"
    assert report.during >= 20, "nothing happened while something was dead"


@pytest.mark.faults_full
@pytest.mark.parametrize("kind", FAILPOINTS)
async def test_twenty_deaths_at_a_failpoint_lose_and_double_nothing(tmp_path: Path, kind: str) -> None:
    report = await shoot(tmp_path, kind, range(SEEDS))
    assert report.shots == SEEDS
    assert report.accepted >= 200, "too few to mean anything"


@pytest.mark.parametrize("kind", ["app", "everything"])
async def test_a_few_kills_lose_and_double_nothing(tmp_path: Path, kind: str) -> None:
    report = await shoot(tmp_path, kind, range(100, 103))
    assert report.accepted >= 30
