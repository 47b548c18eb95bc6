"""What an order is asked, and what it says."""

from __future__ import annotations

from finnest.records import Command, Event
from services.matching.documents.papers import Number
from services.matching.domain.order import Laid


class RecordOrder(Command):
    """The order's document has come, or a later one of the same number."""

    wire = "matching.record_order.v1"
    paper: str
    content: str
    """Digest of what the document says: the same again is known, also after a later one."""
    number: str
    supplier: str
    name: str = ""
    currency: str = ""
    total: str = ""
    line_count: int
    after: int
    """The revision that the layout was made from."""
    parts: int
    lines: dict[str, Laid]
    """The lines of part 0; the others are in the paper."""
    document: str = ""
    """Hash of the document as it came."""
    report: str = ""
    """Hash of what the official rules say about it; empty when they have nothing to say."""
    response: str = ""
    """For what an order response made of it: the response's code (AB, AP, CA, RE)."""
    response_document: str = ""
    response_report: str = ""
    said: str = ""
    """What the response changes, as a sentence."""


class LayPart(Command):
    """The lines of one part."""

    wire = "matching.lay_part.v1"
    order: str
    revision: int
    lines: dict[str, Laid]


class PartsLaid(Command):
    """All parts know the revision (result of the effect `lay`)."""

    wire = "matching.parts_laid.v1"
    revision: int


class AwaitOrder(Command):
    """Wake this thing after the next change; refused by reply when one has been since it looked."""

    wire = "matching.await_order.v1"
    thing: str
    seen: int
    credit: bool = False
    """Whether it waits for something to be matched that it can give back."""


class ReceiveGoods(Command):
    """A delivery adds to what was received, or takes back what it said before."""

    wire = "matching.receive_goods.v1"
    delivery: str
    lines: dict[str, Number]


class ReserveQuantities(Command):
    """Reserve all of it or nothing; `final` counts it as matched at once."""

    wire = "matching.reserve_quantities.v1"
    match: str
    lines: dict[str, Number]
    final: bool = False


class ConfirmQuantities(Command):
    """Count as matched what is reserved."""

    wire = "matching.confirm_quantities.v1"
    match: str


class ReleaseQuantities(Command):
    """Give up what is reserved."""

    wire = "matching.release_quantities.v1"
    match: str


class Roused(Command):
    """Who waited has been told (result of the effect `rouse`)."""

    wire = "matching.roused.v1"


class OrderRecorded(Event):
    """An order is here; several documents of one number are its revisions."""

    wire = "matching.order_recorded.v1"
    paper: str
    content: str
    number: str
    supplier: str
    name: str = ""
    currency: str = ""
    total: str = ""
    line_count: int
    revision: int
    parts: int
    lines: dict[str, Laid]
    document: str = ""
    report: str = ""
    response: str = ""
    response_document: str = ""
    response_report: str = ""
    summary: str


class PartLaid(Event):
    """A part knows its lines."""

    wire = "matching.part_laid.v1"
    order: str
    revision: int
    lines: dict[str, Laid]


class OrderLaid(Event):
    """Every part knows its lines; the order can be matched."""

    wire = "matching.order_laid.v1"
    revision: int
    response: str = ""
    """The code of the order response that this revision is of, if it is of one."""


class OrderAwaited(Event):
    """Something waits for a change of this order."""

    wire = "matching.order_awaited.v1"
    thing: str
    credit: bool = False


class GoodsReceived(Event):
    """A delivery came."""

    wire = "matching.goods_received.v1"
    delivery: str
    lines: dict[str, Number]
    summary: str


class QuantitiesReserved(Event):
    """Quantities are kept for a match."""

    wire = "matching.quantities_reserved.v1"
    match: str
    lines: dict[str, Number]


class QuantitiesMatched(Event):
    """Quantities are matched with an invoice, or given back by a credit note."""

    wire = "matching.quantities_matched.v1"
    match: str
    lines: dict[str, Number]
    summary: str


class QuantitiesReleased(Event):
    """A match does not need what it had reserved."""

    wire = "matching.quantities_released.v1"
    match: str


class WaitersRoused(Event):
    """Those who waited look again."""

    wire = "matching.waiters_roused.v1"
    things: tuple[str, ...]


COMMANDS: tuple[type[Command], ...] = (
    RecordOrder,
    LayPart,
    PartsLaid,
    AwaitOrder,
    ReceiveGoods,
    ReserveQuantities,
    ConfirmQuantities,
    ReleaseQuantities,
    Roused,
)
EVENTS: tuple[type[Event], ...] = (
    OrderRecorded,
    PartLaid,
    OrderLaid,
    OrderAwaited,
    GoodsReceived,
    QuantitiesReserved,
    QuantitiesMatched,
    QuantitiesReleased,
    WaitersRoused,
)
