"""`make run`: start everything in order, say when it is truly ready, keep it alive, stop it cleanly."""

from __future__ import annotations

import asyncio
import importlib
import os
import shlex
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from finnest.apps import hosted, process_name
from finnest.dev import broker, ports, preparation, readiness, watch
from finnest.dev.commands import Plan
from finnest.dev.errors import SetupError
from finnest.dev.home import Home, Secrets
from finnest.dev.options import Options
from finnest.dev.ports import Ports
from finnest.dev.processes import Supervisor
from finnest.dev.reload import Reloader
from finnest.dev.upgrade import record
from finnest.manifest import Manifest

READY_WITHIN_S = 60.0
POSTGRES = "FINNEST_POSTGRES"
"""How a database is reached as the role `{role}`; unset, truth is in files of the home (components/README.md)."""


@dataclass
class Launch:
    """One launcher's life: what it started and what it tells in run.json."""

    home: Home
    ports: Ports
    secrets: Secrets
    say: Callable[[str], None]
    after_crash: bool
    """Whether the last launcher of this home did not stop as asked."""
    state: str = "starting"
    supervisor: Supervisor = field(init=False)
    failed: asyncio.Future[None] = field(init=False)

    def __post_init__(self) -> None:
        self.failed = asyncio.get_running_loop().create_future()
        self.supervisor = Supervisor(self.home.logs, self.say, self.record, self._despair)

    def record(self, state: str | None = None) -> None:
        """Write down what runs now."""
        self.state = state or self.state
        processes = [
            {"name": r.child.name, "pid": r.pid, "restarts": r.restarts, "spare": r.child.spare}
            for r in self.supervisor.running.values()
        ]
        now = {
            "launcher": os.getpid(),
            "state": self.state,
            "url": self.ports.url,
            "ports": asdict(self.ports),
            "processes": processes,
        }
        try:
            self.home.write_run(now)
        except OSError as problem:
            # Children are kept alive also when nobody can be told about it.
            self.say(f"{self.home.run_file} could not be written: {problem.strerror}")

    def _despair(self, problem: SetupError) -> None:
        if self.state == "starting" and not self.failed.done():
            self.failed.set_exception(problem)
        else:
            self.say(str(problem))


async def run(options: Options) -> None:
    """Run Finnest until SIGINT or SIGTERM; raises `SetupError` when it cannot be started."""
    began = time.monotonic()
    home = Home.of(options.env)
    home.root.mkdir(parents=True, exist_ok=True)
    with home.held():
        features = options.features()
        apps = options.placed(features)
        ready = await preparation.prepared(features, options.env, options.say)
        features = [one for one in features if not one.is_native or one.name in ready.programs]
        stopping = _stop_signal()
        secrets = home.prepare()
        _clear_leftovers(home, options.say)
        last = home.read_run()
        names = [feature.name for feature in features]
        chosen = ports.choose(options.port, last.get("ports", {}), list(hosted(names, apps)))
        crashed = last.get("state", "stopped") != "stopped"
        env = options.child_env(features)
        launch = Launch(home, chosen, secrets, options.say, crashed)
        plan = Plan(home, chosen, secrets, ready.runtime, env, apps, ready.programs, options.log_calls)
        try:
            starting = asyncio.create_task(_start(launch, plan, features))
            await asyncio.wait([starting, stopping, launch.failed], return_when=asyncio.FIRST_COMPLETED)
            if not stopping.done():
                _raise_failure(launch, starting)
                launch.record("ready")
                options.say(_block(home, chosen, time.monotonic() - began))
                beside = [asyncio.create_task(_recorded(home, options))]
                if options.reload:
                    beside.append(asyncio.create_task(_reloader(launch, plan, features).watch()))
                await stopping
                for task in beside:
                    task.cancel()
            options.say("stopping")
            starting.cancel()
        finally:
            launch.record("stopping")
            await _stopped(launch)


async def _recorded(home: Home, options: Options) -> None:
    try:
        await record.recorded(home, options.env)
    except (SetupError, OSError) as problem:
        options.say(str(problem))


