"""Waiting in this process for a stream to change."""

from __future__ import annotations

import asyncio


class Watchers:
    """Those who wait for streams."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def tell(self, stream: str) -> None:
        """Wake everybody who waits for this stream."""
        for watcher in self._waiting.pop(stream, ()):
            if not watcher.done():
                watcher.set_result(None)

    async def change(self, stream: str, within_s: float) -> None:
        """Return at the next change of the stream, or after the time."""
        watcher: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(stream, []).append(watcher)
        try:
            await asyncio.wait([watcher], timeout=within_s)
        finally:
            rest = [one for one in self._waiting.pop(stream, ()) if one is not watcher]
            if rest:
                self._waiting[stream] = rest
