"""Engines in processes of their own, with a control plane and a sidecar of the pinned Dapr where they need one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finnest.apps import TOGETHER
from finnest.dev import ports, readiness, runtime, watch
from finnest.dev.commands import Plan
from finnest.dev.home import REPO, Home
from finnest.dev.ports import LOOPBACK, Pair
from tests.bench.peers.figures import Batch, Gauge, Load
from tests.bench.rig import cpu_ms, stored_bytes

APP = "peer"
READY_S = 60.0
STORE = """\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: state}}
spec:
  type: state.sqlite
  version: v1
  metadata:
    - {{name: connectionString, value: "file:{folder}/state.db?_pragma=synchronous(FULL)"}}
    - {{name: busyTimeout, value: "10s"}}
    - {{name: actorStateStore, value: "true"}}
"""
CONFIG = """\
apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {{name: peer}}
spec:
  nameResolution:
    component: sqlite
    version: v1
    configuration: {{connectionString: "{folder}/names.db"}}
  tracing: {{samplingRate: "0"}}
"""


@dataclass
class Processes:
    """What was started here; all of it is ended, the last first."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list[subprocess.Popen[str]])

    def start(
        self, name: str, command: Sequence[object], env: Mapping[str, str], *, talks: bool = False
    ) -> Any:
        """Start a process with a log of its own; it ends with this one. One that talks is written to and read."""
        self.logs.mkdir(exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [str(part) for part in command],
                cwd=REPO,
                env=dict(env),
                stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
                stdout=subprocess.PIPE if talks else log,
                stderr=log,
                text=True,
                start_new_session=True,
                preexec_fn=watch.die_with_parent(),
            )
        self.started.append(child)
        return child

    @property
    def logs(self) -> Path:
        """Where each process writes what it says."""
        return self.folder / "logs"

    def gauge(self) -> Gauge:
        """Return what reads the use of everything that runs, and of its files."""
        groups = [child.pid for child in self.started]
        return Gauge(
            lambda: cpu_ms(groups),
            lambda: stored_bytes(self.folder, self.logs),
            lambda: sum(map(watch.rss_mb, groups)),
        )

    def end(self) -> None:
        """End everything, by force what does not go."""
        for child in reversed(self.started):
            watch.end_group(child.pid, signal.SIGTERM)
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                watch.end_group(child.pid, signal.SIGKILL)
                child.wait(5)


@dataclass(frozen=True)
class Sidecar:
    """The ports of a sidecar that hosts workflows and actors."""

    http: int
    grpc: int


async def sidecar(processes: Processes) -> Sidecar:
    """Start control plane and sidecar, without an app; workflows find it by gRPC."""
    folder = processes.folder
    (folder / "resources").mkdir(exist_ok=True)
    (folder / "resources" / "store.yaml").write_text(STORE.format(folder=folder))
    (folder / "config.yaml").write_text(CONFIG.format(folder=folder))
    home = Home(folder / "home")
    chosen = ports.choose(ports.any_free([]), {}, [APP])
    binaries = runtime.ensure(print)
    plan = Plan(home, chosen, home.prepare(), binaries, os.environ, TOGETHER)
    for child in (plan.placement(), plan.scheduler()):
        processes.start(child.name, child.command, child.env)
    pair = chosen.pairs[APP]
    command = [
        *(binaries.daprd, "--app-id", APP, "--dapr-listen-addresses", LOOPBACK),
        *("--dapr-http-port", pair.dapr_http, "--dapr-grpc-port", pair.dapr_grpc),
        *("--dapr-internal-grpc-port", pair.dapr_internal, "--dapr-internal-grpc-listen-address", LOOPBACK),
        *("--resources-path", folder / "resources", "--config", folder / "config.yaml"),
        *("--placement-host-address", f"{LOOPBACK}:{chosen.placement}", "--enable-metrics=false"),
        *("--scheduler-host-address", f"{LOOPBACK}:{chosen.scheduler}", "--log-level", "warn"),
    ]
    env = {**os.environ, "NAMESPACE": "default", "DAPR_HOST_IP": LOOPBACK}
    processes.start("sidecar", command, env)
    await _healthy(pair)
    return Sidecar(pair.dapr_http, pair.dapr_grpc)


@asynccontextmanager
async def started(folder: Path) -> AsyncGenerator[Processes]:
    """Give a folder in which processes are started, and end them."""
    folder.mkdir(parents=True, exist_ok=True)
    processes = Processes(folder)
    try:
        yield processes
    finally:
        processes.end()


async def engine(processes: Processes, name: str, python: Path, *args: object, **env: str) -> Load:
    """Start an engine and return the function that lets it make runs.

    Raises:
        RuntimeError: The engine ended; the message holds the end of its log.
    """
    command = [python, "-m", f"tests.bench.peers.{name}", *args]
    child = processes.start(name, command, {**os.environ, **env}, talks=True)

    def line() -> dict[str, Any]:
        # Libraries print too; what the engine says is JSON.
        while (text := child.stdout.readline()) and not text.startswith("{"):
            pass
        if not text:
            raise RuntimeError(f"{name} ended: {(processes.logs / f'{name}.log').read_text()[-1500:]}")
        return json.loads(text)

    def runs(count: int, at_once: int) -> Batch:
        child.stdin.write(json.dumps({"runs": count, "at_once": at_once}) + "\n")
        child.stdin.flush()
        told = line()
        return Batch(told["seconds"], told["took_ms"])

    async def load(count: int, at_once: int) -> Batch:
        return await asyncio.to_thread(runs, count, at_once)

    await asyncio.to_thread(line)
    return load


async def _healthy(pair: Pair) -> None:
    began = time.monotonic()
    while True:
        try:
            status, _ = readiness.get(pair.dapr_http, "/v1.0/healthz/outbound", 1, "")
        except OSError:
            status = 0
        if status == 204:
            return
        if time.monotonic() - began > READY_S:
            raise RuntimeError("the sidecar was not ready")
        await asyncio.sleep(0.1)
