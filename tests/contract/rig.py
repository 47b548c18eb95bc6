"""A whole installation for a few small features: broker, control plane, sidecar and app, each by itself."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finnest.apps import MONOLITH, TOGETHER
from finnest.clock import SystemClock
from finnest.context import HEADER, Caller, sign
from finnest.dapr.bus import BusCommands, DaprPublisher, Outcomes
from finnest.dapr.sidecar import Sidecar
from finnest.dapr.stores import DaprStore
from finnest.dev import broker, bus, logs, ports, readiness, render, runtime, watch
from finnest.dev.commands import Plan
from finnest.dev.home import Home
from finnest.dev.processes import Child
from finnest.manifest import discover
from finnest.ports import Publisher
from finnest.testing import eventually
from finnest.turn import Decider
from finnest.turns import Turns
from tests.contract.servers import stop

FEATURES = Path(__file__).parent / "features"
ACK_WAIT_S = 4
"""Short, so that what was lost comes back soon; over the handler's limit of 3 s."""
READY_WITHIN_S = 40.0
CLOCK = SystemClock()


@dataclass
class Client:
    """What a test needs of a running installation."""

    rig: Rig
    sidecar: Sidecar
    publisher: Publisher

    def turns(self, feature: str, deciders: list[Decider[Any]]) -> Turns:
        """Return turns that read what the feature has stored."""
        store = DaprStore(self.sidecar, f"state-{feature}")
        return Turns(feature, deciders, store, self.publisher, CLOCK)

    def commands(self, feature: str, deciders: list[Decider[Any]]) -> BusCommands:
        """Return the way to send commands to the feature over the bus."""
        turns = self.turns(feature, deciders)
        return BusCommands(feature, turns, self.publisher, Outcomes(), CLOCK)

    async def ask(self, method: str, path: str, caller: Caller | None = None) -> int:
        """Call a route of a feature through the sidecar; return the status."""
        headers: dict[str, str] = {}
        if caller is not None:
            headers[HEADER] = sign(caller, self.rig.plan.secrets.context_key, CLOCK.now())
        status, _, _ = await self.sidecar.request(
            method, f"/invoke/{MONOLITH}/method/{path}", headers=headers
        )
        return status


@dataclass
class Rig:
    """One installation whose parts are started, killed and started again one by one."""

    plan: Plan
    services: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, subprocess.Popen[bytes]])

    @classmethod
    def at(cls, folder: Path) -> Rig:
        """Prepare an installation below a folder."""
        home = Home(folder / "home")
        secrets = home.prepare()
        chosen = ports.choose(ports.any_free([]), {})
        services = folder / "services"
        services.mkdir()
        env = {k: v for k, v in os.environ.items() if not k.startswith("FINNEST_")}
        env["FINNEST_SERVICES"] = str(services)
        return cls(Plan(home, chosen, secrets, runtime.ensure(print), env, TOGETHER), services)

    async def start(self, *features: str) -> None:
        """Start everything with these features."""
        plan = self.plan
        config = broker.write_config(plan.home, plan.ports, plan.secrets.nats_password)
        for child in (plan.broker(config), plan.placement(), plan.scheduler()):
            self.begin(child)
        await self._until(readiness.is_listening(plan.ports.broker), "the broker")
        await self.host(*features)

    async def host(self, *features: str) -> None:
        """Start sidecar and app, again if they run, so that these features are there as well."""
        for name in features:
            shutil.copytree(FEATURES / name, self.services / name, dirs_exist_ok=True)
        self.stop("app", "sidecar")
        plan = self.plan
        manifests = discover(self.services)
        folder = render.resources(plan.home, plan.ports, manifests, ack_wait_s=ACK_WAIT_S)
        url = plan.ports.nats_url(plan.secrets.nats_password)
        await bus.ensure(url, manifests, ACK_WAIT_S)
        self.begin(plan.sidecar(MONOLITH, folder))
        await self.start_app()

    async def start_app(self) -> None:
        """Start the app and return when a command goes round."""
        plan, names = self.plan, [manifest.name for manifest in discover(self.services)]
        self.begin(plan.app(MONOLITH, names))
        pair = plan.ports.pairs[MONOLITH]
        await self._until(readiness.is_sidecar(pair, plan.secrets.dapr_api_token), "the sidecar")
        async with self.client() as client:
            for name in names:

                async def answers(name: str = name) -> bool:
                    return await client.ask("POST", f"{name}/ping") == 200

                await self._until(answers, f"a round trip through {name}")

    @asynccontextmanager
    async def client(self) -> AsyncGenerator[Client]:
        """Connect to the installation."""
        plan = self.plan
        async with Sidecar(plan.ports.pairs[MONOLITH].dapr_http, plan.secrets.dapr_api_token) as sidecar:
            yield Client(self, sidecar, DaprPublisher(sidecar))

    def kill(self, name: str) -> None:
        """Kill a part without warning."""
        stop(self.running.pop(name), signal.SIGKILL)

    def stop(self, *names: str) -> None:
        """Stop parts politely, in this order."""
        for name in names:
            if name in self.running:
                stop(self.running.pop(name))

    def end(self) -> None:
        """Stop everything."""
        self.stop("app", "sidecar", "scheduler", "placement", "broker")

    def rows(self, feature: str, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds in a feature's views."""
        path = self.plan.home.data / "views" / f"{feature}.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def tails(self) -> str:
        """Return the last words of every part."""
        files = sorted(self.plan.home.logs.glob("*.log"))
        return "\n".join(f"--- {file.name}\n{logs.tail(file, 1_500)}" for file in files)

    async def _until(self, asked: Callable[[], Any], what: str) -> None:
        async def ask() -> bool:
            try:
                return await asked()
            except Exception:
                return False

        try:
            await eventually(ask, READY_WITHIN_S, f"{what} was not ready")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.tails()}") from error

    def begin(self, child: Child) -> None:
        """Start a part, in the way the launcher does."""
        with (self.plan.home.logs / f"{child.name}.log").open("ab") as log:
            self.running[child.name] = subprocess.Popen(
                child.command,
                cwd=child.folder,
                env={**child.env, watch.MARK: child.name},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=watch.die_with_parent(),
            )
