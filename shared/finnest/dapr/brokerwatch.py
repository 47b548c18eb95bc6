"""Notices when the broker was away for long, for then the sidecar's connection to it is closed for good."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

POLL_S = 2.0
AWAY_S = 60.0
"""The broker's client gives up about two minutes after the connection was lost."""


async def is_up(nats_url: str, timeout_s: float = 1.0) -> bool:
    """Return whether something listens at the broker's address."""
    address = urlsplit(nats_url)
    try:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(address.hostname, address.port or 4222)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def watch(nats_url: str, on_return: Callable[[], Awaitable[None]]) -> None:
    """Call `on_return` each time the broker comes back after more than `AWAY_S`; never returns."""
    seen = time.monotonic()
    while True:
        await asyncio.sleep(POLL_S)
        if await is_up(nats_url):
            away_s = time.monotonic() - seen
            seen = time.monotonic()
            if away_s > AWAY_S:
                await on_return()
