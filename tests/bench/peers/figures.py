"""What is measured of every engine, in the same way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

AT_ONCE = (1, 16)
ROUNDS = 2
"""The better one counts: what else the machine does seldom falls on both."""

Load = Callable[[int, int], Awaitable["Batch"]]
"""Makes so many runs, so many at once."""


@dataclass(frozen=True)
class Batch:
    """Runs that were made: how long all and each took."""

    seconds: float
    took_ms: Sequence[float]

    @property
    def rate(self) -> float:
        """Runs per second."""
        return len(self.took_ms) / self.seconds

    def at(self, share: float) -> float:
        """Return the milliseconds that this share of the runs took at most."""
        return sorted(self.took_ms)[int(len(self.took_ms) * share)]


@dataclass(frozen=True)
class Figures:
    """One row of the table."""

    engine: str
    alone: Batch
    many: Batch
    cpu_ms: float
    """Processor time of all its processes per run, in all loads together."""
    rss_mb: float
    bytes: float
    """On disk per run."""
    durable: str
    """What is safe when a step's result is used: D1 outlives the process, D2 the machine's loss of power."""


@dataclass(frozen=True)
class Gauge:
    """Reads what an engine has used so far."""

    cpu_ms: Callable[[], float]
    bytes: Callable[[], float]
    rss_mb: Callable[[], float]


async def measured(
    engine: str, load: Load, gauge: Gauge, runs: tuple[int, int], durable: str = "D2"
) -> Figures:
    """Warm up, make `runs` runs alone and at 16 in each round, and return the better of them and what a run cost."""
    await load(max(runs[0] // 4, 3), 1)
    await load(max(runs[1] // 4, 16), 16)
    used, size = gauge.cpu_ms(), gauge.bytes()
    rounds = [(await load(runs[0], AT_ONCE[0]), await load(runs[1], AT_ONCE[1])) for _ in range(ROUNDS)]
    alone, many = (max(batches, key=lambda one: one.rate) for batches in zip(*rounds, strict=True))
    count = sum(runs) * ROUNDS
    return Figures(
        engine,
        alone,
        many,
        (gauge.cpu_ms() - used) / count,
        gauge.rss_mb(),
        (gauge.bytes() - size) / count,
        durable,
    )
