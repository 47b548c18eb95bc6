"""Lets a scheduler that was killed work again at once, instead of after its old lease has run out.

The scheduler marks in its own store that it leads, under a lease of 20 s. After a crash it waits for that
lease, and until then no sidecar becomes ready and no reminder fires. On a laptop there is exactly one
scheduler and its supervisor knows that the old one is dead, so the mark can go.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import json

from finnest.dev import readiness
from finnest.dev.ports import LOOPBACK

MARK = "dapr/leadership/dapr-scheduler-server-0"
PATIENCE_S = 10.0


async def release_stale(etcd_port: int) -> None:
    """Remove the mark of a dead scheduler as soon as the store of the new one answers; gives up silently."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            await readiness.until(readiness.in_thread(lambda: _remove_mark(etcd_port)))
    except TimeoutError:
        return


def _remove_mark(etcd_port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, etcd_port, timeout=2)
    body = json.dumps({"key": base64.b64encode(MARK.encode()).decode()})
    try:
        connection.request("POST", "/v3/kv/deleterange", body)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