def _reloader(launch: Launch, plan: Plan, features: Sequence[Manifest]) -> Reloader:
    def restart(app: str) -> None:
        launch.supervisor.restart(process_name("app", app))

    return Reloader(features, plan.apps, restart, launch.say)


async def _start(launch: Launch, plan: Plan, features: Sequence[Manifest]) -> None:
    supervisor, chosen = launch.supervisor, launch.ports
    render = importlib.import_module("finnest.dev.render")
    bus = importlib.import_module("finnest.dev.bus")
    supervisor.start(plan.broker(broker.write_config(launch.home, chosen, launch.secrets.nats_password)))
    supervisor.start(plan.placement())
    supervisor.start(plan.scheduler(), crashed=launch.after_crash)
    # The slowest to start, and they wait for the others, as they must when those are restarted later.
    needed = hosted([feature.name for feature in features if not feature.is_native], plan.apps)
    for app, names in needed.items():
        supervisor.start(plan.app(app, names))
    resources: Path = render.resources(
        launch.home, chosen, features, plan.apps, postgres=plan.env.get(POSTGRES, "")
    )
    waiting_for = "the broker"
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            await readiness.until(readiness.is_listening(chosen.broker))
            changes = await bus.ensure(chosen.nats_url(launch.secrets.nats_password), features)
            if changes:
                launch.say(f"bus: {len(changes)} streams and consumers made or changed")
            for app in needed:
                supervisor.start(plan.sidecar(app, resources))
            token = launch.secrets.dapr_api_token
            for app in needed:
                waiting_for = f"the {process_name('sidecar', app)}"
                await readiness.until(readiness.is_sidecar(chosen.pairs[app], token))
            waiting_for = "the first round trip through gateway, bus, actor and state"
            await readiness.until(readiness.is_app(chosen))
            for app in plan.programs:
                # Last, and nobody waits until they answer: who asks them goes on without.
                supervisor.start(plan.app(app, (app,)))
                supervisor.start(plan.sidecar(app, resources))
            waiting_for = "a program"
            await readiness.until(supervisor.all_started)
    except TimeoutError:
        raise SetupError(
            f"{waiting_for.capitalize()} was not ready after {READY_WITHIN_S:.0f} s.",
            f"Read app*.log and sidecar*.log in {launch.home.logs}, or ask `finnest doctor`.",
        ) from None


def _clear_leftovers(home: Home, say: Callable[[str], None]) -> None:
    """End what a killed launcher left behind; this home's lock is held, so nobody else owns it."""
    stale = watch.leftovers(home.root)
    for pid in stale:
        say(f"ending process {pid}, left by an earlier run")
        watch.end(pid)


def _stop_signal() -> asyncio.Future[None]:
    loop = asyncio.get_running_loop()
    stopping = loop.create_future()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, lambda: stopping.done() or stopping.set_result(None))
    return stopping


async def _stopped(launch: Launch) -> None:
    """Stop everything; a second signal does it by force."""
    impatient = _stop_signal()
    stop = asyncio.create_task(launch.supervisor.stop())
    await asyncio.wait([stop, impatient], return_when=asyncio.FIRST_COMPLETED)
    if not stop.done():
        launch.supervisor.kill()
    await stop
    launch.record("stopped")
    launch.say("stopped; everything is kept")


def _raise_failure(launch: Launch, starting: asyncio.Task[None]) -> None:
    if launch.failed.done():
        launch.failed.result()
    starting.result()


def _block(home: Home, chosen: Ports, seconds: float) -> str:
    key = f"$(cat {shlex.quote(str(home.dev_key))})"
    return f"""
Finnest is ready after {seconds:.1f} s: {chosen.url}

  try    curl -H "Authorization: Bearer {key}" {chosen.url}/v1/features
  demo   make demo            (in another terminal)
  docs   {chosen.url}/docs
  data   {home.data}
  logs   {home.logs}
  key    {home.dev_key}
  stop   Ctrl-C               (or finnest stop)
"""
