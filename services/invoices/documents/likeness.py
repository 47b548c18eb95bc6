"""What makes two documents the same bill, or alike: keys that few different bills share."""

from __future__ import annotations

import hashlib
import unicodedata

from finnest.records import Record
from services.invoices.documents.facts import InvoiceFacts
from services.invoices.documents.identifiers import duplicate_key, normal_party_id, plain_number
from services.invoices.documents.ubl import Document


class Keys(Record):
    """The keys of one document; those that need a supplier's number are None without it."""

    exact: str | None = None
    """Supplier, kind and number as it is written."""
    normal: str | None = None
    """Supplier, kind and number without case, blanks and punctuation."""
    written: str | None = None
    """Supplier, kind and number without case, blanks and leading zeros; None when it was taken before."""
    content: str
    """Digest of everything that the document says."""


def keys(document: Document, found: InvoiceFacts) -> Keys:
    """The keys of a document."""
    normal = duplicate_key(found)
    exact = written = None
    if normal is not None and found.number:
        party = found.supplier
        billed_by = seller(party.scheme, party.identifier, party.name)
        exact = f"{billed_by}|{unicodedata.normalize('NFKC', found.number)}|{found.kind}"
        written = f"{billed_by}|{plain_number(found.number)}|{found.kind}"
    return Keys(exact=exact, normal=normal, written=written, content=content_digest(document))


def seller(scheme: str | None, identifier: str | None, name: str | None) -> str:
    """The supplier's identity without GST branch; the name when there is no number."""
    return normal_party_id(scheme, identifier) if identifier else f"name:{(name or '').casefold()}"


def content_digest(document: Document) -> str:
    """SHA-256 over elements, attributes and trimmed text: the same content in other bytes is the same."""
    total = hashlib.sha256()
    for element in document.root.iter("*"):
        text, children = element.text or "", 0
        for child in element:
            # The type information forgets comments, whose tag is no text.
            if isinstance(child.tag, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                children += 1
            else:
                # A comment splits the text that it stands in.
                text += child.tail or ""
        pairs = "\x1f".join(f"{name}={value}" for name, value in sorted(element.attrib.items()))
        said = f"{element.tag}\x1e{pairs}\x1e{text.strip()}\x1d{children}\x1c"
        total.update(said.encode("utf-8", "surrogatepass"))
    return total.hexdigest()
