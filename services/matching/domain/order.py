"""An order and its quantities: what its stream keeps, and where its lines are kept."""

from __future__ import annotations

from collections.abc import Mapping

from finnest.records import Record
from services.matching.documents.papers import Line, Number
from services.matching.domain.ledger import Ledger

PART_LINES = 50
"""Lines that one stream keeps; an order with more has parts, each a stream, so that no state grows over
what a turn may save."""
MAX_WAITING = 40
"""Things that an order itself remembers to wake; more come back by the clock."""
CONTENTS_KEPT = 20
MAX_RESERVED = 100
"""Lines reserved on one stream at a time; who comes later tries again."""


class OrderState(Record):
    """An order, or a part of one. It may exist before its document, and then only knows who waits."""

    number: str = ""
    supplier: str = ""
    name: str = ""
    currency: str = ""
    paper: str = ""
    """Hash of the order's lines and where they are kept (`Layout`)."""
    document: str = ""
    """Hash of the last document as it came; empty for what came before documents were kept."""
    report: str = ""
    """Hash of what the official rules say about it; empty when they have nothing to say."""
    response: str = ""
    """Code of the order response that the order stands by (AB, AP, CA, RE); empty when none came since."""
    response_document: str = ""
    response_report: str = ""
    contents: tuple[str, ...] = ()
    """Digests of the last documents that came."""
    revision: int = 0
    """How many documents of this order have come; 0 before the first, and in a part that has none yet."""
    laid: int = 0
    """The revision that all parts know."""
    parts: int = 0
    changes: int = 0
    """Grows with every change of the quantities that others may build on."""
    ledger: Ledger = Ledger()
    waiting: tuple[str, ...] = ()
    """Matches and deliveries that want to look again when more may be matched."""
    crediting: tuple[str, ...] = ()
    """Those of them that also want to when more is matched: they are to give something back."""

    @property
    def is_open(self) -> bool:
        """Whether the order is here, with all its parts."""
        return self.revision > 0 and self.laid == self.revision


class Laid(Record):
    """A line's place and quantity in a part."""

    ordered: Number
    must_come: bool


def part_of(order: str, part: int) -> str:
    """Return the stream of a part; part 0 is the order's own."""
    return f"{order}-{part}" if part else order


def laid_out(lines: tuple[Line, ...], before: Mapping[str, int]) -> dict[str, int]:
    """Return which part keeps which line; a line stays where it was in the revision before."""
    sizes: dict[int, int] = {}
    for part in before.values():
        sizes[part] = sizes.get(part, 0) + 1
    places: dict[str, int] = {}
    part = 0
    for line in lines:
        if line.id in before:
            places[line.id] = before[line.id]
            continue
        while sizes.get(part, 0) >= PART_LINES:
            part += 1
        places[line.id] = part
        sizes[part] = sizes.get(part, 0) + 1
    return places
