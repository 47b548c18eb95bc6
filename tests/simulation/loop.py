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
        self._left: set[asyncio.Task[Any]] = set()
        self.set_exception_handler(_ignore)

    def time(self) -> float:
        return self._jump.time

    def create_task(self, coro: Any, **kwargs: Any) -> asyncio.Task[Any]:
        """Start a task and keep it, so that what a crash abandoned is not collected at some odd time."""
        task = super().create_task(coro, **kwargs)
        self._left.add(task)
        task.add_done_callback(self._left.discard)
        return task

    def end(self) -> None:
        """End what was abandoned, then the loop."""
        left = list(self._left)
        for task in left:
            task.cancel()
        if left:
            self.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.close()


def _ignore(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say nothing of tasks that a crash left behind."""
