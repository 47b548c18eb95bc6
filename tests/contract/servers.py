"""Real servers for the contract suites: a bare sidecar over state stores, and PostgreSQL where installed.

Everything listens on 127.0.0.1, on free ports, and is ended by process id.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TypedDict

from finnest.dev import runtime, watch
from finnest.dev.ports import LOOPBACK, any_free
from finnest.dev.readiness import get
from finnest.testing import eventually

TOKEN = "contract-token"
STARTS_WITHIN_S = 30.0

SQLITE = """\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: state-sqlite}
spec:
  type: state.sqlite
  version: v1
  metadata:
    - {name: connectionString, value: "file:$folder/state.db?_pragma=synchronous(FULL)"}
    - {name: busyTimeout, value: "10s"}
    - {name: keyPrefix, value: none}
"""
POSTGRES = """\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: state-postgres}
spec:
  type: state.postgresql
  version: v2
  metadata:
    - {name: connectionString, value: "$url"}
    - {name: keyPrefix, value: none}
"""


@dataclass(frozen=True)
class Daprd:
    """A sidecar without an app; components `state-sqlite` and, when PostgreSQL runs, `state-postgres`."""

    port: int
    postgres: str | None
    """Why there is no PostgreSQL here, or None when there is."""


@contextmanager
def process(
    command: Sequence[object],
    log: Path,
    env: Mapping[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
) -> Generator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block; it dies with this process in any case."""
    with log.open("ab") as output:
        started = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **(env or {})},
            cwd=log.parent if user is None else "/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=watch.die_with_parent(),
            **_as(user),
        )
    try:
        yield started
    finally:
        stop(started)


def stop(started: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """End a server and what it started."""
    if started.poll() is None:
        started.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(10)
    watch.end_group(started.pid, signal.SIGKILL)
    started.wait()


async def answering(port: int, path: str, log: Path, token: str = TOKEN) -> None:
    """Return when a server answers 2xx; fails with its last words."""
    try:
        await eventually(lambda: get(port, path, 1, token)[0] in (200, 204), STARTS_WITHIN_S)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{log.read_text()[-2_000:]}") from error


@contextmanager
def bare_sidecar(folder: Path) -> Generator[Daprd]:
    """Run daprd for its state API alone, over SQLite and, where it can be run, PostgreSQL."""
    resources = folder / "resources"
    resources.mkdir()
    (resources / "sqlite.yaml").write_text(Template(SQLITE).substitute(folder=folder))
    with ExitStack() as stack:
        missing = why_no_postgres()
        if missing is None:
            url = stack.enter_context(postgres(folder))
            (resources / "postgres.yaml").write_text(Template(POSTGRES).substitute(url=url))
        taken: list[int] = []
        while len(taken) < 4:
            taken.append(any_free(taken))
        http, grpc, internal, profile = taken
        log = folder / "daprd.log"
        command = [
            *(runtime.ensure(print).daprd, "--app-id", "contract", "--resources-path", resources),
            *("--dapr-http-port", http, "--dapr-grpc-port", grpc, "--profile-port", profile),
            *("--dapr-internal-grpc-port", internal, "--dapr-listen-addresses", LOOPBACK),
            *("--dapr-internal-grpc-listen-address", LOOPBACK, "--enable-metrics=false"),
            *("--placement-host-address", "", "--scheduler-host-address", ""),
            *("--dapr-graceful-shutdown-seconds", 1, "--log-level", "warn"),
        ]
        env = {"DAPR_API_TOKEN": TOKEN, "DAPR_HOST_IP": LOOPBACK, "NAMESPACE": "default"}
        stack.enter_context(process(command, log, env))
        asyncio.run(answering(http, "/v1.0/healthz", log))
        yield Daprd(http, missing)


def why_no_postgres() -> str | None:
    """Return why PostgreSQL cannot be run here, or None."""
    if not _postgres_bins():
        return "PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb)"
    if os.getuid() == 0 and _nobody() is None:
        return "PostgreSQL does not run as root, and there is no user postgres or nobody"
    return None


@contextmanager
def postgres(folder: Path) -> Generator[str]:
    """Run a PostgreSQL server with empty data; yield where it is reached."""
    bins = _postgres_bins()[-1]
    # Not below pytest's own folder: only its owner may enter that.
    data = Path(tempfile.mkdtemp(prefix="finnest-postgres-"))
    user = _nobody() if os.getuid() == 0 else None
    if user is not None:
        os.chown(data, user.pw_uid, user.pw_gid)
    try:
        made = subprocess.run(
            [bins / "initdb", "-D", data / "data", "-U", "finnest", "-A", "trust", "-E", "UTF8"],
            capture_output=True,
            text=True,
            check=False,
            cwd=data,
            **_as(user),
        )
        assert made.returncode == 0, made.stderr
        port = any_free([])
        log = folder / "postgres.log"
        command = [bins / "postgres", "-D", data / "data", "-h", LOOPBACK, "-p", port, "-k", data]
        command += ["-c", "max_connections=400"]
        with process(command, log, user=user) as server:

            def is_ready() -> bool:
                assert server.poll() is None, log.read_text()[-2_000:]
                asked = subprocess.run(
                    [bins / "pg_isready", "-h", LOOPBACK, "-p", str(port)],
                    capture_output=True,
                    check=False,
                )
                return asked.returncode == 0

            asyncio.run(eventually(is_ready, STARTS_WITHIN_S, "PostgreSQL did not start"))
            yield f"host={LOOPBACK} port={port} user=finnest dbname=postgres sslmode=disable"
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _postgres_bins() -> list[Path]:
    return sorted(path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb"))


class _As(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _as(user: pwd.struct_passwd | None) -> _As:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _nobody() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
