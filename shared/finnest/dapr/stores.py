"""The port Store over a Dapr state component, and bodies by hash on top of it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from finnest.dapr.sidecar import Sidecar
from finnest.errors import Later, Missing, TooLarge, Unavailable
from finnest.ids import blob_key
from finnest.ports import Blobs, Store, Write

CHUNK_BYTES = 512 * 1024
BLOB_BYTES = 8 * 1024 * 1024


class DaprStore(Store):
    """Keys of one feature in the component `state-<feature>`.

    A value is sent as a JSON string: Dapr would pass bare numbers through a float.
    """

    def __init__(self, sidecar: Sidecar, component: str) -> None:
        self._sidecar = sidecar
        self._path = f"/state/{component}"

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for first in range(0, len(keys), 100):
            content = {"keys": list(keys[first : first + 100]), "parallelism": 4}
            status, body = await self._sidecar.send("POST", f"{self._path}/bulk", content)
            if status != 200:
                raise Unavailable("store-away", f"the state store answered {status}")
            for item in json.loads(body):
                if item.get("error"):
                    raise Unavailable("store-away", "the state store could not read a key")
                if item.get("data") is not None:
                    found[item["key"]] = item["data"]
        return found

    async def transact(self, writes: Sequence[Write]) -> bool:
        operations = [{"operation": "upsert", "request": _request(write)} for write in writes]
        try:
            async with self._sidecar.transactions:
                status, _ = await self._sidecar.send(
                    "POST", f"{self._path}/transaction", {"operations": operations}
                )
        except Later:
            return False
        return status == 204


class DaprBlobs(Blobs):
    """Bodies in chunks under the sidecar's size limit; the name is the SHA-256, so writing twice is safe."""

    def __init__(self, store: Store, feature: str) -> None:
        self._store = store
        self._feature = feature

    async def put(self, tenant: str, body: bytes) -> str:
        if len(body) > BLOB_BYTES:
            raise TooLarge("body-too-large", f"a stored body has at most {BLOB_BYTES} bytes")
        name = hashlib.sha256(body).hexdigest()
        chunks = [body[at : at + CHUNK_BYTES] for at in range(0, max(len(body), 1), CHUNK_BYTES)]
        # The first chunk counts them and is written last: when it is there, all are.
        for number, chunk in reversed(list(enumerate(chunks))):
            text = base64.b64encode(chunk).decode()
            value = f"{len(chunks)}:{text}" if number == 0 else text
            key = blob_key(tenant, self._feature, name, number)
            if not await self._store.transact([Write(key, value)]):
                raise Unavailable("store-away", "the body could not be stored")
        return name

    async def get(self, tenant: str, sha256: str) -> bytes:
        first = blob_key(tenant, self._feature, sha256, 0)
        head = (await self._store.get([first])).get(first)
        if head is None:
            raise Missing("no-such-body", "there is no stored body of this name")
        count, _, text = head.partition(":")
        rest = [blob_key(tenant, self._feature, sha256, n) for n in range(1, int(count))]
        found = await self._store.get(rest) if rest else {}
        return b"".join(base64.b64decode(part) for part in [text, *(found[key] for key in rest)])


def _request(write: Write) -> dict[str, Any]:
    request: dict[str, Any] = {"key": write.key, "value": write.value}
    if write.if_absent:
        request["options"] = {"concurrency": "first-write"}
    if write.ttl_s is not None:
        request["metadata"] = {"ttlInSeconds": str(write.ttl_s)}
    return request
