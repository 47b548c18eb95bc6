"""The files of the repository, as git sees them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

from finnest.dev.home import REPO

_LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=REPO,
    capture_output=True,
    text=True,
    check=True,
).stdout.splitlines()
FILES = sorted({name for name in _LISTED if (REPO / name).is_file()})


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Return name and content of every text file, or of those that end in one of the suffixes."""
    for name in FILES:
        if not suffixes or name.endswith(suffixes):
            raw = (REPO / name).read_bytes()
            if b"\0" not in raw:
                yield name, raw.decode("utf-8", "replace")
