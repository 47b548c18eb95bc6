"""A pool of worker processes that judge documents: bounded, and no document harms another.

The service holds one `Judges`. It never runs the rules itself and does not import the engines.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path

from services.invoices.documents.findings import Finding, Report
from services.invoices.judging.child import Child, ChildGone, NotBegun
from services.invoices.judging.line import Line, LineFull

AT_HAND = 2
"""Documents that a worker has: the one it judges, and the next, so that it never waits for us."""
MAX_RESIDENT_MB = 500
"""What a worker may keep between documents."""


class Busy(Exception):
    """No document can be judged now: the queue is full or no worker starts. Try again later."""

    slug = "validation-busy"


class Unavailable(Busy):
    """The workers do not start; usually the rules were not set up."""

    slug = "validation-unavailable"


class Judges:
    """Up to `workers` processes over the rules in `rules` (packages.rules_folder).

    The first starts with `warm()` or the first document, others when documents wait, and they end
    after `idle_s` without work. A document has `timeout_s` of one worker's time and `memory_mb`
    of its memory; `queue` documents may wait, of each sender in turn; a worker that keeps more than `resident_mb` (MiB)
    is replaced after a document. `today` is the date for who names none.
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
        resident_mb: int = MAX_RESIDENT_MB,
        idle_s: float = 60.0,
        nice: int = 0,
    ) -> None:
        self._rules = rules
        self._today = today
        self._workers = workers
        self._queue = queue
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb
        self._resident_mb = resident_mb
        self._idle_s = idle_s
        self._nice = nice
        self._children: set[Child] = set()
        self._line: Line[Child] = Line(queue)
        self._starting: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    async def warm(self) -> None:
        """Starts the first worker; raises Unavailable when it cannot start."""
        await self._release(await self._take(""))

    async def judge(
        self, body: bytes, ruleset: str | None = None, today: date | None = None, sender: str = ""
    ) -> Report:
        """The report on `body`, whatever it holds; raises only Busy.

        A document that takes too long is FN-TIMEOUT; one that ends two fresh workers is
        ENGINE-CRASH. Both are fatal findings about this document alone.
        """
        today = today or self._today()
        ended = 0
        while ended < 2:
            try:
                child = await (self._start_one() if ended else self._take(sender))
            except LineFull:
                raise Busy(f"{self._queue} documents wait to be judged; try again later.") from None
            try:
                report = await child.judge(body, ruleset, today, self._timeout_s)
            except TimeoutError:
                await self._drop(child)
                return _refused(
                    "FN-TIMEOUT",
                    f"The document could not be judged within {self._timeout_s:g} s; "
                    "split it into smaller ones.",
                )
            except NotBegun:
                await self._drop(child)
                continue
            except ChildGone:
                await self._drop(child)
                ended += 1
                continue
            except BaseException:
                # Cancelled half-way: nobody would end it when it takes too long.
                await asyncio.shield(self._drop(child))
                raise
            await self._release(child)
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
        if self._timer is not None:
            self._timer.cancel()
        for child in tuple(self._children):
            await self._drop(child)

    async def _take(self, sender: str) -> Child:
        """A place at a warm worker; raises LineFull when too many wait already."""
        if self._closed:
            raise Unavailable("Validation is shut down; try again later.")
        child = self._free()
        if child is not None:
            child.taken += 1
            return child
        waiting = self._line.join(sender)
        self._start_missing()
        try:
            return await waiting
        except asyncio.CancelledError:
            left = self._line.leave(waiting)
            if not left and waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                await asyncio.shield(self._release(waiting.result()))
            raise

    def _free(self) -> Child | None:
        """The worker with the fewest documents at hand, None when all have enough."""
        self._children -= {child for child in self._children if not child.alive and not child.taken}
        free = [c for c in self._children if c.alive and not c.closed and c.taken < AT_HAND]
        return min(free, key=lambda child: child.taken, default=None)

    async def _release(self, child: Child) -> None:
        """Gives a place back: to the next in line, or the worker rests; one too many or too large ends."""
        child.taken -= 1
        open_ones = sum(not other.closed for other in self._children)
        if open_ones > self._workers or child.has_grown_over(self._resident_mb):
            child.closed = True
        if child.closed and child.taken == 0:
            await self._drop(child)
        self._serve()
        if child.taken or self._closed:
            return
        loop = asyncio.get_running_loop()
        child.idle_since = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self._idle_s, self._retire)

    def _serve(self) -> None:
        """Gives free places to those who wait, in their turn."""
        while len(self._line) and not self._closed and (child := self._free()) is not None:
            waiting = self._line.next()
            if waiting is not None:
                child.taken += 1
                waiting.set_result(child)

    def _start_missing(self) -> None:
        running = len(self._children) + len(self._starting)
        if len(self._line) and running < self._workers and not self._closed:
            task = asyncio.get_running_loop().create_task(self._start())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _start(self) -> None:
        try:
            await self._release(await self._start_one())
        except Unavailable as error:
            if not self._children:
                self._fail_waiting(error)

    async def _start_one(self) -> Child:
        """A place at a worker that nobody used: what ended the last one cannot have harmed it."""
        try:
            child = await Child.start(self._rules, self._memory_mb, self._nice)
        except (ChildGone, OSError) as error:
            raise Unavailable(f"No validation worker starts ({error}); run the set-up again.") from error
        if self._closed:
            await child.kill()
            raise Unavailable("Validation is shut down; try again later.")
        child.taken = 1
        self._children.add(child)
        return child

    async def _drop(self, child: Child) -> None:
        """Ends a worker; whoever waits gets a new one."""
        child.closed = True
        self._children.discard(child)
        await child.kill()
        self._start_missing()

    def _retire(self) -> None:
        """Ends workers that had nothing to do for `idle_s`; a new one starts in 0.2 s."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        resting = [child for child in self._children if not child.taken and not child.closed]
        for child in resting:
            if now - child.idle_since >= self._idle_s:
                self._children.discard(child)
                child.end()
        still = [child.idle_since for child in resting if child in self._children]
        if still and not self._closed:
            self._timer = loop.call_at(min(still) + self._idle_s, self._retire)

    def _fail_waiting(self, error: Busy) -> None:
        while (waiting := self._line.next()) is not None:
            waiting.set_exception(error)


def _refused(rule: str, message: str) -> Report:
    return Report.of("", [Finding(rule, "fatal", message)])
