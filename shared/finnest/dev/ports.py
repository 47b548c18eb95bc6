"""The ports of one installation: the gateway's is chosen by a person, the others are any free ones."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from finnest.apps import MONOLITH
from finnest.dev.errors import SetupError

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Pair:
    """The ports of one app and its sidecar."""

    app: int
    dapr_http: int
    dapr_grpc: int
    dapr_internal: int


@dataclass(frozen=True)
class Ports:
    """Every port that one installation listens on, all on the loopback address."""

    gateway: int
    broker: int
    placement: int
    placement_health: int
    placement_raft: int
    scheduler: int
    scheduler_health: int
    etcd_client: int
    etcd_peer: int
    pairs: Mapping[str, Pair]
    """App id → its ports."""

    @classmethod
    def read(cls, known: Mapping[str, Any]) -> Ports:
        """Read back what run.json holds."""
        pairs = {app: Pair(**pair) for app, pair in known["pairs"].items()}
        others = {name: port for name, port in known.items() if name != "pairs"}
        return cls(pairs=pairs, **others)

    @property
    def url(self) -> str:
        """Where people and apps reach Finnest."""
        return f"http://{LOOPBACK}:{self.gateway}"

    def nats_url(self, password: str) -> str:
        """Return where clients reach the broker."""
        return f"nats://finnest:{password}@{LOOPBACK}:{self.broker}"


def choose(gateway: int, earlier: Mapping[str, Any], apps: Sequence[str] = (MONOLITH,)) -> Ports:
    """Return ports to listen on: those of the last start where they are still free, else new ones.

    `earlier` is what run.json holds of the last start, `apps` are the ids of the apps of this one.

    Raises `SetupError` when the gateway's port is taken; the others give way silently.
    """
    if not is_free(gateway):
        holder = holder_of(gateway)
        raise SetupError(
            f"Port {gateway} is in use{f' by {holder}' if holder else ''}.",
            f"Stop that, or choose another port: `make run PORT={_next_free(gateway)}`.",
        )
    taken = {gateway}

    def pick(names: Iterable[str], before: Mapping[str, Any]) -> dict[str, int]:
        picked: dict[str, int] = {}
        for name in names:
            port = before.get(name, 0)
            picked[name] = port if port and port not in taken and is_free(port) else any_free(taken)
            taken.add(picked[name])
        return picked

    shared = pick((f.name for f in fields(Ports) if f.name not in ("gateway", "pairs")), earlier)
    before = earlier.get("pairs", {})
    pairs = {app: Pair(**pick((f.name for f in fields(Pair)), before.get(app, {}))) for app in apps}
    return Ports(gateway=gateway, pairs=pairs, **shared)


def is_free(port: int) -> bool:
    """Return whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return False
    return True


def holder_of(port: int) -> str | None:
    """Return `name (process id)` of who listens on the port, `None` where the system does not tell."""
    inodes = set(_listening_inodes(port))
    if not inodes:
        return None
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if inodes & set(_open_files(process)):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return None


def _open_files(process: Path) -> Iterable[str]:
    for link in (process / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed while we look
            yield link.readlink().name


def _listening_inodes(port: int) -> Iterable[str]:
    listen = "0A"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in (line.split() for line in rows):
            if row[3] == listen and int(row[1].rpartition(":")[2], 16) == port:
                yield f"socket:[{row[9]}]"


def any_free(taken: Collection[int]) -> int:
    """Return a port that is free now and not among `taken`."""
    # Below the range that outgoing connections draw from, or one of ours could sit on the port of a
    # process that is being restarted; begun at a place of our own, so two launchers seldom meet.
    first, last = 21_000, 32_000
    begin = os.getpid() * 16 % (last - first)
    for step in range(last - first):
        port = first + (begin + step) % (last - first)
        if port not in taken and is_free(port):
            return port
    raise SetupError(
        f"No port between {first} and {last} is free.",
        "Stop some of the servers on this machine and run it again.",
    )


def _next_free(port: int) -> int:
    return next((other for other in range(port + 1, port + 100) if is_free(other)), port + 1)
