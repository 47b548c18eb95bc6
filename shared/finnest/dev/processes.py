"""The supervisor: starts children, starts again those that die, stops all of them in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finnest.dev import logs, watch
from finnest.dev.errors import SetupError

FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 5.0
STEADY_AFTER_S = 30.0
DEATHS_BEFORE_DESPAIR = 4
KILLED = "was killed by SIGKILL"
STOP_S = 3.0
ROTATE_EVERY_S = 5.0


@dataclass(frozen=True)
class Child:
    """One process to keep alive. Higher `stage` starts later and stops earlier."""

    name: str
    stage: int
    command: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    after_crash: Callable[[], Coroutine[Any, Any, None]] | None = None
    """Runs beside the next life when the last one did not end as asked."""
    spare: bool = False
    """Whether the rest is ready without it: it may die at every start, and is only kept being started again."""


@dataclass
class Running:
    """A child as it is now; `pid` is 0 between two lives."""

    child: Child
    pid: int = 0
    restarts: int = 0
    crashed: bool = False
    early_deaths: int = 0
    process: Process | None = None
    keeper: asyncio.Task[None] | None = None
    healing: asyncio.Task[None] | None = None
    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when somebody wants the next life at once."""


@dataclass
class Supervisor:
    """Keeps children alive until `stop`.

    `say` gets one sentence per event a person should know; `changed` is called after each start and death;
    `despair` gets the reason when a child dies at every start, which the supervisor goes on repairing.
    """

    log_folder: Path
    say: Callable[[str], None]
    changed: Callable[[], None]
    despair: Callable[[SetupError], None]
    running: dict[str, Running] = field(default_factory=dict[str, Running])
    _stopping: bool = False
    _rotation: asyncio.Task[None] | None = None

    def start(self, child: Child, crashed: bool = False) -> None:
        """Start a child and keep it alive from now on; `crashed` says that its last life ended badly."""
        self.running[child.name] = running = Running(child, crashed=crashed)
        running.keeper = asyncio.create_task(self._keep(running), name=f"keep {child.name}")
        self._rotation = self._rotation or asyncio.create_task(self._rotate())

    async def all_started(self) -> bool:
        """Return whether every child has begun its first life."""
        return all(running.pid or running.restarts for running in self.running.values())

    async def stop(self) -> None:
        """Stop every child, latest stage first, politely and then by force; leaves no process."""
        self._stopping = True
        if self._rotation:
            self._rotation.cancel()
        for stage in sorted({r.child.stage for r in self.running.values()}, reverse=True):
            await asyncio.gather(*(self._end(r) for r in self.running.values() if r.child.stage == stage))
        self.changed()

    def restart(self, name: str) -> None:
        """End a child politely and start it again at once, as one that did not crash; it may be between two lives."""
        running = self.running[name]
        running.wanted.set()
        if running.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End every child at once, for a person who does not want to wait."""
        for running in self.running.values():
            if running.pid:
                watch.end_group(running.pid, signal.SIGKILL)

    async def _keep(self, running: Running) -> None:
        child, delay = running.child, FIRST_DELAY_S
        while not self._stopping:
            started = time.monotonic()
            reason = await self._live(running)
            if self._stopping:
                return
            if running.wanted.is_set():
                running.wanted.clear()
                running.early_deaths, delay = 0, FIRST_DELAY_S
                self.changed()
                continue
            steady = time.monotonic() - started >= STEADY_AFTER_S
            delay = FIRST_DELAY_S if steady else delay
            by_hand = reason == KILLED
            running.early_deaths = 0 if steady or by_hand else running.early_deaths + 1
            running.restarts += 1
            running.crashed = True
            self.changed()
            self.say(f"{child.name} {reason}; starting it again in {delay:.1f} s")
            if running.early_deaths == DEATHS_BEFORE_DESPAIR:
                problem = logs.explain(child.name, self.log_folder)
                self.say(str(problem)) if child.spare else self.despair(problem)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(running.wanted.wait(), delay)
            running.wanted.clear()
            delay = min(delay * 2, LONGEST_DELAY_S)

    async def _live(self, running: Running) -> str:
        child = running.child
        with logs.file_of(child.name, self.log_folder).open("ab") as log:
            try:
                process = await asyncio.create_subprocess_exec(
                    *child.command,
                    cwd=child.folder,
                    env={**child.env, watch.MARK: child.name},
                    stdin=DEVNULL,
                    stdout=log,
                    stderr=STDOUT,
                    start_new_session=True,
                    preexec_fn=watch.die_with_parent(),
                )
            except OSError as problem:
                return f"could not be started ({problem.strerror})"
        running.process, running.pid = process, process.pid
        self.changed()
        if running.crashed and child.after_crash:
            running.healing = asyncio.create_task(child.after_crash())
        code = await process.wait()
        # Its own workers must not outlive it: the next life brings new ones.
        watch.end_group(running.pid, signal.SIGKILL)
        running.pid = 0
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    async def _end(self, running: Running) -> None:
        if running.pid and running.keeper:
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, signal.SIGTERM)
            _, late = await asyncio.wait([running.keeper], timeout=STOP_S)
            if late:
                self.say(f"{running.child.name} did not stop within {STOP_S:.0f} s and was killed")
                watch.end_group(running.pid, signal.SIGKILL)
                await asyncio.wait([running.keeper], timeout=1)
        if running.keeper:
            running.keeper.cancel()

    async def _rotate(self) -> None:
        while True:
            await asyncio.sleep(ROTATE_EVERY_S)
            logs.rotate(self.log_folder)
