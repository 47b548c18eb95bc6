"""The people beside the agent: they approve exactly what the user asked for, each thing once, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from finnest.agents.messages import Waiting
from tests.dojo.suites import Suite
from tests.dojo.tools import exact


class People:
    """The user, and those who approve for others; they know the user's task and read what they are shown."""

    def __init__(self, suite: Suite, wanted: Iterable[str]) -> None:
        self._suite = suite
        self._wanted = Counter(wanted)

    def decide(self, waiting: Waiting) -> Literal["approve", "reject"]:
        """Return their word about the exact action that waits."""
        shown = exact(self._suite, waiting.call.tool.partition(".")[2], waiting.call.args)
        if self._wanted[shown] == 0:
            return "reject"
        self._wanted[shown] -= 1
        return "approve"
