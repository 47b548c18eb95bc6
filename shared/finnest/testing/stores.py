"""Store and bodies in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from finnest.errors import Missing, TooLarge, Unavailable
from finnest.ids import check_tenant
from finnest.ports import Blobs, Clock, Store, Write
from finnest.testing.clock import ManualClock
from finnest.testing.trouble import OPEN, Gate, Trouble

BLOB_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Kept:
    value: str
    until: datetime | None


class MemoryStore(Store):
    """Keys and values in a dict; two stores given the same `through` share what they keep."""

    def __init__(
        self,
        clock: Clock | None = None,
        gate: Gate = OPEN,
        through: MemoryStore | None = None,
    ) -> None:
        self._clock = clock or ManualClock()
        self._gate = gate
        self._kept: dict[str, _Kept] = through.shared() if through else {}

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        trouble = await self._gate.before("store.get", keys)
        if trouble is not None:
            raise Unavailable("store-away", "the state store does not answer")
        found = {key: value for key in keys if (value := self.look(key)) is not None}
        await self._gate.after("store.get", keys)
        return found

    async def transact(self, writes: Sequence[Write]) -> bool:
        trouble = await self._gate.before("store.transact", writes)
        if trouble is Trouble.LATE:
            self._gate.later(lambda: self.apply(writes))
        if trouble in (Trouble.LATE, Trouble.NOT_DONE):
            return False
        done = self.apply(writes)
        await self._gate.after("store.transact", writes)
        return done and trouble is not Trouble.ANSWER_LOST

    def apply(self, writes: Sequence[Write]) -> bool:
        """Apply all writes at once, or none."""
        changed: dict[str, _Kept] = {}
        for write in writes:
            if write.if_absent and (write.key in changed or self.look(write.key) is not None):
                return False
            until = None
            if write.ttl_s is not None:
                until = self._clock.now() + timedelta(seconds=write.ttl_s)
            changed[write.key] = _Kept(write.value, until)
        self._kept.update(changed)
        return True

    def shared(self) -> dict[str, _Kept]:
        """Return what another store is to share."""
        return self._kept

    def look(self, key: str) -> str | None:
        """Return the value of a key, past any gate."""
        kept = self._kept.get(key)
        if kept is None or (kept.until is not None and kept.until <= self._clock.now()):
            return None
        return kept.value

    def all_keys(self) -> list[str]:
        """Return all keys that exist, in order."""
        return sorted(key for key in self._kept if self.look(key) is not None)


class MemoryBlobs(Blobs):
    """Bodies in a dict."""

    def __init__(self, gate: Gate = OPEN) -> None:
        self._gate = gate
        self._bodies: dict[tuple[str, str], bytes] = {}

    async def put(self, tenant: str, body: bytes) -> str:
        if len(body) > BLOB_BYTES:
            raise TooLarge("body-too-large", f"a stored body has at most {BLOB_BYTES} bytes")
        name = hashlib.sha256(body).hexdigest()
        trouble = await self._gate.before("blobs.put", name)
        if trouble is not Trouble.NOT_DONE:
            self._bodies[check_tenant(tenant), name] = body
        if trouble is not None:
            raise Unavailable("store-away", "the body could not be stored")
        return name

    async def get(self, tenant: str, sha256: str) -> bytes:
        if await self._gate.before("blobs.get", sha256) is not None:
            raise Unavailable("store-away", "the state store does not answer")
        body = self._bodies.get((check_tenant(tenant), sha256))
        if body is None:
            raise Missing("no-such-body", "there is no stored body of this name")
        return body
