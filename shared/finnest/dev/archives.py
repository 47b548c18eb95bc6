"""Files in and out of an archive, measured on the way."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from pathlib import Path
from typing import IO, Any

PIECE_BYTES = 1 << 20


def put(archive: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    """Add a file under a name; return its size in bytes and SHA-256."""
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
        archive.addfile(archive.gettarinfo(arcname=name, fileobj=content), content)
        return {"size": path.stat().st_size, "sha256": digest}


def put_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    """Add a text as a file."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(text), 0o600
    archive.addfile(member, io.BytesIO(text.encode()))


def take(content: IO[bytes], path: Path | None) -> dict[str, Any]:
    """Read a member, onto disk when a path is named; return its size in bytes and SHA-256."""
    size, digest = 0, hashlib.sha256()
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.devnull, "wb") if path is None else private(path) as file:
        while piece := content.read(PIECE_BYTES):
            size += len(piece)
            digest.update(piece)
            file.write(piece)
        if path is not None:
            file.flush()
            os.fsync(file.fileno())
    return {"size": size, "sha256": digest.hexdigest()}


def private(path: Path) -> IO[bytes]:
    """Open a file for writing that only its owner reads."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
