"""The supervisor, with tiny real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from finnest.dev import watch
from finnest.dev.errors import SetupError
from finnest.dev.processes import DEATHS_BEFORE_DESPAIR, Child, Supervisor
from finnest.testing import eventually

POLITE = 'trap "echo $NAME >>ended; exit 0" TERM; echo $NAME >>started; sleep 60 & wait'
STUBBORN = 'trap "" TERM; echo $NAME >>started; while :; do sleep 60; done'


@dataclass
class Nursery:
    """A supervisor, its folder and what it said."""

    folder: Path
    said: list[str] = field(default_factory=list[str])
    changes: int = 0
    despairs: list[SetupError] = field(default_factory=list[SetupError])
    supervisor: Supervisor = field(init=False)

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.folder, self.said.append, self._changed, self.despairs.append)

    def _changed(self) -> None:
        self.changes += 1

    def start(self, name: str, script: str, stage: int = 1) -> None:
        """Keep a shell script alive."""
        env = {"NAME": name, "PATH": os.environ["PATH"]}
        self.supervisor.start(Child(name, stage, ["/bin/sh", "-c", script], env, self.folder))

    def lines(self, file: str) -> list[str]:
        """Return what the scripts wrote."""
        path = self.folder / file
        return path.read_text().split() if path.exists() else []

    async def are_up(self, *names: str) -> None:
        """Wait until the scripts run."""
        await eventually(lambda: set(names) <= set(self.lines("started")), 5)

    def pid(self, name: str) -> int:
        """Return the process now, 0 between two lives."""
        return self.supervisor.running[name].pid


@pytest.fixture
async def nursery(tmp_path: Path) -> AsyncGenerator[Nursery]:
    """A supervisor that leaves nothing behind."""
    nursery = Nursery(tmp_path)
    yield nursery
    nursery.supervisor.kill()
    await nursery.supervisor.stop()


async def test_a_child_that_dies_is_started_again_and_that_is_said(nursery: Nursery) -> None:
    nursery.start("app", POLITE)
    await nursery.are_up("app")
    first = nursery.pid("app")
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: nursery.lines("started") == ["app", "app"], 5)
    await eventually(lambda: nursery.pid("app") not in (0, first), 5)
    assert nursery.supervisor.running["app"].restarts == 1
    assert nursery.said == ["app was killed by SIGKILL; starting it again in 0.2 s"]


async def test_pauses_grow_and_a_child_that_never_lives_is_explained(nursery: Nursery) -> None:
    nursery.start("app", "echo disk is full; exit 3")
    await eventually(lambda: bool(nursery.despairs), 10)
    assert nursery.said[: DEATHS_BEFORE_DESPAIR - 1] == [
        f"app ended with code 3; starting it again in {pause} s" for pause in (0.2, 0.4, 0.8)
    ]
    assert nursery.despairs[0].message == "app cannot write: the disk is full."


async def test_a_child_that_somebody_kills_again_and_again_is_not_despaired_of(nursery: Nursery) -> None:
    nursery.start("app", POLITE)
    for life in range(1, 3):
        await eventually(lambda life=life: len(nursery.lines("started")) == life and nursery.pid("app"), 5)
        os.kill(nursery.pid("app"), signal.SIGKILL)
    await eventually(lambda: nursery.supervisor.running["app"].restarts == 2, 5)
    assert nursery.supervisor.running["app"].early_deaths == 0


async def test_a_program_that_is_not_there_is_said(nursery: Nursery) -> None:
    child = Child("app", 1, ["/nowhere/program"], {}, nursery.folder)
    nursery.supervisor.start(child)
    await eventually(lambda: bool(nursery.said), 5)
    assert nursery.said[0].startswith("app could not be started (No such file or directory)")


async def test_later_stages_end_before_earlier_ones(nursery: Nursery) -> None:
    for stage, name in enumerate(("broker", "sidecar", "app"), start=1):
        nursery.start(name, POLITE, stage)
    await nursery.are_up("broker", "sidecar", "app")
    pids = [nursery.pid(name) for name in ("broker", "sidecar", "app")]
    await nursery.supervisor.stop()
    assert nursery.lines("ended") == ["app", "sidecar", "broker"]
    assert not any(watch.is_alive(pid) for pid in pids)
    assert nursery.said == []


async def test_a_child_that_does_not_stop_is_killed_with_everything_it_started(nursery: Nursery) -> None:
    nursery.start("app", STUBBORN)
    await nursery.are_up("app")
    group = nursery.pid("app")
    began = time.monotonic()
    await nursery.supervisor.stop()
    assert time.monotonic() - began < 5
    assert nursery.said == ["app did not stop within 3 s and was killed"]
    await eventually(lambda: watch.rss_mb(group) == 0, 2)


async def test_the_workers_of_a_dead_child_die_with_it(nursery: Nursery) -> None:
    nursery.start("app", "sleep 60 & echo $! >worker; echo $NAME >>started; wait")
    await nursery.are_up("app")
    worker = int(nursery.lines("worker")[0])
    os.kill(nursery.pid("app"), signal.SIGKILL)
    await eventually(lambda: not watch.is_alive(worker), 5)


async def test_an_impatient_person_ends_everything_at_once(nursery: Nursery) -> None:
    nursery.start("app", STUBBORN)
    await nursery.are_up("app")
    began = time.monotonic()
    stopping = asyncio.create_task(nursery.supervisor.stop())
    await asyncio.sleep(0)
    nursery.supervisor.kill()
    await stopping
    assert time.monotonic() - began < 2


async def test_after_a_crash_the_child_is_healed_beside_its_next_life(tmp_path: Path) -> None:
    nursery = Nursery(tmp_path)
    healed = asyncio.Event()

    async def heal() -> None:
        healed.set()

    command = ["/bin/sh", "-c", POLITE]
    env = {"NAME": "scheduler", "PATH": os.environ["PATH"]}
    nursery.supervisor.start(Child("scheduler", 1, command, env, tmp_path, heal), crashed=True)
    await asyncio.wait_for(healed.wait(), 5)
    await nursery.supervisor.stop()
    assert nursery.changes >= 2


async def test_a_spare_child_that_never_lives_is_told_and_not_despaired_of(nursery: Nursery) -> None:
    child = Child("app:calendar", 1, ["/nowhere/program"], {}, nursery.folder, spare=True)
    nursery.supervisor.start(child)
    await eventually(lambda: any("keeps dying" in line for line in nursery.said), 10)
    assert nursery.despairs == []
    assert await nursery.supervisor.all_started()


async def test_a_child_that_is_wanted_anew_starts_again_without_having_crashed(nursery: Nursery) -> None:
    nursery.start("one", POLITE)
    nursery.start("two", POLITE)
    await nursery.are_up("one", "two")
    before = {name: nursery.pid(name) for name in ("one", "two")}
    nursery.supervisor.restart("one")
    await eventually(lambda: nursery.lines("started").count("one") == 2, 5)
    assert nursery.lines("ended") == ["one"]
    assert nursery.pid("one") != before["one"]
    assert nursery.pid("two") == before["two"]
    one = nursery.supervisor.running["one"]
    assert (one.restarts, one.crashed, nursery.said) == (0, False, [])


async def test_a_child_between_two_lives_is_not_waited_for(nursery: Nursery) -> None:
    nursery.start("one", "echo $NAME >>started; test -e mended && exec sleep 60; exit 1")
    await eventually(lambda: len(nursery.despairs) == 1, 10)
    (nursery.folder / "mended").touch()
    before = len(nursery.lines("started"))
    nursery.supervisor.restart("one")
    await eventually(lambda: len(nursery.lines("started")) > before, 1)
    await eventually(lambda: bool(nursery.pid("one")), 1)
