"""The bus of the twins: what an effect says can be held back."""

from __future__ import annotations

import asyncio
from typing import Any

from finnest.context import Caller
from finnest.records import Command
from finnest.testing.bus import MemoryCommands
from finnest.turn import Outcome


class ParkingCommands(MemoryCommands):
    """Holds what an effect says until the world lets it through."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.things: set[str] = set()
        self.parked: dict[str, asyncio.Future[None]] = {}
        """Key of the effect -> what it waits for."""

    async def send(
        self, thing: str, command: Command, caller: Caller, *, request: str, wait_s: float = 2.0
    ) -> Outcome | None:
        task = asyncio.current_task()
        name = task.get_name() if task else ""
        self.things.add(thing)
        if "@" in name:
            self.parked[name] = asyncio.get_running_loop().create_future()
            await self.parked[name]
        return await super().send(thing, command, caller, request=request, wait_s=wait_s)
