"""Reads XML from untrusted bytes in one pass: bounded, without DTD and entities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from finnest.errors import Invalid, TooLarge, Unreadable

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 200_000
MAX_TEXT = 1_000
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


@dataclass(slots=True)
class Node:
    """An element without its namespace; text is cut at a bound that no field here needs."""

    name: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list["Node"])
    text: str = ""

    def all(self, path: str) -> Iterator[Node]:
        """Return the elements at a path of names, such as `OrderReference/ID`."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> Node | None:
        """Return the first element at the path."""
        return next(self.all(path), None)

    def value(self, path: str, limit: int = 200) -> str:
        """Return the trimmed text of the first element at the path; empty when there is none."""
        found = self.first(path)
        return " ".join(found.text.split())[:limit] if found else ""


def read(body: bytes, names: tuple[str, ...]) -> Node:
    """Return the root of a UBL document of one of these names.

    Raises:
        Unreadable: Not well-formed, or with a DOCTYPE.
        TooLarge: Over a bound.
        Invalid: Another document.
    """
    if len(body) > MAX_BYTES:
        raise TooLarge("too-large", f"a document has at most {MAX_BYTES:,} bytes")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.buffer_text = True
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        detail = f"not well-formed XML at line {error.lineno}: {expat.ErrorString(error.code)}"
        raise Unreadable("xml-malformed", detail) from None
    except (LookupError, ValueError):
        raise Unreadable("xml-malformed", "the document cannot be decoded; send UTF-8") from None
    root = builder.root
    if root is None or builder.namespace != f"{_UBL}{root.name}-2" or root.name not in names:
        raise Invalid("unsupported-document", f"send a UBL 2.1 {' or '.join(names)} here")
    return root


class _Builder:
    """Builds nodes and stops at the first thing that is not allowed."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.namespace = ""
        self._open: list[Node] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise TooLarge("too-large", f"a document has at most {MAX_ELEMENTS:,} elements")
        if len(self._open) >= MAX_DEPTH:
            raise Unreadable("xml-too-deep", f"elements are nested deeper than {MAX_DEPTH} levels")
        namespace, _, local = name.rpartition(" ")
        node = Node(local, attributes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root, self.namespace = node, namespace
        self._open.append(node)

    def end(self, _: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        node = self._open[-1]
        if len(node.text) < MAX_TEXT:
            node.text += text[:MAX_TEXT]

    def doctype(self, *_: object) -> None:
        raise Unreadable("xml-doctype", "DOCTYPE declarations are not accepted; send plain UBL")
