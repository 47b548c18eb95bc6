"""Has PDFs read in processes of their own: one process for one file, few at the same time, all bounded."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pydantic

from finnest.errors import Invalid, Rejected, Throttled, TooLarge, Unavailable, Unreadable
from services.invoices.documents.attachments import MAX_ATTACHMENT_BYTES
from services.invoices.ports import Read, Texts

MAX_BYTES = MAX_ATTACHMENT_BYTES
"""A larger file could not stand in the invoice that it becomes."""
MEMORY_MB = 384
CPU_S = 5
WALL_S = 12.0
WAITING = 16
ANSWER_BYTES = 2 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[3]
_TROUBLES: Mapping[str, tuple[type[Rejected], str]] = {
    "encrypted-pdf": (Invalid, "this PDF opens with a password only; send one without"),
    "no-text": (Invalid, "this PDF has no text, only pictures: type it in, or ask for an e-invoice"),
    "pdf-too-heavy": (Invalid, "reading this PDF takes too much; send a plainer one"),
    "broken-pdf": (Unreadable, "this is no PDF that can be read"),
}


class PdfTexts(Texts):
    """Reads PDFs, `at_once` of them at the same time."""

    def __init__(self, at_once: int = 1) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._waiting = 0

    async def read(self, body: bytes) -> Read:
        if len(body) > MAX_BYTES:
            raise TooLarge("pdf-too-large", f"a PDF has at most {MAX_BYTES} bytes")
        if b"%PDF-" not in body[:1024]:
            raise _no("broken-pdf")
        if self._waiting >= WAITING:
            raise Throttled("pdf-busy", f"{WAITING} files wait to be read")
        self._waiting += 1
        try:
            async with self._free:
                return _read(await _answer(body))
        finally:
            self._waiting -= 1


async def _answer(body: bytes) -> bytes:
    """Return the answer of a process; nothing when a bound ended it.

    Raises:
        Unavailable: It does not work here.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.invoices.reading.worker"),
        *(str(MEMORY_MB), str(CPU_S), str(os.getpid())),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=_ROOT,
        env=_environment(),
        limit=ANSWER_BYTES,
    )
    try:
        async with asyncio.timeout(WALL_S):
            answer, _ = await process.communicate(body)
    except TimeoutError:
        return b""
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode is not None and process.returncode > 0:
        raise Unavailable("no-pdf-reader", "PDFs cannot be read now")
    return answer if process.returncode == 0 else b""


def _read(answer: bytes) -> Read:
    if not answer:
        raise _no("pdf-too-heavy")
    told = json.loads(answer)
    if "trouble" in told:
        raise _no(told["trouble"])
    try:
        return Read.model_validate(told)
    except pydantic.ValidationError as error:
        raise _no("broken-pdf") from error


def _no(slug: str) -> Rejected:
    kind, detail = _TROUBLES[slug]
    return kind(slug, detail)


def _environment() -> dict[str, str]:
    paths = [str(_ROOT), *(path for path in sys.path if path)]
    return {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
