"""Starts an installation for measuring, and calls it as fast as one asyncio client can."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finnest.dev.home import REPO, Home
from finnest.dev.ports import any_free

READY_S = 90.0


@dataclass(frozen=True)
class Running:
    """An installation that is ready."""

    home: Home
    ports: dict[str, Any]
    ready_s: float
    """Seconds from start to ready."""

    @property
    def url(self) -> str:
        """The gateway."""
        return f"http://127.0.0.1:{self.ports['gateway']}"

    def rss_mb(self) -> float:
        """Resident memory of everything together, in MB."""
        from finnest.dev.status import current

        return sum(process.rss_mb for process in current(self.home).processes)

    def cpu_ms(self) -> float:
        """Processor time so far of every process and its workers, those that have ended too."""
        return cpu_ms(process["pid"] for process in self.home.read_run()["processes"])

    def stored_bytes(self) -> int:
        """What is on disk: state, bus, views, reminders; logs are left out."""
        return stored_bytes(self.home.root, self.home.logs)


@asynccontextmanager
async def running(home: Path, **env: str) -> AsyncGenerator[Running]:
    """Start an installation in `home` and stop it afterwards."""
    began = time.monotonic()
    port = any_free([])
    child = subprocess.Popen(
        [sys.executable, "-m", "finnest.cli", "run", "--port", str(port)],
        cwd=REPO,
        env={**os.environ, "FINNEST_HOME": str(home), **env},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    place = Home(home)
    try:
        while place.read_run().get("state") != "ready":
            if child.poll() is not None or time.monotonic() - began > READY_S:
                raise RuntimeError(f"the installation did not start; see {place.logs}")
            await asyncio.sleep(0.02)
        yield Running(place, place.read_run()["ports"], time.monotonic() - began)
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(20)


@dataclass(frozen=True)
class Timing:
    """What a load did: rate per second and latencies in milliseconds."""

    rate: float
    p50_ms: float
    p99_ms: float


def cpu_ms(groups: Iterable[int]) -> float:
    """Return the processor time so far of all processes of these groups, in milliseconds."""
    wanted, ticks = {str(group) for group in groups}, 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[2] in wanted:
            ticks += sum(map(int, fields[11:15]))
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def stored_bytes(folder: Path, *without: Path) -> int:
    """Return what the files below a folder take, but for those below others."""
    files = (path for path in folder.rglob("*") if not set(without) & set(path.parents))
    return sum(path.stat().st_size for path in files if path.is_file())


async def load(calls: int, at_once: int, call: Callable[[int], Awaitable[Any]]) -> Timing:
    """Make `calls` calls, `at_once` at a time, and return how that went."""
    took: list[float] = []
    numbers = iter(range(calls))

    async def client() -> None:
        for number in numbers:
            began = time.perf_counter()
            await call(number)
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(at_once)))
    rate = calls / (time.perf_counter() - began)
    took.sort()
    return Timing(rate, took[len(took) // 2], took[int(len(took) * 0.99)])
