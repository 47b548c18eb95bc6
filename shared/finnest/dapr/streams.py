"""The port Streams over the turns of a feature."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from finnest.ids import StreamKey
from finnest.ports import Recorded, Streams
from finnest.turns import Turns


class TurnStreams(Streams):
    """Reads a feature's own streams from the store."""

    def __init__(self, feature: str, turns: Turns) -> None:
        self._feature = feature
        self._turns = turns

    async def state(self, tenant: str, thing: str) -> tuple[Any, int]:
        head = await self._turns.load(StreamKey(self._feature, tenant, thing))
        return head.state, head.version

    async def history(self, tenant: str, thing: str, version: int = 0) -> list[Recorded]:
        return await self._turns.history(StreamKey(self._feature, tenant, thing), version)

    async def rest(self, tenant: str, thing: str, rests: Callable[[Any, int], bool], within_s: float) -> None:
        key = StreamKey(self._feature, tenant, thing)
        end = asyncio.get_running_loop().time() + within_s
        while (left := end - asyncio.get_running_loop().time()) > 0:
            head = self._turns.peek(key)
            if head is not None and rests(head.state, head.version):
                return
            await self._turns.watchers.change(key.stream, left)
