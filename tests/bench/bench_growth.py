"""What a document costs while many come: time, processor time and disk, batch by batch.

`python -m tests.bench.bench_growth [DOCUMENTS]` feeds a real installation (1,000 documents unless told
otherwise) and waits until each batch is scheduled to be paid. Nothing is simulated.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import aiohttp

from tests.bench.rig import Running, load, running
from tests.data.ubl_documents import many_invoices

BATCHES = 40
SMALLEST = 100
"""Documents in a batch, at least; more in a run of more than forty such batches."""
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

    def told(self, first: int, batch: int) -> str:
        """One line: which documents, and what each cost."""
        return f"{first:>7} – {first + batch - 1:>6}{self.ms:>8.1f}{self.cpu_ms:>8.1f}{self.bytes:>10,.0f}"


async def main(count: int) -> None:
    """Feed, and print what the first, some, and the last hundred cost."""
    batch = max(SMALLEST, count // BATCHES)
    with tempfile.TemporaryDirectory(prefix="finnest-bench-") as folder:
        async with running(Path(folder) / "home") as here:
            costs = await _feed(here, count, batch)
    print(f"{'documents':>16}{'ms':>8}{'cpu ms':>8}{'bytes':>10}   each, {AT_ONCE} at once, {batch} a batch")
    for number in sorted({0, len(costs) - 1, *range(0, len(costs), max(len(costs) // 10, 1))}):
        print(costs[number].told(number * batch + 1, batch))
    ratios = (last / first for first, last in zip(costs[0], costs[-1], strict=True))
    print("last to first: " + ", ".join(f"{r:.2f} {n}" for r, n in zip(ratios, Cost._fields, strict=True)))


async def _feed(here: Running, count: int, batch: int) -> list[Cost]:
    key = here.home.dev_key.read_text().strip()
    headers = {"authorization": f"Bearer {key}", "content-type": "application/xml"}
    bodies = many_invoices(WARM + count, step=1)
    costs: list[Cost] = []
    async with aiohttp.ClientSession(here.url, headers=headers) as session:
        await _schedule(session, [next(bodies) for _ in range(WARM)])
        for number in range(count // batch):
            documents = [next(bodies) for _ in range(batch)]
            began, used, size = time.perf_counter(), here.cpu_ms(), here.stored_bytes()
            await _schedule(session, documents)
            took = (time.perf_counter() - began) * 1000
            whole = (took, here.cpu_ms() - used, here.stored_bytes() - size)
            costs.append(Cost(*(part / batch for part in whole)))
            print(costs[-1].told(number * batch + 1, batch), f"{here.rss_mb():,.0f} MB", file=sys.stderr)
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


if __name__ == "__main__":
    asyncio.run(main(min(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, MOST)))
