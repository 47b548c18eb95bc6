"""What a document costs while many come: time, processor time and disk, batch by batch.

`python -m tests.bench.bench_growth [DOCUMENTS]` feeds a real installation (1,000 documents unless told
otherwise) and waits until each batch is scheduled to be paid. Nothing is simulated.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import aiohttp

from finnest.dev.status import current
from tests.bench.rig import Running, load, running
from tests.data.ubl_documents import many_invoices

BATCH = 100
WARM = 60
AT_ONCE = 16
MOST = 30_000
"""From here on the amounts would come again, and be taken for one another."""
PATIENCE_S = 120.0


class Cost(NamedTuple):
    """What one document of a batch cost."""

    ms: float
    cpu_ms: float
    """Processor time of all processes of the installation."""
    bytes: float
    """On disk: state, bus, views, reminders; logs are left out."""


async def main(count: int) -> None:
    """Feed, and print what the first, some, and the last hundred cost."""
    with tempfile.TemporaryDirectory(prefix="finnest-bench-") as folder:
        async with running(Path(folder) / "home") as here:
            costs = await _feed(here, count)
    print(f"{'documents':>16}{'ms':>8}{'cpu ms':>8}{'bytes':>10}   each, {AT_ONCE} at once, {BATCH} a batch")
    shown = sorted({0, len(costs) - 1, *range(0, len(costs), max(len(costs) // 10, 1))})
    for number in shown:
        cost, first = costs[number], number * BATCH + 1
        print(f"{first:>7} – {first + BATCH - 1:>6}{cost.ms:>8.1f}{cost.cpu_ms:>8.1f}{cost.bytes:>10,.0f}")
    ratios = (last / first for first, last in zip(costs[0], costs[-1], strict=True))
    print("last to first: " + ", ".join(f"{r:.2f} {n}" for r, n in zip(ratios, Cost._fields, strict=True)))


async def _feed(here: Running, count: int) -> list[Cost]:
    key = here.home.dev_key.read_text().strip()
    headers = {"authorization": f"Bearer {key}", "content-type": "application/xml"}
    bodies = many_invoices(WARM + count, step=1)
    costs: list[Cost] = []
    async with aiohttp.ClientSession(here.url, headers=headers) as session:
        await _schedule(session, [next(bodies) for _ in range(WARM)])
        for _ in range(count // BATCH):
            batch = [next(bodies) for _ in range(BATCH)]
            began, used, size = time.perf_counter(), _cpu_ms(here), _bytes(here)
            await _schedule(session, batch)
            took = (time.perf_counter() - began) * 1000
            whole = (took, _cpu_ms(here) - used, _bytes(here) - size)
            costs.append(Cost(*(part / BATCH for part in whole)))
    return costs


async def _schedule(session: aiohttp.ClientSession, bodies: list[bytes]) -> None:
    """Submit documents and wait until each is scheduled."""
    ids: list[str] = []

    async def submit(number: int) -> None:
        async with session.post("/v1/invoices", data=bodies[number]) as answer:
            answer.raise_for_status()
            ids.append((await answer.json())["id"])

    await load(len(bodies), AT_ONCE, submit)
    deadline = time.monotonic() + PATIENCE_S
    for id in ids:
        while (status := await _status(session, id)) != "scheduled":
            if time.monotonic() > deadline:
                raise RuntimeError(f"{id} is {status} after {PATIENCE_S} s")
            await asyncio.sleep(0.02)


async def _status(session: aiohttp.ClientSession, id: str) -> str:
    async with session.get(f"/v1/invoices/{id}") as answer:
        return str((await answer.json())["status"])


def _cpu_ms(here: Running) -> float:
    """Processor time so far of every process and its workers, those that have ended too."""
    groups = {str(process.pid) for process in current(here.home).processes}
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[2] in groups:
            ticks += sum(map(int, fields[11:15]))
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _bytes(here: Running) -> int:
    files = (path for path in here.home.root.rglob("*") if here.home.logs not in path.parents)
    return sum(path.stat().st_size for path in files if path.is_file())


if __name__ == "__main__":
    asyncio.run(main(min(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, MOST)))
