"""Find the Dapr and NATS binaries on this machine, or build them once into a cache outside the clone."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from finnest.dev.errors import SetupError
from finnest.dev.gobuild import Progress, build, find_go
from finnest.dev.pins import DAPR, NATS, GoModule, parse_version

NEEDED_COMPONENTS = (
    b"components-contrib/pubsub/jetstream",
    b"components-contrib/state/sqlite",
    b"components-contrib/nameresolution/sqlite",
)


@dataclass(frozen=True)
class Runtime:
    """The binaries of one machine; `version` is that of Dapr."""

    daprd: Path
    placement: Path
    scheduler: Path
    nats: Path
    version: str


def ensure(progress: Progress, env: Mapping[str, str] = os.environ) -> Runtime:
    """Return the runtime, building what is not installed; a second checkout finds it in the cache.

    Raises `SetupError` with one sentence and the next step when it can be neither found nor built.
    """
    dapr = installed_dapr(env) or cached(DAPR, progress, env)
    nats = installed_nats(env) or cached(NATS, progress, env)
    return Runtime(
        daprd=dapr / "daprd",
        placement=dapr / "placement",
        scheduler=dapr / "scheduler",
        nats=nats / "nats-server",
        version=_asked_version(dapr / "daprd"),
    )


def locate(env: Mapping[str, str] = os.environ) -> dict[str, Path | None]:
    """Return the folder in use for `dapr` and for `nats`, `None` where there is none yet; builds nothing."""
    found: dict[str, Path | None] = {}
    for module, installed in ((DAPR, installed_dapr(env)), (NATS, installed_nats(env))):
        kept = cache_folder(module, env)
        found[module.name] = installed or (kept if kept.is_dir() else None)
    return found


def cache_root(env: Mapping[str, str] = os.environ) -> Path:
    """Return the folder that all clones of one user share."""
    return Path(env.get("FINNEST_CACHE") or Path.home() / ".cache" / "finnest")


def cache_folder(module: GoModule, env: Mapping[str, str] = os.environ) -> Path:
    """Return where the binaries of exactly these sources lie, or will."""
    return cache_root(env) / f"{module.kind}-{module.name}-{module.digest}"


def installed_dapr(env: Mapping[str, str]) -> Path | None:
    """Return a folder with a Dapr of at least the pinned version that knows our components.

    An unfit `DAPR_BIN_DIR` is an error, since somebody chose it; unfit folders elsewhere are passed over.
    """
    chosen = env.get("DAPR_BIN_DIR")
    if chosen:
        folder = Path(chosen)
        if (reason := _unfit(folder)) is not None:
            raise SetupError(
                f"DAPR_BIN_DIR is {folder}, but {reason}.",
                "Point it elsewhere, or unset it to build the pinned runtime.",
            )
        return folder
    on_path = shutil.which("daprd", path=env.get("PATH"))
    candidates = [Path(on_path).parent] if on_path else []
    candidates.append(Path.home() / ".dapr" / "bin")
    return next((folder for folder in candidates if _unfit(folder) is None), None)


def installed_nats(env: Mapping[str, str]) -> Path | None:
    """Return a folder with a nats-server of at least the pinned version."""
    places = os.pathsep.join(filter(None, (env.get("DAPR_BIN_DIR"), env.get("PATH"))))
    found = shutil.which("nats-server", path=places)
    if found and parse_version(_asked_version(Path(found))) >= parse_version(NATS.version):
        return Path(found).parent
    return None


def cached(module: GoModule, progress: Progress, env: Mapping[str, str]) -> Path:
    """Return the cache folder of `module`, built first when it is not there; one build at a time per user."""
    target = cache_folder(module, env)
    if target.is_dir():
        return target
    root = cache_root(env)
    with _only_builder(root, progress):
        if not target.is_dir():
            build(module, target, find_go(module, root, progress, env), progress, env)
    return target


def _unfit(folder: Path) -> str | None:
    for binary in DAPR.binaries:
        if not os.access(folder / binary, os.X_OK):
            return f"it holds no program {binary}"
    version = _asked_version(folder / "daprd")
    if parse_version(version) < parse_version(DAPR.version):
        return f"its daprd is {version or 'of no known version'} and at least {DAPR.version} is needed"
    content = (folder / "daprd").read_bytes()
    if not all(name in content for name in NEEDED_COMPONENTS):
        return "its daprd was built without the JetStream or SQLite components"
    return None


def _asked_version(binary: Path) -> str:
    try:
        answer = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip().rpartition(" ")[2].lstrip("v")


@contextmanager
def _only_builder(root: Path, progress: Progress) -> Generator[None]:
    root.mkdir(parents=True, exist_ok=True)
    with (root / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("another checkout is building the runtime; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
