"""A real platform in a home of its own: the launcher and everything it starts."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from finnest.context import Caller
from finnest.dev import logs, watch
from finnest.dev.home import REPO, Home
from finnest.dev.keys import key_of, new_key
from finnest.dev.ports import is_free
from finnest.testing import eventually
from tests.support.person import Person

CONTROL = ("broker", "placement", "scheduler")
CHILDREN = (*CONTROL, "app", "sidecar", "app:calendar", "sidecar:calendar")
"""The children of the launcher when every Python feature runs in one process, by name."""
READY_WITHIN_S = 60.0
GONE_WITHIN_S = 10.0
"""Ctrl-C leaves nothing behind within this time."""
FAILPOINT_FILE = "failpoint"

_ports = count(18_100 + os.getpid() * 7 % 2_000)
_tenants = count(1)


def free_port() -> int:
    """Return a port that nobody listens on, below those that outgoing connections use."""
    return next(port for port in _ports if is_free(port))


@dataclass
class Company:
    """A tenant and its people."""

    tenant: str
    intake: Person
    """Passes on what the network sent: nobody's own request."""
    alice: Person
    """May do everything: submit, approve, pay."""
    bob: Person
    carol: Person
    tess: Person
    """Treasurer only."""
    vera: Person
    """Looks only."""


@dataclass
class Platform:
    """One installation. `start` and `stop` may be repeated; its data stays."""

    home: Home
    port: int = field(default_factory=free_port)
    arguments: Sequence[str] = ()
    """More options for `finnest run`."""
    also: Mapping[str, str] = field(default_factory=dict[str, str])
    """More of the environment."""
    launcher: subprocess.Popen[bytes] | None = None

    @classmethod
    def at(cls, folder: Path, **policies: Mapping[str, Mapping[str, Any]]) -> Platform:
        """Prepare an installation below the folder; `payments={tenant: {...}}` is what its policy file says."""
        home = Home(folder / "home")
        home.prepare()
        (home.root / "policy").mkdir(exist_ok=True)
        for name, tenants in policies.items():
            path = home.root / "policy" / f"{name}.yaml"
            path.write_text(yaml.safe_dump({"tenants": dict(tenants)}))
        return cls(home)

    @property
    def env(self) -> dict[str, str]:
        """The environment of the launcher and of every command of this home."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FINNEST_")}
        if "FINNEST_CACHE" in os.environ:
            kept["FINNEST_CACHE"] = os.environ["FINNEST_CACHE"]
        kept["FINNEST_FAILPOINT_FILE"] = str(self.home.root / FAILPOINT_FILE)
        return {**kept, **self.also, "FINNEST_HOME": str(self.home.root)}

    async def start(self) -> None:
        """Start the launcher in a session of its own and return when it says ready."""
        self.launcher = self.launched()
        pid = self.launcher.pid

        def is_ready() -> bool:
            assert self.is_alive, f"the launcher ended: {self.tails()}"
            run = self.home.read_run()
            return run.get("launcher") == pid and run.get("state") == "ready"

        try:
            await eventually(is_ready, READY_WITHIN_S, "the platform did not become ready")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.tails()}") from error

    def launched(self) -> subprocess.Popen[bytes]:
        """Start another launcher of this home, and do not wait for it."""
        with self.output.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "finnest.cli", "run", "--port", str(self.port), *self.arguments],
                cwd=REPO,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=watch.die_with_parent(),
            )

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop by a signal to the launcher; fails when it takes too long or leaves a process behind."""
        if self.launcher is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.launcher.send_signal(how)
        try:
            await eventually(lambda: not self.is_alive, GONE_WITHIN_S, "the launcher did not stop")
        finally:
            self.destroy()
        assert watch.leftovers(self.home.root) == []

    def destroy(self) -> None:
        """End what is left of this installation, and nothing else."""
        if self.launcher is not None and self.is_alive:
            self.launcher.kill()
            self.launcher.wait()
        self.launcher = None

    @property
    def is_alive(self) -> bool:
        """Whether the launcher runs."""
        return self.launcher is not None and self.launcher.poll() is None

    @property
    def output(self) -> Path:
        """What the launcher printed."""
        return self.home.root / "launcher.out"

    def tails(self) -> str:
        """Return the last words of every process, for a person who looks at a failed test."""
        files = [self.output, *sorted(self.home.logs.glob("*.log"))]
        return "\n".join(f"--- {file.name}\n{logs.tail(file, 1_500)}" for file in files)

    def command(self, *arguments: str, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run `finnest …` in this home."""
        return subprocess.run(
            [sys.executable, "-m", "finnest.cli", *arguments],
            cwd=REPO,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def status(self) -> dict[str, Any]:
        """Return what `finnest status --json` prints."""
        return json.loads(self.command("status", "--json").stdout)

    def pids(self) -> dict[str, int]:
        """Return the process id of each child that lives now."""
        processes = self.home.read_run().get("processes", [])
        return {p["name"]: p["pid"] for p in processes if p["pid"] and watch.is_alive(p["pid"])}

    def restarts(self) -> int:
        """Return how often children were started again since the launcher started."""
        return sum(p["restarts"] for p in self.home.read_run().get("processes", []))

    def kill(self, *names: str) -> list[str]:
        """Kill children without warning, at once; return the names of those that were alive."""
        alive = {name: pid for name, pid in self.pids().items() if name in names}
        for pid in alive.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return sorted(alive)

    def kill_launcher(self) -> None:
        """Kill the launcher without warning; the system ends its children with it."""
        if self.launcher is not None:
            self.launcher.kill()
            self.launcher.wait()

    def arm(self, *points: str) -> None:
        """Make the app die at a failpoint (`name:pass`), and its next lives at those that follow."""
        path = self.home.root / FAILPOINT_FILE
        scratch = path.with_suffix(".new")
        scratch.write_text("".join(f"{point}\n" for point in points))
        scratch.replace(path)

    def armed(self) -> bool:
        """Return whether a failpoint waits to be taken by the app."""
        return (self.home.root / FAILPOINT_FILE).exists()

    def person(self, tenant: str, user: str, *roles: str, intake: bool = False) -> Person:
        """Return somebody with a key."""
        name = f"{tenant}-{user}"
        caller = Caller(tenant=tenant, user=user, roles=roles, intake=intake)
        if not any(file.stem == name for file in (self.home.root / "keys").glob("*.key")):
            new_key(self.home, name, caller)
        return Person(self.port, key_of(self.home, name), name)

    def company(self, tenant: str | None = None) -> Company:
        """Return a tenant that nobody else uses, with its people."""
        tenant = tenant or f"company-{next(_tenants)}"

        def make(user: str, *roles: str, intake: bool = False) -> Person:
            return self.person(tenant, user, *roles, intake=intake)

        return Company(
            tenant=tenant,
            intake=make("intake", "clerk", intake=True),
            alice=make("alice", "clerk", "approver", "treasurer"),
            bob=make("bob", "approver"),
            carol=make("carol", "approver"),
            tess=make("tess", "treasurer"),
            vera=make("vera", "viewer"),
        )
