"""Slows down who sends mostly what must be refused or takes long, so that the others notice nothing of it."""

from __future__ import annotations

from collections import OrderedDict

from finnest.errors import Throttled

BURST = 1_000.0
PER_S = 20.0
"""How many refusals of a tenant are answered at once, and how many a second after these."""
HEAVY_BYTES = 32 * 1024
"""So many bytes weigh as much as one refusal more: reading them took as long."""
LONGEST_S = 10.0
TENANTS = 10_000
HEAVY_BURST = 160.0
HEAVY_PER_S = 1.0
"""How much weight (heavy.py) of documents that take the rules long is taken of a tenant at once, and how much a
second after that: about half of what a worker can judge."""


class _Buckets:
    """A leaking bucket for each tenant; `now_s` is any clock that only goes forward."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def level(self, tenant: str, now_s: float) -> float:
        """Return what is in the bucket now."""
        level, at = self._levels.get(tenant, (0.0, now_s))
        return max(level - (now_s - at) * self._per_s, 0.0)

    def add(self, tenant: str, weight: float, now_s: float) -> float:
        """Return what is in the bucket after more came into it."""
        level = self.level(tenant, now_s) + weight
        self._levels[tenant] = (level, now_s)
        self._levels.move_to_end(tenant)
        while len(self._levels) > TENANTS:
            self._levels.popitem(last=False)
        return level


class Refusals:
    """Counts refusals of each tenant as a bucket that leaks; what is taken is never delayed."""

    def __init__(self) -> None:
        self._buckets = _Buckets(PER_S)

    def delay_s(self, tenant: str, size: int, now_s: float) -> float:
        """Return how long the answer to a refused body of this size waits.

        `now_s` is any clock that only goes forward.
        """
        level = self._buckets.add(tenant, 1.0 + size / HEAVY_BYTES, now_s)
        return min(max(level - BURST, 0.0) / PER_S, LONGEST_S)


class Heavies:
    """Weighs the documents of each tenant that take the rules long."""

    def __init__(self) -> None:
        self._buckets = _Buckets(HEAVY_PER_S)

    def take(self, tenant: str, weight: float, now_s: float) -> None:
        """Count one more; raises as `admit`."""
        self.admit(tenant, now_s)
        self._buckets.add(tenant, weight, now_s)

    def admit(self, tenant: str, now_s: float) -> None:
        """Return when one more may come, however much it weighs.

        Raises:
            Throttled: The tenant has sent too much of them lately; send it again later.
        """
        if self._buckets.level(tenant, now_s) >= HEAVY_BURST:
            detail = "too many documents that take the rules long; send this one again in a few seconds"
            raise Throttled("too-many-heavy", detail)
