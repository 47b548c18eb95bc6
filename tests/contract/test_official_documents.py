"""Agreement with the official rules, over documents and expectations nobody of this project wrote.

The documents lie beside the repository (`../shared/peppol`) and are not part of it.
"""

from __future__ import annotations

import asyncio
import csv
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from finnest.dev.runtime import cache_root
from services.invoices.documents.findings import Report
from services.invoices.judging.packages import fetch
from services.invoices.judging.workers import Judges

DATA = Path(__file__).resolve().parents[3] / "shared" / "peppol"
TODAY = date(2026, 11, 24)

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the official documents are not here: no ../shared/peppol"
)

Row = dict[str, str]


@dataclass
class Case:
    """A document and all that is expected of it."""

    path: Path
    group: str
    ruleset: str
    rows: list[Row] = field(default_factory=list[Row])
    report: Report | None = None

    def disagreements(self) -> list[str]:
        """What the report lacks or has too much, as sentences."""
        assert self.report is not None
        found = {(f.rule, f.severity) for f in self.report.findings}
        rules = {rule for rule, _ in found}
        problems: list[str] = []
        for row in self.rows:
            rule, role = row["rule_id"], row["role"]
            if role in ("target", "also") and (rule, row["severity"]) not in found:
                problems.append(f"{rule} is not reported as {row['severity']}")
            elif role == "absent" and rule in rules:
                problems.append(f"{rule} is reported")
            elif role == "none" and not self.report.valid:
                problems.append(f"is refused: {sorted(found)[:5]}")
            elif role == "reject" and self.report.valid:
                problems.append("is accepted")
        return [f"{self.path.name}: {problem}" for problem in problems]


def _cases() -> list[Case]:
    cases: dict[Path, Case] = {}
    for folder in ("examples", "invalid"):
        with (DATA / folder / "expected.tsv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                path = DATA / folder / row["file"]
                group = f"{folder}/{path.parent.name}"
                case = cases.setdefault(path, Case(path, group, row["ruleset"]))
                case.rows.append(row)
    return list(cases.values())


GROUPS = sorted({case.group for case in _cases()}) if DATA.is_dir() else ["none"]


async def _judge(cases: list[Case]) -> None:
    rules = await asyncio.to_thread(fetch, cache_root(), lambda _: None)
    judges = Judges(rules, lambda: TODAY, queue=len(cases))
    try:

        async def one(case: Case) -> None:
            # Only fragments and retired documents need the caller to say by which rules.
            named = case.group.startswith(("examples/unit-", "invalid/unit-", "examples/anz-"))
            ruleset = case.ruleset if named else None
            case.report = await judges.judge(case.path.read_bytes(), ruleset)

        await asyncio.gather(*(one(case) for case in cases))
    finally:
        await judges.close()


class _Summary:
    """Prints the agreement of each group at the end of the test output."""

    def __init__(self, cases: list[Case]) -> None:
        self._cases = cases

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for case in self._cases:
            counts[case.group][0] += not case.disagreements()
            counts[case.group][1] += 1
        terminalreporter.section("agreement with the official rules")
        for group, (agreed, total) in sorted(counts.items()):
            terminalreporter.write_line(f"{group:32} {agreed:5} of {total:5}")
        agreed, total = (sum(count[i] for count in counts.values()) for i in (0, 1))
        terminalreporter.write_line(f"{'all':32} {agreed:5} of {total:5}")


@pytest.fixture(scope="module")
def judged(request: pytest.FixtureRequest) -> dict[str, list[Case]]:
    cases = _cases()
    asyncio.run(_judge(cases))
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.group].append(case)
    request.config.pluginmanager.register(_Summary(cases))
    return groups


@pytest.mark.parametrize("group", GROUPS)
def test_every_document_of_the_group_is_judged_as_its_authors_say(
    judged: dict[str, list[Case]], group: str
) -> None:
    problems = [problem for case in judged[group] for problem in case.disagreements()]
    assert not problems, "\n".join(problems[:20])
