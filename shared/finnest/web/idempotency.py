"""Idempotency-Key: the same key and request get the same answer, across crashes.

Follows draft-ietf-httpapi-idempotency-key-header-07: another request under the same key is 422, one whose
first is still running 409.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta

from finnest.errors import Conflict, Invalid, Unavailable
from finnest.ids import check_tenant
from finnest.ports import Clock, Store, Write

LEASE = timedelta(seconds=5)
"""How long a request may run before a repeat runs it again, under the same request name."""
KEPT_S = 7 * 24 * 3600
ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept answer."""

    status: int
    body: bytes
    content_type: str


class Idempotency:
    """Keeps answers by request name."""

    def __init__(self, store: Store, feature: str, clock: Clock) -> None:
        self._store = store
        self._feature = feature
        self._clock = clock

    async def begin(self, tenant: str, request: str, fingerprint: str) -> Kept | None:
        """Return the kept answer, or None when the caller shall run the request now.

        Raises:
            Invalid: The key came with another request.
            Conflict: The first request is still running.
            Unavailable: The store does not answer.
        """
        key = self._key(tenant, request)
        for _ in range(2):
            known = (await self._store.get([key])).get(key)
            if known is None:
                lease = self._lease(fingerprint)
                if await self._store.transact([Write(key, lease, if_absent=True, ttl_s=KEPT_S)]):
                    return None
                continue
            record = json.loads(known)
            if record["fingerprint"] != fingerprint:
                raise Invalid("key-reused", "this Idempotency-Key came with another request")
            if "status" in record:
                body = base64.b64decode(record["body"])
                return Kept(record["status"], body, record["content_type"])
            if record["until"] > self._clock.now().timestamp():
                raise Conflict("still-running", "the first request with this key is still running")
            # Its process is gone. Running it again is safe: it sends the same commands.
            await self._store.transact([Write(key, self._lease(fingerprint), ttl_s=KEPT_S)])
            return None
        raise Unavailable("store-away", "the Idempotency-Key could not be kept")

    async def finish(self, tenant: str, request: str, fingerprint: str, answer: Kept | None) -> None:
        """Keep the answer; None lets a repeat run at once."""
        record: dict[str, object] = {"fingerprint": fingerprint, "until": 0}
        if answer is not None and len(answer.body) <= ANSWER_BYTES:
            record |= {
                "status": answer.status,
                "body": base64.b64encode(answer.body).decode(),
                "content_type": answer.content_type,
            }
        await self._store.transact([Write(self._key(tenant, request), json.dumps(record), ttl_s=KEPT_S)])

    def _lease(self, fingerprint: str) -> str:
        until = (self._clock.now() + LEASE).timestamp()
        return json.dumps({"fingerprint": fingerprint, "until": until})

    def _key(self, tenant: str, request: str) -> str:
        return f"{check_tenant(tenant)}/{self._feature}/idem/{request}"
