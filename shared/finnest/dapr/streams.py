"""The port Streams over the turns of a feature."""

from __future__ import annotations

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

    async def history(self, tenant: str, thing: str) -> list[Recorded]:
        return await self._turns.history(StreamKey(self._feature, tenant, thing))
