"""The ports of one installation: the gateway's is chosen by a person, the others are any free ones."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from finnest.dev.errors import SetupError

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """Every port that one installation listens on, all on the loopback address."""

    gateway: int
    app: int
    dapr_http: int
    dapr_grpc: int
    dapr_internal: int
    broker: int
    placement: int
    placement_health: int
    placement_raft: int
    scheduler: int
    scheduler_health: int
    etcd_client: int
    etcd_peer: int

    @property
    def url(self) -> str:
        """Where people and apps reach Finnest."""
        return f"http://{LOOPBACK}:{self.gateway}"

    def nats_url(self, password: str) -> str:
        """Return where clients reach the broker."""
        return f"nats://finnest:{password}@{LOOPBACK}:{self.broker}"


def choose(gateway: int, earlier: Mapping[str, int]) -> Ports:
    """Return ports to listen on: those of the last start where they are still free, else new ones.

    Raises `SetupError` when the gateway's port is taken; the others give way silently.
    """
    if not is_free(gateway):
        holder = holder_of(gateway)
        raise SetupError(
            f"Port {gateway} is in use{f' by {holder}' if holder else ''}.",
            f"Stop that, or choose another port: `make run PORT={_next_free(gateway)}`.",
        )
    chosen: dict[str, int] = {"gateway": gateway}
    for name in (field.name for field in fields(Ports) if field.name != "gateway"):
        port = earlier.get(name, 0)
        taken = port in chosen.values() or not port or not is_free(port)
        chosen[name] = any_free(list(chosen.values())) if taken else port
    return Ports(**chosen)


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
        try:
            held = {link.readlink().name for link in (process / "fd").iterdir()}
            if held & inodes:
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue
    return None


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
