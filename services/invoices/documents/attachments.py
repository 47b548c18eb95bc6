"""The files inside a document: found, bounded, named by their hash."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from finnest.records import Record
from services.invoices.documents.ubl import Document

MAX_ATTACHMENTS = 10
MAX_ATTACHMENT_BYTES = 3 * 1024 * 1024
"""Files over these bounds stay inside the document only."""

_FILES = ".//{*}EmbeddedDocumentBinaryObject"
_MIME = re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}")
_SAFE_NAME = re.compile(r"[^A-Za-z0-9._ -]+")


class Attachment(Record):
    """One file: its number in the document (from 1), name, declared type, size in bytes, SHA-256."""

    number: int
    name: str
    mime: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment with its bytes."""

    about: Attachment
    content: bytes


def embedded(document: Document) -> int:
    """How many files stand in a document, whatever their size."""
    return sum(1 for _ in document.root.iterfind(_FILES))


def files(document: Document) -> Iterator[File]:
    """The files of a document within the bounds; what is no base64 is left out."""
    found = document.root.iterfind(_FILES)
    for number, element in enumerate(found, 1):
        if number > MAX_ATTACHMENTS:
            return
        try:
            content = base64.b64decode("".join((element.text or "").split()), validate=True)
        except (binascii.Error, ValueError):
            continue
        if content and len(content) <= MAX_ATTACHMENT_BYTES:
            mime = (element.get("mimeCode") or "").lower()
            about = Attachment(
                number=number,
                name=_SAFE_NAME.sub("_", element.get("filename") or f"attachment-{number}")[:100],
                mime=mime if _MIME.fullmatch(mime) else "application/octet-stream",
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )
            yield File(about, content)
