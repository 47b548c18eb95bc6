"""What makes two documents the same bill, or alike: keys that few different bills share."""

from __future__ import annotations

import hashlib
import unicodedata

from finnest.records import Record
from services.invoices.documents.facts import InvoiceFacts
from services.invoices.documents.identifiers import duplicate_key, normal_party_id
from services.invoices.documents.ubl import Document


class Keys(Record):
    """The keys of one document; those that need a supplier's number are None without it."""

    exact: str | None = None
    """Supplier, kind and number as it is written."""
    normal: str | None = None
    """Supplier, kind and number without case, blanks and punctuation."""
    content: str
    """Digest of everything that the document says."""


def keys(document: Document, found: InvoiceFacts) -> Keys:
    """The keys of a document."""
    normal = duplicate_key(found)
    exact = None
    if normal is not None and found.number:
        written = unicodedata.normalize("NFKC", found.number)
        exact = f"{seller(found)}|{written}|{found.kind}"
    return Keys(exact=exact, normal=normal, content=content_digest(document))


def seller(found: InvoiceFacts) -> str:
    """The supplier's identity without GST branch; the name when there is no number."""
    party = found.supplier
    if party.identifier:
        return normal_party_id(party.scheme, party.identifier)
    return f"name:{(party.name or '').casefold()}"


def content_digest(document: Document) -> str:
    """SHA-256 over elements, attributes and trimmed text: the same content in other bytes is the same."""
    total = hashlib.sha256()
    for element in document.root.iter("*"):
        pairs = "\x1f".join(f"{name}={value}" for name, value in sorted(element.attrib.items()))
        depth_free = f"{element.tag}\x1e{pairs}\x1e{(element.text or '').strip()}\x1d{len(element)}"
        total.update(depth_free.encode("utf-8", "surrogatepass") + b"\x1c")
    return total.hexdigest()
