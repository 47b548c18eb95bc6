"""A gate before any store, so that a real one goes wrong as planned too."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.errors import Unavailable
from finnest.ports import Store, Write
from finnest.testing.trouble import Gate, Trouble


class TroubledStore(Store):
    """Passes calls on to a store unless the gate says otherwise."""

    def __init__(self, inner: Store, gate: Gate) -> None:
        self._inner = inner
        self._gate = gate

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        if await self._gate.before("store.get", keys) is not None:
            raise Unavailable("store-away", "the state store does not answer")
        return await self._inner.get(keys)

    async def transact(self, writes: Sequence[Write]) -> bool:
        trouble = await self._gate.before("store.transact", writes)
        if trouble in (Trouble.NOT_DONE, Trouble.LATE):
            return False
        done = await self._inner.transact(writes)
        return done and trouble is None
