"""Reads papers and orders, and says things to streams of this feature."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from finnest.context import Caller
from finnest.errors import Unavailable
from finnest.ports import Blobs, Commands, Streams
from finnest.records import Command, Record
from finnest.turn import Outcome
from services.matching.documents.identity import order_id
from services.matching.documents.papers import Number, Order
from services.matching.domain.extras import CHARGES
from services.matching.domain.ledger import Ledger
from services.matching.domain.matching import Known
from services.matching.domain.order import Laid, OrderState, part_of
from services.matching.domain.order_messages import AwaitOrder
from services.matching.domain.policy import Policy
from services.matching.domain.responding import Answer

R = TypeVar("R", bound=Record)
ME = "agent:matcher"


class Layout(Record):
    """An order's paper as it stands, and which part keeps which line."""

    order: Order
    places: dict[str, int]
    answers: dict[str, Answer] = {}
    """What an order response said about which line."""
    response: str = ""
    """Number of that response."""
    asked: str = ""
    """Hash of the layout that the response is about, as the buyer ordered; empty without a response."""

    @property
    def parts(self) -> int:
        """How many streams keep the order."""
        return max(self.places.values(), default=0) + 1

    def lines(self, part: int, policy: Policy) -> dict[str, Laid]:
        """Return what a part keeps."""
        kept = {
            line.id: Laid(ordered=max(line.quantity, Decimal(0)), must_come=policy.needs_receipt(line.unit))
            for line in self.order.lines
            if self.places[line.id] == part
        }
        if part == 0 and self.order.charges > 0:
            kept[CHARGES] = Laid(ordered=self.order.charges, must_come=False)
        return kept


class Bookings(Record):
    """What several streams are told: stream -> line -> quantity."""

    streams: dict[str, dict[str, Number]] = {}

    @property
    def mains(self) -> list[str]:
        """The orders' own streams, of all that are told anything."""
        return sorted({"-".join(stream.split("-")[:2]) for stream in self.streams})

    @property
    def parts_first(self) -> list[str]:
        """All streams and their orders: an order's own comes last, because it wakes who waits."""
        mains = self.mains
        return [*sorted(set(self.streams) - set(mains)), *mains]


@dataclass(frozen=True)
class Seen:
    """An order as it was read: None when it is not here yet; `changes` fences what follows from it."""

    id: str
    known: Known | None
    changes: int


class Archive:
    """The papers and orders of all tenants."""

    def __init__(self, blobs: Blobs, streams: Streams) -> None:
        self._blobs = blobs
        self._streams = streams

    async def keep(self, tenant: str, record: Record) -> str:
        """Store a record durably; return its hash."""
        return await self._blobs.put(tenant, record.model_dump_json(exclude_defaults=True).encode())

    async def read(self, tenant: str, kind: type[R], sha256: str) -> R:
        """Return a stored record."""
        body = await self._blobs.get(tenant, sha256)
        return await asyncio.to_thread(kind.model_validate_json, body)

    async def order(self, tenant: str, supplier: str, number: str) -> Seen:
        """Return an order by what is written on papers."""
        id = order_id(supplier, number)
        state, _ = await self._streams.state(tenant, id)
        if not isinstance(state, OrderState) or not state.is_open:
            return Seen(id, None, state.changes)
        layout = await self.read(tenant, Layout, state.paper)
        ledgers: dict[str, Ledger] = {id: state.ledger}
        for part in range(1, state.parts):
            kept, _ = await self._streams.state(tenant, part_of(id, part))
            ledgers[part_of(id, part)] = kept.ledger
        streams = {line: part_of(id, part) for line, part in layout.places.items()}
        known = Known(id, layout.order, streams, ledgers, layout.answers, state.response == "RE")
        return Seen(id, known, state.changes)


class Teller:
    """Says commands to streams; an answer comes back or the effect is tried again."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    async def tell(self, tenant: str, thing: str, command: Command, request: str) -> Outcome:
        """Return the outcome.

        Raises:
            Unavailable: None yet; the same request again finds out.
        """
        outcome = await self.say(tenant, thing, command, request, 2.0)
        if outcome is None:
            raise Unavailable("no-answer-yet", f"{thing} has not answered yet")
        return outcome

    async def say(
        self, tenant: str, thing: str, command: Command, request: str, wait_s: float = 0.0
    ) -> Outcome | None:
        """Put the command on the bus; return the outcome when it comes in time."""
        caller = Caller(tenant=tenant, user=ME)
        return await self._commands.send(thing, command, caller, request=request, wait_s=wait_s)

    async def wait_for(
        self, tenant: str, thing: str, seen: Mapping[str, Seen], key: str, *, credit: bool = False
    ) -> tuple[bool, bool]:
        """Have a thing woken at the next change of the orders; `credit` also when more is matched.

        Return whether one of them has changed already, and whether it must look by the clock.
        """
        changed = full = False
        for order in seen.values():
            command = AwaitOrder(thing=thing, seen=order.changes, credit=credit)
            outcome = await self.tell(tenant, order.id, command, f"{key}/{order.id}/{order.changes}")
            changed = changed or bool(outcome.reply.get("changed"))
            full = full or bool(outcome.reply.get("full"))
        return changed, full
