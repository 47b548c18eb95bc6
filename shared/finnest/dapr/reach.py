"""Reaching others through the sidecar: actors, reminders, peers, secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from finnest.apps import Apps, host
from finnest.dapr.sidecar import Sidecar
from finnest.errors import TimedOut, Unavailable
from finnest.ports import Answer, Peers, Waker

WAKE = "wake"
PERIOD_S = 30


class Actors:
    """Calls actors wherever they live."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._sidecar = sidecar

    async def call(
        self, actor: str, actor_id: str, method: str, body: bytes, timeout_s: float
    ) -> dict[str, Any]:
        """Return the actor's answer.

        Raises:
            Unavailable: The actor has no host now, or its host failed.
            TimedOut: No answer in time; the turn may have been taken.
        """
        status, answer, _ = await self._sidecar.request(
            "PUT",
            f"/actors/{actor}/{actor_id}/method/{method}",
            body=body,
            headers={"content-type": "application/json"},
            timeout_s=timeout_s,
        )
        if status != 200:
            raise Unavailable("actor-away", f"the actor's host answered {status}")
        if not answer:
            raise TimedOut("actor-silent", "the actor's host ended before it answered")
        return json.loads(answer)


class DaprWaker(Waker):
    """Recurring reminders; a one-shot reminder would be dropped after three failed deliveries."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._sidecar = sidecar

    async def wake(self, actor: str, actor_id: str, due_s: float) -> None:
        content = {"dueTime": f"{max(int(due_s * 1000), 1)}ms", "period": f"{PERIOD_S}s"}
        path = f"/actors/{actor}/{actor_id}/reminders/{WAKE}"
        status, _ = await self._sidecar.send("POST", path, content)
        if status not in (200, 204):
            raise Unavailable("scheduler-away", "the reminder could not be registered")

    async def rest(self, actor: str, actor_id: str) -> None:
        path = f"/actors/{actor}/{actor_id}/reminders/{WAKE}"
        status, _ = await self._sidecar.send("DELETE", path)
        if status not in (200, 204, 404):
            raise Unavailable("scheduler-away", "the reminder could not be removed")


class DaprPeers(Peers):
    """Service invocation; the app that hosts a feature is a matter of deployment."""

    def __init__(self, sidecar: Sidecar, apps: Apps) -> None:
        self._sidecar = sidecar
        self._apps = apps

    async def call(
        self,
        feature: str,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 5.0,
    ) -> Answer:
        status, answer, back = await self._sidecar.request(
            method,
            f"/invoke/{host(feature, self._apps)}/method/{feature}{path}",
            body=body or None,
            headers=headers,
            timeout_s=timeout_s,
        )
        if status == 500 and b"ERR_DIRECT_INVOKE" in answer:
            raise Unavailable("peer-away", f"{feature} does not answer")
        if status == 200 and not answer:
            # What the sidecar makes of a failure that it noted at another request (listener.py).
            raise TimedOut("peer-silent", f"{feature} ended before it answered")
        return Answer(status, answer, back.get("content-type", ""), back)


async def read_secret(sidecar: Sidecar, name: str) -> str:
    """Return a secret from the component `secrets`.

    Raises:
        Unavailable: The store has no such secret, or does not answer.
    """
    status, body = await sidecar.send("GET", f"/secrets/secrets/{name}")
    if status != 200:
        raise Unavailable("no-secret", f"the secret {name} could not be read")
    return str(json.loads(body)[name])
