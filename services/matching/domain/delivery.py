"""A delivery: what was sent and what was received of it; the last word counts."""

from __future__ import annotations

from typing import Literal

from finnest.records import Command, Event, Record

RANK = {"": 0, "despatch": 1, "receipt": 2}
"""A receipt replaces what the despatch advice said; never the other way."""


class Delivery(Record):
    """A delivery as far as it is booked."""

    status: Literal["", "reading", "booking", "booked", "waiting"] = ""
    kind: Literal["", "despatch", "receipt"] = ""
    number: str = ""
    paper: str = ""
    """Hash of the paper that counts."""
    document: str = ""
    """Hash of the document that counts, as it came; empty for what came before documents were kept."""
    report: str = ""
    """Hash of what the official rules say about it; empty when they have nothing to say."""
    papers: tuple[str, ...] = ()
    """Hashes of all papers that came, the last ones."""
    booked: str = ""
    """Hash of what the orders were told (`Booking`), all of it together."""
    booking: str = ""
    again: bool = False
    """Something changed while it was being read."""
    reason: str = ""


class TakeDelivery(Command):
    """A paper about this delivery has come."""

    wire = "matching.take_delivery.v1"
    paper: str
    kind: Literal["despatch", "receipt"]
    number: str
    order: str = ""
    supplier: str = ""
    name: str = ""
    line_count: int
    document: str = ""
    """Hash of the document as it came."""
    report: str = ""
    """Hash of what the official rules say about it; empty when they have nothing to say."""


class DeliveryRead(Command):
    """Which lines of which orders it means (result of the effect `read_delivery`)."""

    wire = "matching.delivery_read.v1"
    paper: str
    booking: str
    """Hash of what the orders are to know when it is done; empty when no order is here."""
    reason: str = ""
    """What could not be placed, in words; then it waits for a change of its orders."""
    poll: bool = False
    """Whether nobody will wake it, so that it must look by the clock."""


class DeliveryBooked(Command):
    """The orders know (result of the effect `book_delivery`)."""

    wire = "matching.delivery_booked.v1"


class LookAgain(Command):
    """An order has changed."""

    wire = "matching.look_again.v1"
    order: str = ""


class DeliveryTaken(Event):
    """A despatch advice or a receipt has come."""

    wire = "matching.delivery_taken.v1"
    paper: str
    kind: Literal["despatch", "receipt"]
    number: str
    order: str = ""
    supplier: str = ""
    name: str = ""
    line_count: int
    document: str = ""
    report: str = ""
    summary: str


class DeliverySuperseded(Event):
    """A despatch advice came after the receipt: it is kept and changes nothing."""

    wire = "matching.delivery_superseded.v1"
    paper: str
    document: str = ""
    report: str = ""
    summary: str


class DeliveryPlaced(Event):
    """It is known what the orders are to be told."""

    wire = "matching.delivery_placed.v1"
    booking: str
    reason: str = ""


class DeliveryWaits(Event):
    """Its order, or a line of it, is not here yet."""

    wire = "matching.delivery_waits.v1"
    reason: str
    summary: str


class DeliveryCounted(Event):
    """The orders have it."""

    wire = "matching.delivery_counted.v1"
    reason: str = ""
    summary: str


class DeliveryLooksAgain(Event):
    """An order that it waits for has changed."""

    wire = "matching.delivery_looks_again.v1"


COMMANDS: tuple[type[Command], ...] = (TakeDelivery, DeliveryRead, DeliveryBooked, LookAgain)
EVENTS: tuple[type[Event], ...] = (
    DeliveryTaken,
    DeliverySuperseded,
    DeliveryPlaced,
    DeliveryWaits,
    DeliveryCounted,
    DeliveryLooksAgain,
)
