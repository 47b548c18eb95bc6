"""Waiting for a condition: the only place where a test sleeps."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

T = TypeVar("T")
EVERY_S = 0.02


async def eventually(check: Callable[[], T | Awaitable[T]], within_s: float = 10.0, why: str = "") -> T:
    """Return what the check returns once it is true; an `AssertionError` in it counts as "not yet".

    Raises:
        AssertionError: It did not become true in time.
    """
    deadline = time.monotonic() + within_s
    while True:
        problem = "it was not true"
        try:
            found = check()
            if inspect.isawaitable(found):
                found = await cast("Awaitable[T]", found)
            if found:
                return cast("T", found)
        except AssertionError as not_yet:
            problem = str(not_yet) or problem
        if time.monotonic() > deadline:
            raise AssertionError(f"{why or 'waited in vain'} for {within_s} s: {problem}")
        await asyncio.sleep(EVERY_S)
