"""A pool of worker processes that judge documents: bounded, and no document harms another.

The service holds one `Judges`. It never runs the rules itself and does not import the engines.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import date
from pathlib import Path

from services.invoices.documents.findings import Finding, Report
from services.invoices.judging.child import Child, ChildGone

MAX_RESIDENT_MB = 500
"""A worker that has grown over this is replaced after its document."""


class Busy(Exception):
    """No document can be judged now: the queue is full or no worker starts. Try again later."""

    slug = "validation-busy"


class Unavailable(Busy):
    """The workers do not start; usually the rules were not set up."""

    slug = "validation-unavailable"


class Judges:
    """Up to `workers` processes over the rules in `rules` (packages.rules_folder).

    The first starts with `warm()` or the first document, others when documents wait, and they end
    after `idle_s` without work, except `kept` of them. A document has `timeout_s` of one worker's time and `memory_mb`
    of its memory; `queue` documents may wait. `today` is the date in the tenants' time zone.
    """

    def __init__(
        self,
        rules: Path,
        today: Callable[[], date],
        *,
        workers: int = 2,
        queue: int = 64,
        timeout_s: float = 10.0,
        memory_mb: int = 1024,
        idle_s: float = 60.0,
        kept: int = 1,
        nice: int = 0,
    ) -> None:
        self._rules = rules
        self._today = today
        self._workers = workers
        self._queue = queue
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb
        self._idle_s = idle_s
        self._kept = kept
        self._nice = nice
        self._children: set[Child] = set()
        self._ready: list[Child] = []
        self._waiting: deque[asyncio.Future[Child]] = deque()
        self._starting: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    async def warm(self) -> None:
        """Starts the first worker; raises Unavailable when it cannot start."""
        self._give(await self._take())

    async def judge(self, body: bytes, ruleset: str | None = None) -> Report:
        """The report on `body`, whatever it holds; raises only Busy.

        A document that takes too long is FN-TIMEOUT; one that ends two fresh workers is
        ENGINE-CRASH. Both are fatal findings about this document alone.
        """
        today = self._today()
        for take in (self._take, self._start_one):
            child = await take()
            try:
                async with asyncio.timeout(self._timeout_s):
                    report = await child.judge(body, ruleset, today)
            except TimeoutError:
                await self._drop(child)
                return _refused(
                    "FN-TIMEOUT",
                    f"The document could not be judged within {self._timeout_s:g} s; "
                    "split it into smaller ones.",
                )
            except ChildGone:
                await self._drop(child)
                continue
            except BaseException:
                # Cancelled half-way: the answer of this worker would reach the next document.
                await asyncio.shield(self._drop(child))
                raise
            if len(self._children) > self._workers or child.has_grown_over(MAX_RESIDENT_MB):
                await self._drop(child)
            else:
                self._give(child)
            return report
        return _refused("ENGINE-CRASH", "The rules engine crashed on this document twice; it was not judged.")

    def resident_mb(self) -> dict[int, int]:
        """Resident memory in MiB of each worker, by process id."""
        return {child.pid: child.resident_mb() for child in self._children}

    async def close(self) -> None:
        """Ends all workers; documents in work or waiting get Busy."""
        self._closed = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        self._fail_waiting(Unavailable("Validation is shutting down; try again later."))
        self._ready.clear()
        if self._timer is not None:
            self._timer.cancel()
        for child in tuple(self._children):
            await self._drop(child)

    async def _take(self) -> Child:
        """A warm worker of one's own; raises Busy when too many wait already."""
        if self._closed:
            raise Unavailable("Validation is shut down; try again later.")
        while self._ready:
            child = self._ready.pop()
            if child.alive:
                return child
            await self._drop(child)
        if len(self._waiting) >= self._queue:
            raise Busy(f"{self._queue} documents wait to be judged; try again in a few seconds.")
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._start_missing()
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            elif waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                self._give(waiting.result())
            raise

    def _give(self, child: Child) -> None:
        """Hands a worker to the next in line, or keeps it ready."""
        if self._closed:
            return
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(child)
                return
        loop = asyncio.get_running_loop()
        child.idle_since = loop.time()
        self._ready.append(child)
        if self._timer is None:
            self._timer = loop.call_later(self._idle_s, self._retire)

    def _start_missing(self) -> None:
        running = len(self._children) + len(self._starting)
        if self._waiting and running < self._workers and not self._closed:
            task = asyncio.get_running_loop().create_task(self._start())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _start(self) -> None:
        try:
            self._give(await self._start_one())
        except Unavailable as error:
            if not self._children:
                self._fail_waiting(error)

    async def _start_one(self) -> Child:
        """A worker that nobody used before: what ended the last one cannot have harmed it."""
        try:
            child = await Child.start(self._rules, self._memory_mb, self._nice)
        except (ChildGone, OSError) as error:
            raise Unavailable(f"No validation worker starts ({error}); run the set-up again.") from error
        if self._closed:
            await child.kill()
            raise Unavailable("Validation is shut down; try again later.")
        self._children.add(child)
        return child

    async def _drop(self, child: Child) -> None:
        """Ends a worker; whoever waits gets a new one."""
        self._children.discard(child)
        await child.kill()
        self._start_missing()

    def _retire(self) -> None:
        """Ends workers that had nothing to do for `idle_s`; a new one starts in 0.2 s."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        for child in self._ready[:]:
            if now - child.idle_since >= self._idle_s:
                self._ready.remove(child)
                self._children.discard(child)
                child.end()
        if self._ready and not self._closed:
            oldest = min(child.idle_since for child in self._ready)
            self._timer = loop.call_at(oldest + self._idle_s, self._retire)

    def _fail_waiting(self, error: Busy) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_exception(error)


def _refused(rule: str, message: str) -> Report:
    return Report.of("", [Finding(rule, "fatal", message)])
