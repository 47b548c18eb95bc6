"""What runs now, as `finnest status` tells it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from finnest.apps import process_name
from finnest.dev import readiness, watch
from finnest.dev.home import Home
from finnest.dev.ports import Ports

LONGEST_ROUND_TRIP_S = 5.0


@dataclass(frozen=True)
class ProcessStatus:
    """One process; `pid` is 0 while it is being started again."""

    name: str
    pid: int
    rss_mb: float
    restarts: int


@dataclass(frozen=True)
class Status:
    """The state of one installation; `ready` means that a round trip passed just now."""

    ready: bool
    url: str
    home: str
    processes: tuple[ProcessStatus, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON form."""
        return asdict(self)


def current(home: Home) -> Status:
    """Return the state now; asks the app for a round trip when everything else is in place."""
    if not home.is_running():
        return Status(False, "", str(home.root), ())
    run = home.read_run()
    processes = tuple(_process(known) for known in run.get("processes", []))
    spare = {known["name"] for known in run.get("processes", []) if known.get("spare")}
    alive = bool(processes) and all(process.pid for process in processes if process.name not in spare)
    ready = alive and run.get("state") == "ready" and _answers(home, Ports.read(run["ports"]), spare)
    return Status(ready, run.get("url", ""), str(home.root), processes)


def _process(known: dict[str, Any]) -> ProcessStatus:
    pid = known["pid"] if known["pid"] and watch.is_alive(known["pid"]) else 0
    return ProcessStatus(known["name"], pid, watch.rss_mb(pid) if pid else 0.0, known["restarts"])


def _answers(home: Home, ports: Ports, spare: Collection[str]) -> bool:
    token = home.secrets().dapr_api_token
    needed = [pair for app, pair in ports.pairs.items() if process_name("sidecar", app) not in spare]
    sidecars = all(readiness.is_sidecar_ready(pair, token) for pair in needed)
    return sidecars and readiness.is_app_ready(ports, LONGEST_ROUND_TRIP_S)
