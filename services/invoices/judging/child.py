"""One worker process as its parent sees it: start, ask, stop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import struct
import sys
from collections import deque
from datetime import date
from pathlib import Path
from typing import Any

from services.invoices.documents.findings import Report

_START_TIMEOUT_S = 60.0
_LOOK_EVERY = 64
_ROOT = Path(__file__).resolve().parents[3]


class ChildGone(Exception):
    """The worker process ended over this document."""


class NotBegun(ChildGone):
    """The worker process ended over the document before this one."""


class Child:
    """A running worker: judges one document after the other, and may have the next one at hand.

    After any failure it must be killed.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._answers: deque[asyncio.Future[Report]] = deque()
        self._reader: asyncio.Task[None] | None = None
        self._judged = 0
        self._looked_at = 0
        self.taken = 0
        """How many documents it has been promised."""
        self.closed = False
        """Whether it takes no further documents."""
        self.idle_since = 0.0

    @classmethod
    async def start(cls, rules: Path, memory_mb: int, nice: int = 0) -> Child:
        """Starts a worker and waits until it is warm; raises ChildGone when it cannot be.

        With a higher `nice` it gets what processor time the others leave.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.invoices.judging.worker"),
            *(str(rules), str(memory_mb), str(os.getpid()), str(nice)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            env=_environment(),
        )
        child = cls(process)
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                await child._receive()
        except BaseException as error:
            await child.kill()
            if isinstance(error, TimeoutError):
                raise ChildGone("the worker did not get ready") from error
            raise
        return child

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs, as far as is known."""
        return self._process.returncode is None

    def resident_mb(self) -> int:
        """The resident memory of the process in MiB, 0 when it is gone."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)

    def has_grown_over(self, limit_mb: int) -> bool:
        """Whether the process is larger than `limit_mb`; looks only when it was given 64 documents more."""
        if self._judged - self._looked_at < _LOOK_EVERY:
            return False
        self._looked_at = self._judged
        return self.resident_mb() > limit_mb

    async def judge(self, body: bytes, ruleset: str | None, today: date, timeout_s: float) -> Report:
        """The worker's report; the time runs from when the document before it is answered.

        Raises:
            ChildGone: The process ended over this document.
            NotBegun: It ended before it came to this document.
            TimeoutError: It took longer.
        """
        self._judged += 1
        before = self._answers[-1] if self._answers else None
        answer: asyncio.Future[Report] = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
        request = {"size": len(body), "ruleset": ruleset, "today": today.isoformat()}
        head = json.dumps(request).encode()
        stdin = self._process.stdin
        assert stdin is not None
        # A broken pipe is seen by the reader, which knows whose fault it is.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            stdin.write(struct.pack(">I", len(head)) + head + body)
        if before is not None:
            await asyncio.wait([before])
        async with asyncio.timeout(timeout_s):
            return await answer

    async def kill(self) -> None:
        """Ends the process at once and waits until it is gone."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        if self._reader is not None:
            await asyncio.wait([self._reader])

    def end(self) -> None:
        """Closes the worker's input; it ends by itself, without anyone waiting for it."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def _read(self) -> None:
        """Gives each answer to its document; when the process ends, the first in line is why."""
        try:
            while True:
                report = Report.from_json(await self._receive())
                answer = self._answers.popleft()
                if not answer.done():
                    answer.set_result(report)
        except ChildGone as gone:
            for place, answer in enumerate(self._answers):
                if not answer.done():
                    answer.set_exception(gone if place == 0 else NotBegun(str(gone)))
            self._answers.clear()

    async def _receive(self) -> dict[str, Any]:
        stdout = self._process.stdout
        assert stdout is not None
        try:
            (length,) = struct.unpack(">I", await stdout.readexactly(4))
            return json.loads(await stdout.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionResetError):
            raise ChildGone(self._last_word()) from None

    def _last_word(self) -> str:
        code = self._process.returncode
        return "the worker ended" if code is None else f"the worker ended with {code}"


def _environment() -> dict[str, str]:
    """Only what Python needs: a worker reads hostile input and must not hold secrets.

    One allocator arena keeps the idle worker some ten MiB smaller.
    """
    paths = [str(_ROOT), *(path for path in sys.path if path)]
    return {
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "1",
    }
