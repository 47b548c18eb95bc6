"""The effects of deliveries: which lines of which orders came, and telling these orders."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from finnest.errors import Conflict
from finnest.ports import Effect, EffectCall
from finnest.records import Command
from services.matching.agent.archive import Archive, Bookings, Seen, Teller
from services.matching.documents.identity import order_number
from services.matching.documents.papers import Line, Receipt
from services.matching.domain.comparing import converted
from services.matching.domain.delivery import DeliveryBooked, DeliveryRead
from services.matching.domain.findings import shown
from services.matching.domain.matching import Known
from services.matching.domain.order_messages import ReceiveGoods
from services.matching.domain.pairing import Pairing

UNPLACED_SHOWN = 3


class Receiver:
    """Performs them."""

    def __init__(self, archive: Archive, teller: Teller) -> None:
        self._archive = archive
        self._teller = teller

    @property
    def effects(self) -> Mapping[str, Effect]:
        """The effects by name."""
        return {"read_delivery": self.read_delivery, "book_delivery": self.book_delivery}

    async def read_delivery(self, call: EffectCall) -> Command:
        """Find which lines of which orders a delivery means."""
        paper: str = call.args["paper"]
        receipt = await self._archive.read(call.tenant, Receipt, paper)
        numbers = list(dict.fromkeys(order_number(line.order or receipt.order) for line in receipt.lines))
        orders = {
            number: await self._archive.order(call.tenant, receipt.supplier.identity, number)
            for number in numbers
            if number
        }
        total, unplaced = _placed(receipt, orders)
        full = False
        if unplaced:
            changed, full = await self._teller.wait_for(call.tenant, call.thing, orders, call.key)
            if changed:
                raise Conflict("orders-moved", "an order changed while the delivery was read")
        booking = await self._archive.keep(call.tenant, Bookings(streams=total)) if total else ""
        return DeliveryRead(paper=paper, booking=booking, reason=" ".join(unplaced)[:500], poll=full)

    async def book_delivery(self, call: EffectCall) -> Command:
        """Tell the orders what is new since they were told last."""
        after = await self._archive.read(call.tenant, Bookings, call.args["booking"])
        before = Bookings()
        if call.args["booked"]:
            before = await self._archive.read(call.tenant, Bookings, call.args["booked"])
        both = Bookings(streams={**before.streams, **after.streams})
        for stream in both.parts_first:
            lines = _difference(after.streams.get(stream, {}), before.streams.get(stream, {}))
            command = ReceiveGoods(delivery=call.thing, lines=lines)
            await self._teller.tell(call.tenant, stream, command, f"{call.key}/{stream}")
        return DeliveryBooked()


def _placed(receipt: Receipt, orders: Mapping[str, Seen]) -> tuple[dict[str, dict[str, Decimal]], list[str]]:
    """Return what the orders are to know, and what could not be placed, in words."""
    pairings = {n: (seen.known, Pairing(seen.known.paper.lines)) for n, seen in orders.items() if seen.known}
    total: dict[str, dict[str, Decimal]] = {}
    unplaced = [f"Order {number} is not here yet." for number, seen in orders.items() if not seen.known]
    strangers: list[Line] = []
    for line in receipt.lines:
        if line.quantity == 0:
            continue
        number = order_number(line.order or receipt.order)
        if number not in pairings:
            if number not in orders:
                strangers.append(line)
            continue
        known, pairing = pairings[number]
        placed = _place(line, known, pairing)
        if placed is None:
            strangers.append(line)
            continue
        stream, id, quantity = placed
        lines = total.setdefault(stream, {})
        lines[id] = lines.get(id, Decimal(0)) + quantity
    unplaced += [f"Line {line.item} is on none of its orders." for line in strangers[:UNPLACED_SHOWN]]
    more = len(strangers) - UNPLACED_SHOWN
    return total, [*unplaced, f"So are {shown(Decimal(more))} more."] if more > 0 else unplaced


def _place(line: Line, known: Known, pairing: Pairing) -> tuple[str, str, Decimal] | None:
    paired = pairing.find(line)
    if paired is None or paired.conflict:
        return None
    quantity = converted(line, paired.line)
    if quantity is None:
        return None
    return known.stream(paired.line.id), paired.line.id, quantity


def _difference(after: Mapping[str, Decimal], before: Mapping[str, Decimal]) -> dict[str, Decimal]:
    lines = dict.fromkeys([*after, *before])
    changes = {line: after.get(line, Decimal(0)) - before.get(line, Decimal(0)) for line in lines}
    return {line: quantity for line, quantity in changes.items() if quantity}
