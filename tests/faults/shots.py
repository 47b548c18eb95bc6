"""What is done to the system, and when: all of it follows from a seed, so that a seed can be run again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from finnest.failpoints import NAMES as FAILPOINTS
from tests.support.platform import CHILDREN

KILLS: dict[str, tuple[str, ...]] = {
    "app": ("app",),
    "sidecar": ("sidecar",),
    "broker": ("broker",),
    "everything": CHILDREN,
    "launcher": ("launcher",),
    "move": ("launcher",),
}
"""Kind of fault -> what is killed at once; after a `move`, payments comes back elsewhere."""
KINDS = (*KILLS, *FAILPOINTS)
DOCUMENTS = 12
"""Documents that are sent around one shot."""
_PASSES = {"before-wake": 2, "before-reminder": 2, "after-reminder": 2}
_MANY_PASSES = 14


@dataclass(frozen=True)
class Shot:
    """One fault: a kill once `after` documents of this shot are accepted and `pause_s` have passed, or a
    failpoint that the app meets by itself."""

    kind: str
    seed: int
    targets: tuple[str, ...] = ()
    after: int = 0
    pause_s: float = 0.0
    failpoint: str = ""

    @classmethod
    def of(cls, kind: str, seed: int) -> Shot:
        """Return the shot that the seed stands for."""
        chance = random.Random(f"{kind}/{seed}")
        if kind in FAILPOINTS:
            passes = chance.randint(1, _PASSES.get(kind, _MANY_PASSES))
            return cls(kind, seed, failpoint=f"{kind}:{passes}")
        after, pause_s = chance.randrange(DOCUMENTS), round(chance.uniform(0, 0.25), 3)
        return cls(kind, seed, KILLS[kind], after, pause_s)

    def __str__(self) -> str:
        where = f"{self.kind} seed {self.seed}"
        if self.failpoint:
            return f"{where}: the app dies at {self.failpoint}"
        return f"{where}: kill {'+'.join(self.targets)} {self.pause_s:.3f} s after accepting {self.after}"


def volleys(kind: str, seeds: range, size: int) -> Iterator[list[Shot]]:
    """Yield the shots of all seeds in groups; the system is let heal after each group."""
    for first in range(seeds.start, seeds.stop, size):
        yield [Shot.of(kind, seed) for seed in range(first, min(first + size, seeds.stop))]
