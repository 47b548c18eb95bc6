"""Reads bodies beside the event loop: large ones one at a time, and refusals ever more slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from finnest.errors import Rejected, Throttled
from services.invoices.judging.heavy import weight
from services.invoices.judging.refusals import Heavies, Refusals
from services.invoices.ports import LARGE_BYTES

T = TypeVar("T")


class Reading:
    """Reads what tenants send, so that none of them takes the time of the others."""

    def __init__(self) -> None:
        self._large = asyncio.Semaphore(1)
        self._refusals = Refusals()
        self._heavies = Heavies()

    async def read(self, tenant: str, body: bytes, how: Callable[[bytes], T]) -> T:
        """Return what `how` makes of the body.

        Raises:
            Rejected: As `how`; a tenant with many of these waits for the answer.
            Throttled: The tenant sends too many that take the rules long; it waits for these answers as well.
        """
        loop = asyncio.get_running_loop()
        try:
            heavy = await asyncio.to_thread(weight, body)
            if heavy:
                # Before anything is spent on it: a refusal must cost less than the document.
                self._heavies.admit(tenant, loop.time())
            found = await self._read(body, how)
            if heavy:
                self._heavies.take(tenant, heavy, loop.time())
        except (Rejected, Throttled):
            await asyncio.sleep(self._refusals.delay_s(tenant, len(body), loop.time()))
            raise
        return found

    async def _read(self, body: bytes, how: Callable[[bytes], T]) -> T:
        if len(body) <= LARGE_BYTES:
            return await asyncio.to_thread(how, body)
        async with self._large:
            return await asyncio.to_thread(how, body)
