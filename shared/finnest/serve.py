"""Hosts features in one process: all of them, or those named in `FINNEST_FEATURES`.

python -m finnest.serve
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar, cast

import structlog
import uvicorn
from fastapi import FastAPI

from finnest import settings as environment
from finnest import telemetry
from finnest.agents.mind import Minds
from finnest.clock import SystemClock
from finnest.dapr.brokerwatch import is_up, watch
from finnest.dapr.bus import BusCommands, DaprPublisher, Outcomes
from finnest.dapr.consumer import Consumer
from finnest.dapr.host import ActorHost
from finnest.dapr.listener import Listener
from finnest.dapr.reach import Actors, DaprPeers, DaprWaker, read_secret
from finnest.dapr.sidecar import Sidecar
from finnest.dapr.stores import DaprBlobs, DaprStore
from finnest.dapr.streams import TurnStreams
from finnest.dapr.workflows import DaprProcesses, Worker
from finnest.errors import Later
from finnest.feature import Feature, Kit, Settings
from finnest.letters import Letters, LetterViews, Pings, replayer
from finnest.manifest import Manifest, discover
from finnest.ports import Clock, Store, Write
from finnest.tenants import read_tenants
from finnest.turn import Decider
from finnest.turns import Turns
from finnest.views import Views
from finnest.web.app import Hosted, inner_app
from finnest.web.caller import Callers
from finnest.web.kernel_routes import kernel_router
from finnest.web.malformed import ProblemProtocol

PATIENCE_S = 30.0

T = TypeVar("T")
log = structlog.get_logger()

Extend = Callable[[FastAPI, Sidecar], list[str]]
"""Adds routes to the inner app and returns the actor types they serve; for measurements."""


class Process:
    """One process with its sidecar, and the features it hosts."""

    def __init__(self, settings: Settings, sidecar: Sidecar, extend: Extend | None = None) -> None:
        self._settings = settings
        self._sidecar = sidecar
        self._extend = extend
        self._clock = SystemClock()
        self._publisher = DaprPublisher(sidecar, self._bus_stuck)
        self._outcomes = Outcomes()
        self._processes = DaprProcesses(settings.dapr_grpc_port)
        self._views: list[Views] = []
        self.hosted: list[Hosted] = []
        self.app: FastAPI | None = None

    async def build(self) -> FastAPI:
        """Wire all features; needs the sidecar's API."""
        manifests = discover(self._settings.services, self._settings.only or None)
        wanted = self._settings.features or tuple(m.name for m in manifests)
        mine = [m for m in manifests if m.name in wanted and not m.is_native]
        context_key = await _patiently(lambda: read_secret(self._sidecar, "context_key"))
        routers: list[tuple[str, Any]] = []
        minds = Minds(manifests, self._settings)
        for manifest in mine:
            routers += await self._host(manifest, minds, context_key)
        callers = Callers(context_key, self._clock)
        self.app = inner_app(self.hosted, self._settings.app_token, callers)
        for prefix, router in routers:
            self.app.include_router(router, prefix=prefix)
        if self._extend is not None:
            self.app.state.actors += self._extend(self.app, self._sidecar)
        return self.app

    @property
    def public(self) -> FastAPI | None:
        """The app of the outward port, when the gateway is here."""
        return next((h.feature.public for h in self.hosted if h.feature.public), None)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Run what the features run beside their requests."""
        workflows = [w for one in self.hosted for w in one.feature.workflows]
        worker = Worker(self._settings.dapr_grpc_port, workflows) if workflows else None
        async with contextlib.AsyncExitStack() as stack:
            for one in self.hosted:
                await stack.enter_async_context(one.feature.running())
            starting = asyncio.create_task(asyncio.to_thread(worker.start)) if worker else None
            watching = asyncio.create_task(watch(self._settings.nats_url, self._restart_sidecar))
            subscriptions = [s for one in self.hosted for s in one.subscriptions()]
            listener = Listener(self._settings.dapr_grpc_port, self._settings.dapr_token, subscriptions)
            try:
                async with listener.listening():
                    yield
            finally:
                watching.cancel()
                if worker is not None and starting is not None:
                    with contextlib.suppress(Exception):
                        await starting
                    await asyncio.to_thread(worker.stop)
                for one in self.hosted:
                    await one.host.close()
                self._processes.close()
                for views in self._views:
                    views.close()

    async def _host(self, manifest: Manifest, minds: Minds, context_key: str) -> list[tuple[str, Any]]:
        name = manifest.name
        module = importlib.import_module(manifest.module or f"services.{name}.main")
        rules = cast("Callable[[Settings], Sequence[Decider[Any]]]", module.rules)
        build = cast("Callable[[Kit, Sequence[Decider[Any]]], Feature]", module.build)
        store = DaprStore(self._sidecar, manifest.store)
        deciders = list(rules(self._settings))
        pings, letters, mind = Pings(name), Letters(name), minds.of(manifest)
        everything = [*deciders, pings, letters, *mind.deciders] if manifest.has_streams else []
        turns = Turns(name, everything, store, self._publisher, self._clock)
        views = Views.of(name, self._settings.home, self._settings.views)
        self._views.append(views)
        kit = Kit(
            manifest=manifest,
            manifests=minds.manifests,
            settings=self._settings,
            clock=self._clock,
            commands=BusCommands(name, turns, self._publisher, self._outcomes, self._clock),
            streams=TurnStreams(name, turns),
            blobs=DaprBlobs(store, name),
            store=store,
            peers=DaprPeers(self._sidecar, self._settings.apps),
            processes=self._processes,
            views=views,
            context_key=context_key,
            tenants=read_tenants(self._settings.home),
        )
        built = build(kit, deciders)
        replay = replayer(kit.streams, self._publisher, letters)
        effects = {**built.effects, **mind.effects(kit), "replay_letter": replay}
        feature = Feature(
            manifest=manifest,
            deciders=everything,
            effects=effects,
            router=built.router,
            projections=built.projections,
            workflows=built.workflows,
            tools=built.tools,
            public=built.public,
            running=built.running,
        )
        made = (*built.projections, LetterViews(name), *mind.projections)
        await _patiently(lambda: asyncio.to_thread(views.create, *made))
        started = await _started(store, name, self._clock) if manifest.has_streams else self._clock.now()
        host = ActorHost(feature, turns, DaprWaker(self._sidecar), self._outcomes, self._clock)
        consumer = Consumer(feature, letters, Actors(self._sidecar), views, self._clock, started)
        self.hosted.append(Hosted(feature, host, consumer))
        agents = mind.routers(kit, built.tools)
        kernel = kernel_router(kit, feature, pings, letters, agents)
        return [(f"/{name}", one) for one in (kernel, *agents, built.router) if one is not None]

    async def _restart_sidecar(self) -> None:
        """Ask the sidecar to end, so that its supervisor starts it with fresh connections."""
        log.warning("bus-was-away", action="the sidecar restarts")
        with contextlib.suppress(Later):
            await self._sidecar.send("POST", "/shutdown")

    def _bus_stuck(self) -> None:
        async def restart() -> None:
            if await is_up(self._settings.nats_url):
                await self._restart_sidecar()

        self._restarting = asyncio.ensure_future(restart())


async def _started(store: Store, feature: str, clock: Clock) -> datetime:
    """Return when the feature first started; recorded once, it decides what `react` may act on."""
    key = f"platform/{feature}/started"

    async def read() -> datetime:
        known = (await store.get([key])).get(key)
        if known is None:
            await store.transact([Write(key, clock.now().isoformat(), if_absent=True)])
            known = (await store.get([key]))[key]
        return datetime.fromisoformat(known)

    return await _patiently(read)


async def _patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Return what the attempt returns once the sidecar serves, within `PATIENCE_S`."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await attempt()
            except (Later, KeyError):
                await asyncio.sleep(0.05)


class _Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to `serve`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


def _server(app: FastAPI, host: str, port: int) -> _Server:
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
            timeout_graceful_shutdown=3,
        )
    )


async def serve(settings: Settings, extend: Extend | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then stop in order."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Sidecar(settings.dapr_http_port, settings.dapr_token) as sidecar:
        process = Process(settings, sidecar, extend)
        building = asyncio.create_task(process.build())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([building, stopping], return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            building.cancel()
            return
        servers = [_server(await building, "127.0.0.1", settings.app_port)]
        if process.public is not None:
            servers.append(_server(process.public, "127.0.0.1", settings.gateway_port))
        async with process.running():
            tasks = [asyncio.create_task(server.serve()) for server in servers]
            await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for server in reversed(servers):
                server.should_exit = True
            await asyncio.gather(*tasks)


def main() -> None:
    """Run this process as its environment says."""
    telemetry.configure()
    asyncio.run(serve(environment.from_environment()))


if __name__ == "__main__":
    main()
