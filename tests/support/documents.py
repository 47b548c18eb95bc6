"""Documents that no other test has sent."""

from __future__ import annotations

import base64
import os
from decimal import Decimal
from itertools import count
from xml.sax.saxutils import quoteattr

from tests.data.ubl_documents import Bill, Company, abn, line

_numbers = count(1)

SMALL, ONE_PERSON, TWO_PEOPLE = "300.00", "4000.00", "15000.00"
"""Net amounts for which the shipped policy wants nobody, one person, two."""


def number() -> str:
    """Return an invoice number of this process's own."""
    return f"T{os.getpid()}-{next(_numbers)}"


def supplier() -> Company:
    """Return a supplier that can be paid."""
    n = next(_numbers)
    name = f"Supplier {n} Pty Ltd"
    return Company(name, abn(600_000_000 + n), "1 Mill Lane", "Geelong", "3220", "VIC", "062-914", f"{n:08d}")


def bill(net: str = SMALL, **changes: object) -> Bill:
    """Return a clean invoice over `net` and 10% GST, with a number and a supplier of its own."""
    own = {"number": number(), "supplier": supplier(), "lines": (line("Goods", net),)}
    return Bill(**{**own, **changes})  # pyright: ignore[reportArgumentType]


def cents(bill: Bill) -> int:
    """Return what the bill asks for."""
    return int((bill.net + bill.tax) * Decimal(100))


def attached(
    document: bytes, content: bytes, name: str = "paper.pdf", mime: str = "application/pdf"
) -> bytes:
    """Return the document with a file in it."""
    file = (
        f"<cac:AdditionalDocumentReference><cbc:ID>{next(_numbers)}</cbc:ID><cac:Attachment>"
        f"<cbc:EmbeddedDocumentBinaryObject mimeCode={quoteattr(mime)} filename={quoteattr(name)}>"
        f"{base64.b64encode(content).decode()}</cbc:EmbeddedDocumentBinaryObject>"
        "</cac:Attachment></cac:AdditionalDocumentReference>"
    ).encode()
    place = document.index(b"<cac:AccountingSupplierParty>")
    return document[:place] + file + document[place:]
