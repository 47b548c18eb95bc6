"""Environments of their own for what is only measured or tested beside: pinned by hash, shared by all clones."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from finnest.dev.runtime import cache_root

PYTHON = "bin/python"
COMPLETE = "complete"
"""Stands in an environment once everything is installed."""


def made(name: str, lock: Path) -> Path:
    """Return the Python of an environment with exactly what `lock` pins; it is made once per lock and Python.

    Raises:
        RuntimeError: The packages could not be installed; the message holds what pip said last.
    """
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    folder = cache_root() / f"env-{name}-{sys.implementation.cache_tag}-{digest}"
    cache_root().mkdir(parents=True, exist_ok=True)
    with (cache_root() / f"env-{name}.lock").open("w") as only:
        fcntl.flock(only, fcntl.LOCK_EX)
        if not (folder / COMPLETE).exists():
            print(f"making the environment {name} from {lock.name}; this happens once per lock", flush=True)
            _make(folder, lock)
    return folder / PYTHON


def _make(folder: Path, lock: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = [str(folder / PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    install += ["--no-deps", "--require-hashes", "-r", str(lock)]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise RuntimeError(f"the packages of {lock.name} could not be installed: {done.stderr[-800:]}")
    (folder / COMPLETE).touch()


def packages(python: Path) -> str:
    """Return the folder with the packages of an environment that `made` returned."""
    base = str(python.parent.parent)
    return sysconfig.get_path("purelib", vars={"base": base, "platbase": base})
