"""Slows down who sends mostly what must be refused, so that the others notice nothing of it."""

from __future__ import annotations

from collections import OrderedDict

BURST = 1_000.0
PER_S = 20.0
"""How many refusals of a tenant are answered at once, and how many a second after these."""
HEAVY_BYTES = 32 * 1024
"""So many bytes weigh as much as one refusal more: reading them took as long."""
LONGEST_S = 10.0
TENANTS = 10_000


class Refusals:
    """Counts refusals of each tenant as a bucket that leaks; what is taken is never delayed."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def delay_s(self, tenant: str, size: int, now_s: float) -> float:
        """Return how long the answer to a refused body of this size waits.

        `now_s` is any clock that only goes forward.
        """
        level, at = self._buckets.pop(tenant, (0.0, now_s))
        level = max(level - (now_s - at) * PER_S, 0.0) + 1.0 + size / HEAVY_BYTES
        self._buckets[tenant] = (level, now_s)
        while len(self._buckets) > TENANTS:
            self._buckets.popitem(last=False)
        return min(max(level - BURST, 0.0) / PER_S, LONGEST_S)
