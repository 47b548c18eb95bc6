"""Reminders, workflows and peers in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from finnest.errors import Unavailable
from finnest.ports import Answer, Clock, Peers, Processes, Waker
from finnest.testing.trouble import OPEN, Gate, Trouble

PERIOD = timedelta(seconds=30)


class MemoryWaker(Waker):
    """Keeps when each actor is to be ticked next; the test rings."""

    def __init__(self, clock: Clock, gate: Gate = OPEN, through: MemoryWaker | None = None) -> None:
        self._clock = clock
        self._gate = gate
        self.due: dict[tuple[str, str], datetime] = through.due if through else {}
        """(actor, actor id) -> next tick."""

    async def wake(self, actor: str, actor_id: str, due_s: float) -> None:
        trouble = await self._gate.before("waker.wake", actor_id)
        if trouble is not Trouble.NOT_DONE:
            self.set(actor, actor_id, self._clock.now() + timedelta(seconds=due_s))
        await self._gate.after("waker.wake", actor_id)
        if trouble is not None:
            raise Unavailable("scheduler-away", "the reminder could not be registered")

    async def rest(self, actor: str, actor_id: str) -> None:
        trouble = await self._gate.before("waker.rest", actor_id)
        if trouble is not Trouble.NOT_DONE:
            self.due.pop((actor, actor_id), None)
        await self._gate.after("waker.rest", actor_id)
        if trouble is not None:
            raise Unavailable("scheduler-away", "the reminder could not be removed")

    def set(self, actor: str, actor_id: str, at: datetime) -> None:
        """Set the next tick, past any gate."""
        self.due[actor, actor_id] = at

    def ring(self) -> list[tuple[str, str]]:
        """Return the actors whose tick is due now, and set their next one a period later."""
        now = self._clock.now()
        due = [who for who, at in self.due.items() if at <= now]
        for actor, actor_id in due:
            self.set(actor, actor_id, now + PERIOD)
        return due


@dataclass(frozen=True, slots=True)
class Started:
    """A workflow that runs."""

    workflow: str
    argument: dict[str, Any]


class MemoryProcesses(Processes):
    """Remembers which workflows run and what they were told; the test ends them."""

    def __init__(self, gate: Gate = OPEN) -> None:
        self._gate = gate
        self.started: dict[str, Started] = {}
        self.ended: set[str] = set()
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        """Instance, event and fact of everything told."""

    async def start(self, workflow: str, instance: str, argument: dict[str, Any]) -> None:
        trouble = await self._gate.before("processes.start", instance)
        if trouble is not Trouble.NOT_DONE:
            self.started.setdefault(instance, Started(workflow, argument))
        if trouble is not None:
            raise Unavailable("workflows-away", "the workflow did not start")

    async def tell(self, workflow: str, instance: str, event: str, fact: dict[str, Any]) -> bool:
        trouble = await self._gate.before("processes.tell", instance)
        runs = instance in self.started and instance not in self.ended
        if runs and trouble is not Trouble.NOT_DONE:
            self.told.append((instance, event, fact))
        if trouble is not None:
            raise Unavailable("workflows-away", "the workflow was not told")
        return runs


class MemoryPeers(Peers):
    """Answers calls with what the test wrote for each `METHOD /feature/path`."""

    def __init__(self, answers: Mapping[str, Callable[[bytes], Awaitable[Answer]]]) -> None:
        self._answers = answers
        self.called: list[str] = []

    async def call(
        self,
        feature: str,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 5.0,
    ) -> Answer:
        name = f"{method} /{feature}{path}"
        self.called.append(name)
        if name not in self._answers:
            raise Unavailable("peer-away", f"{feature} does not answer")
        return await self._answers[name](body)
