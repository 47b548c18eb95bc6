"""`make bench`: measures, prints a table, and writes it into the README (`--write`)."""

from __future__ import annotations

import asyncio
import platform
import sys
import tempfile
from os import cpu_count
from pathlib import Path

from tests.bench import bench_demo, measure
from tests.support.readme import put


async def main(write: bool) -> None:
    """Run all measurements, one after the other, each in a home of its own."""
    rows: list[measure.Row] = []
    for part in (measure.turns, measure.documents, measure.validation, bench_demo.demo, measure.agents):
        with tempfile.TemporaryDirectory(prefix="finnest-bench-") as home:
            rows += await part(Path(home) / "home")
    width = max(len(row[0]) for row in rows)
    lines = [f"| {'what':{width}} | figure | beside |", f"|{'-' * (width + 2)}|---|---|"]
    lines += [f"| {what:{width}} | {figure} | {beside} |" for what, figure, beside in rows]
    machine = f"{cpu_count()} cores, Python {platform.python_version()}, every step on disk (fsync)"
    text = "\n".join([f"Measured by `make bench`: {machine}.", "", *lines])
    print(text)
    if write:
        put("bench", text)


if __name__ == "__main__":
    asyncio.run(main("--write" in sys.argv))
