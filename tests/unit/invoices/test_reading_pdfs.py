"""PDFs are read in a process of their own: hostile ones end there, and each gets a plain answer."""

from __future__ import annotations

import zlib

import pytest

from finnest.errors import Invalid, Rejected, TooLarge, Unreadable
from services.invoices.reading.texts import MAX_BYTES, PdfTexts
from tests.data.ubl_documents import Bill
from tests.support.papers import rows
from tests.support.pdf import assembled, bomb, encrypted, pdf, scan

PLAIN = pdf(rows(Bill("KP-1")))
SLOW = zlib.compress(b"BT /F1 1 Tf " + b"1 0 0 1 5 5 Tm (abc) Tj " * 1_000_000 + b" ET")


async def test_a_pdf_is_read_with_its_values() -> None:
    read = await PdfTexts().read(PLAIN)
    assert (read.pages, read.pages_left_out, read.paper.number) == (1, 0, "KP-1")
    assert "TAX INVOICE" in read.text


async def test_one_that_opens_without_a_password_is_read_though_it_is_encrypted() -> None:
    assert (await PdfTexts().read(encrypted(PLAIN, ""))).paper.number == "KP-1"


async def test_of_many_pages_the_first_ones_are_read_and_the_others_counted() -> None:
    read = await PdfTexts().read(pdf(rows(Bill("KP-1")), pages=25))
    assert (read.pages, read.pages_left_out) == (25, 5)


@pytest.mark.parametrize(
    ("body", "kind", "slug"),
    [
        (encrypted(PLAIN, "secret"), Invalid, "encrypted-pdf"),
        (scan(), Invalid, "no-text"),
        (bomb(300), Invalid, "pdf-too-heavy"),
        (assembled(SLOW, filter="FlateDecode"), Invalid, "pdf-too-heavy"),
        (assembled(b"BT ET", times=100_000), Invalid, "pdf-too-heavy"),
        (assembled(b"", kids="2 0 R"), Unreadable, "broken-pdf"),
        (b"%PDF-1.4 and nothing else", Unreadable, "broken-pdf"),
        (PLAIN[:300], Unreadable, "broken-pdf"),
        (b"<Invoice/>", Unreadable, "broken-pdf"),
        (b"", Unreadable, "broken-pdf"),
        (b"%PDF-1.4" + b"0" * MAX_BYTES, TooLarge, "pdf-too-large"),
    ],
    ids=["password", "scan", "bomb", "slow", "repeated", "loop", "junk", "cut", "xml", "empty", "large"],
)
async def test_a_hostile_pdf_is_refused_with_a_reason(body: bytes, kind: type[Rejected], slug: str) -> None:
    with pytest.raises(kind) as refused:
        await PdfTexts().read(body)
    assert refused.value.slug == slug
    assert refused.value.detail
