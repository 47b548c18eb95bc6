"""Asks the running parts whether they are ready; used by the launcher, the status and the doctor."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable, Coroutine
from typing import Any

from finnest.dev.ports import LOOPBACK, Pair, Ports

POLL_S = 0.05
ASKER = "finnest-readiness"
"""How these questions are named in logs of calls: they are no feature's."""
Ask = Callable[[], Coroutine[Any, Any, bool]]


def get(port: int, path: str, timeout_s: float, token: str = "") -> tuple[int, bytes]:
    """Return status and body of a GET on loopback; status 0 when nobody answers in time."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout_s)
    try:
        headers = {"user-agent": ASKER, **({"dapr-api-token": token} if token else {})}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def is_sidecar_ready(pair: Pair, token: str) -> bool:
    """Return whether the sidecar is healthy and hosts actors and workflows."""
    health, _ = get(pair.dapr_http, "/v1.0/healthz", 1, token)
    if health != http.client.NO_CONTENT:
        return False
    _, body = get(pair.dapr_http, "/v1.0/metadata", 1, token)
    try:
        return json.loads(body)["actorRuntime"]["runtimeStatus"] == "RUNNING"
    except (ValueError, KeyError, TypeError):
        return False


def is_app_ready(ports: Ports, timeout_s: float = 10) -> bool:
    """Return whether the app just took a command through gateway, bus, actor and state, and back."""
    status, _ = get(ports.gateway, "/readyz", timeout_s)
    return status == http.client.OK


def is_sidecar(pair: Pair, token: str) -> Ask:
    """Return the question whether a sidecar is ready, for `until`."""
    return in_thread(lambda: is_sidecar_ready(pair, token))


def is_app(ports: Ports) -> Ask:
    """Return the question whether the app is ready, for `until`."""
    return in_thread(lambda: is_app_ready(ports))


def is_listening(port: int) -> Ask:
    """Return a question whether anybody listens on the port."""

    async def ask() -> bool:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            return False
        writer.close()
        return True

    return ask


def in_thread(question: Callable[[], bool]) -> Ask:
    """Return a blocking question as one that may be awaited."""

    async def ask() -> bool:
        return await asyncio.to_thread(question)

    return ask


async def until(ask: Ask) -> None:
    """Ask every 50 ms until the answer is yes; give it a deadline with `asyncio.timeout`."""
    while True:
        if await ask():
            return
        await asyncio.sleep(POLL_S)
