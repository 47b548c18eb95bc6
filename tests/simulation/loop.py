"""An event loop without a clock and without I/O: when nothing is ready, time jumps to the next timer."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any


class Stuck(Exception):
    """Nothing is ready and no timer is set: whoever still waits would wait for ever."""


class _Jump(selectors.SelectSelector):
    """Instead of waiting, moves the time on."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck
        self.time += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs tasks in one thread, always in the same order; a day takes as long as its events."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)
        self.set_exception_handler(_ignore)

    def time(self) -> float:
        return self._jump.time

    def end(self) -> None:
        """Close what was abandoned, then the loop."""
        for task in asyncio.all_tasks(self):
            task.get_coro().close()  # pyright: ignore
        self.close()


def _ignore(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say nothing of tasks that a crash left behind."""
