"""Documents judged per second on two worker processes, beside the bare XSLT of the same run.

`python -m tests.bench.bench_validation`. Bare is two processes that do nothing but parse texts that are in
memory already, and transform them by the official stylesheets as they are; whole is the pool that the service
uses: bytes in, report out, every check.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import NamedTuple

from finnest.dev.home import REPO
from finnest.dev.runtime import cache_root
from services.invoices.documents.ubl import read
from services.invoices.judging.packages import fetch
from services.invoices.judging.workers import Judges
from tests.bench.rig import Timing, load
from tests.data.ubl_documents import many_invoices

PROCESSES = 2
DOCUMENTS = 400
AT_ONCE = 4
WARM = 60
ROUNDS = 5
MANY = 20_000
"""Documents between the two looks at what a worker keeps."""
TODAY = date(2026, 11, 24)


def bare(rules: Path) -> None:
    """Transform the documents once for every line on standard input, and print the seconds."""
    from services.invoices.judging.engine import Engine
    from services.invoices.judging.rulesets import named

    processor = Engine(rules / "xslt")._processor  # pyright: ignore[reportPrivateUsage]
    sheets = [(rules / "xslt" / sheet).read_text() for sheet in named("pint-anz").stylesheets]
    executables = [
        processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=sheet) for sheet in sheets
    ]
    texts = [read(body).text for body in many_invoices(DOCUMENTS // PROCESSES)]

    def transform(text: str) -> None:
        node = processor.parse_xml(xml_text=text)
        for executable in executables:
            executable.transform_to_string(xdm_node=node)

    for text in texts[:WARM]:
        transform(text)
    print("ready", flush=True)
    for _ in sys.stdin:
        began, used = time.perf_counter(), time.process_time()
        for text in texts:
            transform(text)
        print(time.perf_counter() - began, time.process_time() - used, flush=True)


class Cost(NamedTuple):
    """What a round cost: documents per second, and processor time of all processes per document."""

    rate: float
    cpu_ms: float


class Bare:
    """The bare processes."""

    def __init__(self, rules: Path) -> None:
        command = [sys.executable, "-m", "tests.bench.bench_validation", "--bare", str(rules)]
        self._children = [
            subprocess.Popen(command, cwd=REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(PROCESSES)
        ]
        for child in self._children:
            self._line(child)

    def run(self) -> Cost:
        """Transform all documents once."""
        for child in self._children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        told = [[float(part) for part in self._line(child).split()] for child in self._children]
        return Cost(
            DOCUMENTS / max(wall for wall, _ in told), sum(used for _, used in told) * 1000 / DOCUMENTS
        )

    def close(self) -> None:
        """End them."""
        for child in self._children:
            child.communicate()

    @staticmethod
    def _line(child: subprocess.Popen[str]) -> str:
        assert child.stdout is not None
        return child.stdout.readline()


class Measured(NamedTuple):
    """The medians of all rounds."""

    bare: Cost
    whole: Cost
    share: float
    """Of the documents/s of bare, in the same round."""
    cpu_share: float
    """The same by processor time."""
    p99_ms: float
    start_mb: int
    """The largest worker when it has judged a few documents, in MiB."""
    largest_mb: int
    """The largest worker in the end, in MiB."""
    judged: int
    """Documents judged between these."""

    @property
    def kept(self) -> str:
        """What a worker keeps, as a cell of the table."""
        return f"{self.start_mb} MiB, {self.largest_mb} MiB after {self.judged:,} documents"


async def measured() -> Measured:
    """Measure in turn, so that what else the machine does falls on both."""
    rules = fetch(cache_root(), lambda _: None)
    bodies = list(many_invoices(DOCUMENTS + WARM * PROCESSES))
    judges = Judges(rules, lambda: TODAY, workers=PROCESSES)
    beside = Bare(rules)
    rounds: list[tuple[Cost, Cost, Timing]] = []
    try:
        await load(WARM * PROCESSES, AT_ONCE, lambda n: judges.judge(bodies[DOCUMENTS + n]))
        start_mb = max(judges.resident_mb().values())
        for _ in range(ROUNDS):
            alone = await asyncio.to_thread(beside.run)
            before = _used_ms(judges)
            timing = await load(DOCUMENTS, AT_ONCE, lambda n: judges.judge(bodies[n]))
            whole = Cost(timing.rate, (_used_ms(judges) - before) / DOCUMENTS)
            rounds.append((alone, whole, timing))
        await load(MANY, AT_ONCE, lambda n: judges.judge(bodies[n % DOCUMENTS]))
        largest_mb = max(judges.resident_mb().values())
    finally:
        beside.close()
        await judges.close()
    return Measured(
        bare=_median([alone for alone, _, _ in rounds]),
        whole=_median([whole for _, whole, _ in rounds]),
        share=median(whole.rate / alone.rate for alone, whole, _ in rounds),
        cpu_share=median(alone.cpu_ms / whole.cpu_ms for alone, whole, _ in rounds),
        p99_ms=median(timing.p99_ms for _, _, timing in rounds),
        start_mb=start_mb,
        largest_mb=largest_mb,
        judged=ROUNDS * DOCUMENTS + MANY,
    )


async def main() -> None:
    """Measure, and print it."""
    found = await measured()
    for name, cost in (("bare XSLT", found.bare), ("whole judgement", found.whole)):
        print(
            f"{name}, {PROCESSES} processes: {cost.rate:.0f} documents/s, "
            f"{cost.cpu_ms:.2f} ms of processor time each"
        )
    print(
        f"share of bare: {found.share:.0%} of the documents/s, "
        f"{found.cpu_share:.0%} by processor time (target 70 %)"
    )
    print(f"one judgement, {AT_ONCE} at once: p99 {found.p99_ms:.1f} ms")
    print(f"largest worker: {found.kept}")


def _median(costs: list[Cost]) -> Cost:
    return Cost(median(cost.rate for cost in costs), median(cost.cpu_ms for cost in costs))


def _used_ms(judges: Judges) -> float:
    """Processor time of the workers and of this process so far, in milliseconds."""
    total = time.process_time() * 1000
    for pid in judges.resident_mb():
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
    return total


if __name__ == "__main__":
    if "--bare" in sys.argv:
        bare(Path(sys.argv[-1]))
    else:
        asyncio.run(main())
