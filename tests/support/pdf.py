"""Writes small PDFs for tests: one page of text as a program for invoices would print it, and hostile ones."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter

LEFT, TOP, STEP = 50, 780, 16


def pdf(lines: Sequence[str], *, pages: int = 1) -> bytes:
    """A PDF whose pages hold these lines in Helvetica; three blanks and more begin another column."""
    content = "\n".join(_placed(number, line) for number, line in enumerate(lines))
    return assembled(f"BT /F1 10 Tf {content} ET".encode(), pages=pages)


def assembled(content: bytes, *, pages: int = 1, kids: str = "", filter: str = "", times: int = 1) -> bytes:
    """A PDF of these content bytes, so many times on each page; `kids` replaces the list of pages, `filter` says
    how content is packed."""
    numbers = [4 + number for number in range(pages)]
    listed = kids or " ".join(f"{number} 0 R" for number in numbers)
    packed = f" /Filter /{filter}" if filter else ""
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ["
        + "3 0 R " * times
        + "] /Resources << /Font << /F1 "
    )
    page += "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{listed}] /Count {pages} >>".encode(),
        f"<< /Length {len(content)}{packed} >>\nstream\n".encode() + content + b"\nendstream",
        *[page.encode() for _ in numbers],
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places: list[int] = []
    for number, one in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + one + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010} 00000 n \n" for place in places).encode())
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def encrypted(plain: bytes, password: str) -> bytes:
    """The PDF behind a password."""
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(plain)))
    writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb(megabytes: int) -> bytes:
    """A PDF of some kB whose page unpacks to so many MiB."""
    packer = zlib.compressobj(9)
    block = b"(x) Tj " * (1024 * 1024 // 7)
    packed = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    return assembled(packed, filter="FlateDecode")


def scan() -> bytes:
    """A PDF with a drawing and no text, as a scanner makes it."""
    return assembled(b"0 0 595 842 re f")


def _placed(number: int, line: str) -> str:
    y = TOP - number * STEP
    return " ".join(f"1 0 0 1 {LEFT + at * 5} {y} Tm ({_escaped(text)}) Tj" for at, text in _columns(line))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _columns(line: str) -> list[tuple[int, str]]:
    """Return each column of a line with the place where it begins."""
    return [(found.start(), found.group(0).rstrip()) for found in re.finditer(r"\S(?:.(?!   ))*.?", line)]
