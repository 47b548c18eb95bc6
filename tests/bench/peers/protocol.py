"""How an engine in a process of its own is asked to make runs: one JSON line in, one out.

It imports nothing but the standard library: every engine's environment can load it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

QUESTION = "what waits for approval?"
FACT = "Nothing waits for approval."
ANSWER = "Nothing waits for your approval now."

Run = Callable[[str], Awaitable[str]]
"""Makes the run of this name and returns its answer."""


async def obey(run: Run) -> None:
    """Say that the engine is ready, then make as many runs as each line asks for, until the input ends.

    Raises:
        RuntimeError: A run had another answer.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(64))
    _say({"ready": True})
    made = 0
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        names = iter([f"run-{made + number}" for number in range(asked["runs"])])
        made += asked["runs"]
        took: list[float] = []

        async def client(names: object = names, took: list[float] = took) -> None:
            for name in names:  # pyright: ignore[reportGeneralTypeIssues]
                began = time.perf_counter()
                answer = await run(str(name))
                if ANSWER not in answer:
                    raise RuntimeError(f"another answer: {answer}")
                took.append((time.perf_counter() - began) * 1000)

        began = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(asked["at_once"])))
        _say({"seconds": time.perf_counter() - began, "took_ms": took})


def _say(content: dict[str, object]) -> None:
    print(json.dumps(content), flush=True)
