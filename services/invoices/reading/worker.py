"""The process that reads one PDF from its standard input and writes what it says, as JSON, to its output.

Run as `python -m services.invoices.reading.worker MEMORY_MB CPU_S PARENT_PID`. A PDF is hostile until it is read:
the process has a bound on memory and time, no files, no secrets, and ends with its parent.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import resource
import signal
import sys
from typing import Any

PAGES = 20
TEXT_CHARS = 60_000
_PR_SET_PDEATHSIG = 1


def main(memory_mb: str, cpu_s: str, parent_pid: str) -> None:
    """Read, and answer `{"text", "pages", "pages_left_out", "paper", "unread"}` or `{"trouble"}`."""
    _bound(int(memory_mb), int(cpu_s), int(parent_pid))
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        answer = _answer(sys.stdin.buffer.read())
    except MemoryError:
        answer = {"trouble": "pdf-too-heavy"}
    output.write(json.dumps(answer).encode())
    output.flush()
    # A broken file may have left much behind; nobody waits until it is swept up.
    os._exit(0)


def _answer(body: bytes) -> dict[str, Any]:
    """Return what the file says; whatever goes wrong in the library is about this file alone."""
    from pypdf.errors import LimitReachedError

    from services.invoices.documents.paper_words import paper_of

    try:
        text, pages = _text(body)
    except _Encrypted:
        return {"trouble": "encrypted-pdf"}
    except (LimitReachedError, MemoryError):
        return {"trouble": "pdf-too-heavy"}
    except Exception:  # noqa: BLE001 - the library raises whatever a broken file makes it raise
        return {"trouble": "broken-pdf"}
    if not any(character.isalnum() for character in text):
        return {"trouble": "no-text"}
    paper = paper_of(text)
    return {
        "text": text[:TEXT_CHARS],
        "pages": pages,
        "pages_left_out": max(pages - PAGES, 0),
        "paper": paper.wire_data(),
    }


class _Encrypted(Exception):
    """It opens with a password only."""


def _text(body: bytes) -> tuple[str, int]:
    """Return the text of the first pages, and how many pages there are."""
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import PyPdfError

    reader = PdfReader(io.BytesIO(body), strict=False)
    if reader.is_encrypted:
        try:
            opened = reader.decrypt("") != PasswordType.NOT_DECRYPTED
        except (PyPdfError, NotImplementedError):
            opened = False
        if not opened:
            raise _Encrypted
    said: list[str] = []
    size = 0
    for page in reader.pages[:PAGES]:
        text = page.extract_text(extraction_mode="layout")
        said.append(text)
        size += len(text)
        if size > TEXT_CHARS:
            break
    return "\n".join(said)[:TEXT_CHARS], len(reader.pages)


def _bound(memory_mb: int, cpu_s: int, parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    size = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main(*sys.argv[1:])
