"""Reads a UBL document from untrusted bytes: bounded, without DTD, entities, disk or network.

Two parsers look at every document. A streaming pass (expat) stops at the first DOCTYPE, and at the limits
when the document could be over them, before anything is built; only then lxml builds the tree that all
later steps use. lxml itself stops below 256 levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

if TYPE_CHECKING:
    # lxml gives its element type no public name.
    from lxml.etree import XPath
    from lxml.etree import _Element as Element  # pyright: ignore[reportPrivateUsage]

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 200_000
MAX_ATTRIBUTES = 400_000

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
DOCUMENTS = frozenset(
    {
        "Invoice",
        "CreditNote",
        "Order",
        "OrderResponse",
        "DespatchAdvice",
        "ReceiptAdvice",
        "ApplicationResponse",
    }
)


class DocumentError(ValueError):
    """The bytes are no document that can be judged; `slug` is stable, `rule` names the finding."""

    slug = "unsupported-document"
    rule = "UNSUPPORTED-DOCUMENT"


class NotWellFormed(DocumentError):
    """The bytes are no well-formed XML."""

    slug = "xml-malformed"
    rule = "XML-MALFORMED"


class TooDeep(NotWellFormed):
    """Elements are nested deeper than any UBL document needs."""

    slug = "xml-too-deep"


class DoctypeForbidden(DocumentError):
    """The document declares a DOCTYPE; entities are neither needed nor allowed."""

    slug = "xml-doctype"
    rule = "XML-DOCTYPE"


class TooLarge(DocumentError):
    """The document is over the size or element limit."""

    slug = "too-large"
    rule = "XML-TOO-LARGE"


class UnknownDocument(DocumentError):
    """Well-formed XML, but not one of the UBL 2.1 documents taken here."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that passed the limits; `name` is the UBL document type, e.g. `Invoice`."""

    name: str
    root: Element

    @property
    def text(self) -> str:
        """The document as a string, free of its byte encoding and its XML declaration."""
        from lxml import etree

        return etree.tostring(self.root.getroottree(), encoding="unicode")

    def value(self, path: str) -> str | None:
        """The trimmed text of the first element at `path` (`{*}` wildcards), None when blank."""
        found = self.root.findtext(path)
        return (found.strip() or None) if found else None


def read(body: bytes, *, max_bytes: int = MAX_BYTES) -> Document:
    """Parses `body`; raises a DocumentError that says what to do, never anything else."""
    if len(body) > max_bytes:
        raise TooLarge(
            f"The document has {len(body):,} bytes; at most {max_bytes:,} are taken. "
            "Send attachments separately or leave them out."
        )
    if not body.strip():
        raise NotWellFormed("The document is empty; send the UBL XML as the request body.")
    _guard(body)
    return _build(body)


def _guard(body: bytes) -> None:
    """Streams through the document and stops at the first thing that is not allowed."""

    def doctype(*_: Any) -> None:
        raise DoctypeForbidden("DOCTYPE declarations are not accepted; remove it and send plain UBL.")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    signs = body.count(b"=")
    if signs > 2 * MAX_ATTRIBUTES:
        raise TooLarge(f"More than {MAX_ATTRIBUTES:,} attributes; split the document.")
    # An element has at least one of the first sign, an attribute one of the second: mostly there is no need to count.
    if body.count(b"<") > MAX_ELEMENTS or signs > MAX_ATTRIBUTES:
        _count(parser)
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotWellFormed(
            f"Not well-formed XML at line {error.lineno}: {expat.ErrorString(error.code)}."
        ) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, DocumentError):
            raise
        raise NotWellFormed("The declared encoding is unknown; send UTF-8.") from None


def _count(parser: expat.XMLParserType) -> None:
    """Has the parser stop at the limits."""
    depth = elements = attributes = 0

    def start(name: str, pairs: list[str]) -> None:
        nonlocal depth, elements, attributes
        depth += 1
        elements += 1
        attributes += len(pairs) // 2
        if depth > MAX_DEPTH:
            raise _too_deep()
        if elements > MAX_ELEMENTS or attributes > MAX_ATTRIBUTES:
            raise TooLarge(
                f"More than {MAX_ELEMENTS:,} elements or {MAX_ATTRIBUTES:,} attributes; split the document."
            )

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end


def _too_deep() -> TooDeep:
    return TooDeep(f"Elements are nested deeper than {MAX_DEPTH} levels; no UBL document needs that.")


def _build(body: bytes) -> Document:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, recover=False
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        if "Excessive depth" in str(error.msg):
            raise _too_deep() from None
        raise NotWellFormed(f"Not well-formed XML: {error.msg}.") from None
    except (LookupError, ValueError):
        raise NotWellFormed("The document cannot be decoded; send UTF-8.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DoctypeForbidden("DOCTYPE declarations are not accepted; send plain UBL.")
    if _below(MAX_DEPTH)(root):
        raise _too_deep()
    name = etree.QName(root)
    if name.localname not in DOCUMENTS or name.namespace != f"{_UBL}{name.localname}-2":
        raise UnknownDocument(
            f"The root element {name.localname[:60]} is no UBL 2.1 document taken here; "
            f"known are {', '.join(sorted(DOCUMENTS))}."
        )
    return Document(name.localname, root)


@lru_cache(maxsize=1)
def _below(depth: int) -> XPath:
    """The query for whether anything is nested deeper."""
    from lxml import etree

    return etree.XPath(f"boolean({'/*' * (depth + 1)})")
