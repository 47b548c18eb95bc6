"""What runs in a pod beside the sidecar: `finnest.serve` with a door for the kubelet and an orderly end.

python -m finnest.dev.kubernetes.pod

The app's own port stays on loopback, where only the sidecar of this pod reaches it. Two ports are open: the
gateway's (its pod only) and 8081 for probes, which tell of this pod and never of another feature:

- `/livez`: the event loop turns.
- `/readyz`: the features are built, and the sidecar beside them is ready.

At SIGTERM the pod says "not ready", serves on for `LEAVE_S` until nobody sends anything, then stops as on a
laptop. The sidecar, a native one, ends after this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from finnest import settings as environment
from finnest import telemetry
from finnest.dapr.sidecar import Sidecar
from finnest.errors import Later
from finnest.feature import Settings
from finnest.serve import Process
from finnest.web.malformed import ProblemProtocol

HEALTH_PORT = 8081
LEAVE_S = 5.0
"""How long it may take until every load balancer knows that the pod goes."""
DRAIN_S = 10
ASK_S = 1.0
LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"


class Health:
    """What the kubelet is told."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._sidecar = sidecar
        self.built = False
        self.leaving = False

    async def ready(self) -> str:
        """Return why the pod is not ready; empty when it is."""
        if self.leaving:
            return "leaving"
        if not self.built:
            return "starting"
        try:
            status, _ = await self._sidecar.send("GET", "/healthz", timeout_s=ASK_S)
        except Later as later:
            return later.slug
        return "" if status < 300 else f"the sidecar answers {status}"

    def app(self) -> Starlette:
        """Return the app of the health port."""

        async def alive(_: Request) -> Response:
            return PlainTextResponse("alive")

        async def ready(_: Request) -> Response:
            reason = await self.ready()
            return PlainTextResponse(reason or "ready", 503 if reason else 200)

        return Starlette(routes=[Route("/livez", alive), Route("/readyz", ready)])


class _Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to the pod."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


def server(app: FastAPI | Starlette, host: str, port: int) -> uvicorn.Server:
    """Return a server that answers malformed requests with problem+json."""
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=ProblemProtocol,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_keep_alive=75,
            timeout_graceful_shutdown=DRAIN_S,
        )
    )


async def run(settings: Settings, stop: asyncio.Event, leave_s: float = LEAVE_S) -> None:
    """Serve until `stop` is set, then leave in order."""
    async with Sidecar(settings.dapr_http_port, settings.dapr_token) as sidecar:
        health = Health(sidecar)
        async with _serving([server(health.app(), EVERYWHERE, HEALTH_PORT)]):
            building = asyncio.create_task(_built(settings, sidecar))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait([building, stopping], return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                building.cancel()
                return
            process, app = await building
            servers = [server(app, LOOPBACK, settings.app_port)]
            if process.public is not None:
                servers.append(server(process.public, EVERYWHERE, settings.gateway_port))
            async with process.running(), _serving(servers):
                health.built = True
                await stopping
                health.leaving = True
                await asyncio.sleep(leave_s)


async def _built(settings: Settings, sidecar: Sidecar) -> tuple[Process, FastAPI]:
    """Build, however long the sidecar takes: its own probes see to it."""
    while True:
        process = Process(settings, sidecar)
        with contextlib.suppress(TimeoutError):
            return process, await process.build()


@contextlib.asynccontextmanager
async def _serving(servers: Sequence[uvicorn.Server]) -> AsyncGenerator[None]:
    """Serve beside the block; at its end answer what was begun, then close, the last server first."""
    tasks = [asyncio.create_task(one.serve()) for one in servers]
    try:
        yield
    finally:
        for one in reversed(servers):
            one.should_exit = True
        await asyncio.gather(*tasks)


def main() -> None:
    """Run this pod as its environment says."""
    telemetry.configure()

    async def until_signalled() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run(environment.from_environment(), stop)

    asyncio.run(until_signalled())


if __name__ == "__main__":
    main()
