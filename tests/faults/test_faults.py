"""kill -9 and named failpoints under load: nothing accepted is lost, nothing is paid twice, all comes to rest.

`make test` shoots a few seeds; `make faults` twenty of each kind, and writes the table in the README.
"""

from __future__ import annotations

from pathlib import Path

from tests.faults.shots import KILLS, KINDS, Shot
from tests.faults.table import table

SEEDS = 20
FEW = ("app", "everything", "before-publish", "after-effect")


async def test_a_few_deaths_lose_and_double_nothing(tmp_path: Path) -> None:
    reports = await table(tmp_path, FEW, range(100, 103), at_once=len(FEW))
    assert [violation for report in reports for violation in report.violations] == []
    assert all(report.shots == 3 and report.accepted >= 30 for report in reports)


def test_a_seed_always_stands_for_the_same_shot() -> None:
    assert all(Shot.of(kind, seed) == Shot.of(kind, seed) for kind in KINDS for seed in range(SEEDS))
    assert all(len({str(Shot.of(kind, seed)) for seed in range(SEEDS)}) == SEEDS for kind in KILLS)
