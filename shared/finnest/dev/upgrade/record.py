"""Writes beside the data which version writes it; a program of its own, for it imports every feature.

python -m finnest.dev.upgrade.record
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from finnest.dev import watch
from finnest.dev.errors import SetupError
from finnest.dev.home import REPO, SERVICES, Home
from finnest.dev.pins import RUNTIME

FILE = "made-by.json"
SOURCE = "source"
"""Names in the file the digest of the code that wrote it: the same code need not be looked at again."""
PARTS = ("*.py", "feature.yaml", "go.mod")


def place(home: Home) -> Path:
    """Return where a home says which version wrote its data."""
    return home.data / FILE


def source() -> str:
    """Return a digest of all code that says what data looks like."""
    content = hashlib.sha256()
    for root in (SERVICES, REPO / "shared" / "finnest", RUNTIME):
        for path in sorted(path for part in PARTS for path in root.rglob(part)):
            content.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return content.hexdigest()[:16]


def is_recorded(home: Home) -> bool:
    """Return whether the file tells of this very code."""
    try:
        return json.loads(place(home).read_text())[SOURCE] == source()
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False


async def recorded(home: Home, env: Mapping[str, str]) -> None:
    """Write down this version, when it is not the one that is written there.

    Raises:
        SetupError: It could not be written; the data is in order, but no later version can check it.
    """
    if await asyncio.to_thread(is_recorded, home):
        return
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__),
        cwd=REPO,
        env={**env, "FINNEST_HOME": str(home.root)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=watch.die_with_parent(),
    )
    try:
        _, words = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        last = words.decode(errors="replace").strip().rpartition("\n")[2]
        raise SetupError(
            f"This version could not be written down: {last}",
            "`finnest upgrade-check` will know less of this data.",
        )


def main() -> None:
    """Write the stamp of this version into the home that the environment names."""
    stamp = import_module("finnest.dev.upgrade.stamp")
    stamp.write(place(Home.of()), stamp.stamp(SERVICES))


if __name__ == "__main__":
    main()
