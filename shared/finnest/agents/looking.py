"""Looking at runs, for those who may, and waiting for what happens next."""

from __future__ import annotations

import asyncio
from typing import Any

from finnest.agents.state import Run
from finnest.agents.story import is_shown, shown, step
from finnest.agents.threads import Thread
from finnest.context import Caller
from finnest.errors import Missing
from finnest.feature import Kit
from finnest.ids import kind_of

LOOK_S = 0.25
"""How long to wait before the store is asked again, when another process may have the run."""
REMEMBERED_S = 2.0
"""How long a run that has ended is held back until its thread holds it; a look into the past waits for nothing."""
SEES_ALL = ("admin", "auditor")


class Looking:
    """Reads runs for those who may see them."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._feature = kit.manifest.name

    async def at(self, who: Caller, id: str) -> tuple[Run, int]:
        """Return a run and its version; raises `Missing` when it is not the caller's."""
        if kind_of(id) != self._feature:
            raise Missing("no-such-run", "there is no such run")
        state, version = await self._kit.streams.state(who.tenant, id)
        if not version or (state.user != who.user and not set(SEES_ALL) & set(who.roles)):
            raise Missing("no-such-run", "there is no such run")
        return state, version

    async def told(self, who: Caller, id: str) -> dict[str, Any]:
        """Return a run as people see it."""
        state, version = await self.at(who, id)
        return shown(id, state, await self._kit.streams.history(who.tenant, id, version))

    async def settled(self, who: Caller, id: str, wait_s: float) -> Run:
        """Return the run when it has ended or waits for a person, or as it is after the time."""
        end = asyncio.get_running_loop().time() + wait_s
        while True:
            state, _ = await self.at(who, id)
            left = end - asyncio.get_running_loop().time()
            if _rests(state, 0) or left <= 0:
                await self._remembered(who, id, state, min(left, REMEMBERED_S))
                return state
            await self._kit.streams.rest(who.tenant, id, _rests, min(left, LOOK_S))

    async def events(self, who: Caller, id: str, after: int, wait_s: float) -> dict[str, Any]:
        """Return the events after a version, waiting for the first one."""
        end = asyncio.get_running_loop().time() + wait_s
        while True:
            state, version = await self.at(who, id)
            history = await self._kit.streams.history(who.tenant, id, version) if version > after else []
            items = [step(entry) for entry in history if entry.version > after and is_shown(entry)]
            left = end - asyncio.get_running_loop().time()
            if items or state.ended or left <= 0:
                await self._remembered(who, id, state, min(left, REMEMBERED_S))
                return {"items": items, "ended": state.ended, "status": state.status}
            seen = version
            await self._kit.streams.rest(
                who.tenant, id, lambda _, at, seen=seen: at > seen, min(left, LOOK_S)
            )

    async def _remembered(self, who: Caller, id: str, run: Run, within_s: float) -> None:
        """Return when the thread holds a finished run: whoever was told of its end may go on from there."""
        if run.status != "finished" or not run.thread or run.user != who.user:
            return

        def holds(thread: Thread, _: int) -> bool:
            return any(exchange.run == id for exchange in thread.last)

        end = asyncio.get_running_loop().time() + within_s
        while (left := end - asyncio.get_running_loop().time()) > 0:
            thread, version = await self._kit.streams.state(who.tenant, run.thread)
            if version and holds(thread, version):
                return
            await self._kit.streams.rest(who.tenant, run.thread, holds, min(left, LOOK_S))


def _rests(state: Run, _: int) -> bool:
    return state.ended or state.status == "waiting"
