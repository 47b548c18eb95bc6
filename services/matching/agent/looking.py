"""The effect `look`: reads the invoice and its orders as they are now, and compares."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from finnest.errors import NotYet, Unavailable
from finnest.ports import EffectCall, Streams
from finnest.records import Command
from services.matching.agent.archive import Archive, Seen, Teller
from services.matching.documents import ubl
from services.matching.documents.identity import number_key, of_event, order_number
from services.matching.documents.papers import Bill
from services.matching.domain.findings import KEPT, Finding, found
from services.matching.domain.match import BUSY, MatchState
from services.matching.domain.match_messages import MatchLooked, ReplaceMatch
from services.matching.domain.matching import Match, Result
from services.matching.domain.policy import Policies
from services.matching.ports import Documents, Register

LOOKS = 8
ORDERS = 10
"""Orders of one invoice that are looked at."""
_SEVERAL = re.compile(r"[,;&+]|\band\b", re.IGNORECASE)


class Looker:
    """Compares invoices with their orders; asks nothing of the orders but to be woken."""

    def __init__(
        self,
        documents: Documents,
        archive: Archive,
        teller: Teller,
        streams: Streams,
        register: Register,
        policies: Policies,
    ) -> None:
        self._documents = documents
        self._archive = archive
        self._teller = teller
        self._streams = streams
        self._register = register
        self._policies = policies

    async def look(self, call: EffectCall) -> Command:
        """Return what a comparison says now; when it is not fine, the orders wake the match later."""
        invoice: dict[str, Any] = call.args["invoice"]
        body = await self._documents.document(call.tenant, invoice["invoice_id"])
        bill = await asyncio.to_thread(ubl.bill, body)
        supplier = of_event(invoice.get("supplier_id"), invoice.get("supplier"))
        earlier = await self._earlier(call, bill, supplier)
        if any(state.status in ("rejected", "replaced") for state in earlier.values()):
            return MatchLooked(verdict="cancelled", by=", ".join(earlier))
        named = _named(bill) or _orders_of(earlier)
        if not named:
            return MatchLooked(verdict="no_order")
        return await self._compare(call, bill, supplier, named, _too_early(earlier))

    async def _compare(
        self, call: EffectCall, bill: Bill, supplier: str, named: Sequence[str], early: Sequence[Finding]
    ) -> Command:
        policy = self._policies.of(call.tenant)
        accepted = bool(call.args["accepted"])
        for _ in range(LOOKS):
            orders = await self._orders(call.tenant, supplier, named)
            known = {number: seen.known for number, seen in orders.items() if seen.known}
            match = Match(bill, known, list(orders), policy, call.thing)
            result = await asyncio.to_thread(match.result, accepted)
            result = result.model_copy(update={"findings": (*early, *result.findings)})
            clear = accepted or result.verdict == "clear"
            if clear:
                return await self._looked(call, result, orders, "clear")
            credit = bill.kind == "credit_note" or any(line.quantity < 0 for line in bill.lines)
            changed, full = await self._teller.wait_for(
                call.tenant, call.thing, orders, call.key, credit=credit
            )
            if not changed:
                return await self._looked(call, result, orders, result.verdict, poll=full or bool(early))
        raise Unavailable("orders-busy", "the orders change faster than they can be compared")

    async def _looked(
        self, call: EffectCall, result: Result, orders: Mapping[str, Seen], verdict: Any, poll: bool = False
    ) -> Command:
        clear = verdict == "clear"
        booking = result.booking if clear else {}
        for stream in list(booking):
            # Who waits for a change in a part waits at the order itself.
            booking.setdefault("-".join(stream.split("-")[:2]), {})
        report = await self._archive.keep(call.tenant, result.model_copy(update={"booking": booking}))
        weighty = sorted(result.findings, key=lambda f: ("blocks", "waits", "note").index(f.weight))
        return MatchLooked(
            verdict=verdict,
            report=report,
            streams=tuple(booking),
            orders=tuple(orders),
            findings=tuple(weighty[:KEPT]),
            poll=poll,
        )

    async def _orders(self, tenant: str, supplier: str, named: Sequence[str]) -> dict[str, Seen]:
        """Return the orders that are meant; a text with several numbers may also be one number."""
        orders: dict[str, Seen] = {}
        for text in named:
            number = order_number(text)
            whole = await self._archive.order(tenant, supplier, number)
            several = [order_number(part) for part in _SEVERAL.split(text)]
            several = [part for part in several if part]
            if whole.known or len(several) < 2:
                orders[number] = whole
                continue
            for part in several:
                orders[part] = await self._archive.order(tenant, supplier, part)
        return dict(list(orders.items())[:ORDERS])

    async def _earlier(self, call: EffectCall, bill: Bill, supplier: str) -> dict[str, MatchState]:
        """Return the matches of the invoices that this one corrects, by their numbers.

        What is still open is replaced: by an invoice, and by a credit note over all of it.

        Raises:
            NotYet: One that is credited in part is just being compared: look again when it rests.
        """
        earlier: dict[str, MatchState] = {}
        for number in bill.references:
            for id in await self._register.of_number(call.tenant, supplier, number_key(number)):
                state, _ = await self._streams.state(call.tenant, id)
                if id == call.thing or not isinstance(state, MatchState) or not state.status:
                    continue
                if bill.kind == "invoice" or _is_all_of(bill, state):
                    command = ReplaceMatch(by=call.args["invoice"]["invoice_id"], number=bill.number)
                    outcome = await self._teller.tell(call.tenant, id, command, f"replace/{call.thing}")
                    state = state.model_copy(update={"status": outcome.reply["status"]})
                elif state.status in BUSY:
                    raise NotYet("match-busy", f"invoice {number} is being compared")
                if bill.kind == "credit_note":
                    earlier[number] = state
        return earlier


def _named(bill: Bill) -> list[str]:
    """Return the order numbers that the invoice names; placeholders are none."""
    header = bill.order if order_number(bill.order, bill.number) else ""
    by_line = [line.order or header for line in bill.lines]
    named = dict.fromkeys(text for text in by_line if order_number(text, bill.number))
    return list(named) or ([header] if header else [])


def _orders_of(earlier: Mapping[str, MatchState]) -> list[str]:
    return list(dict.fromkeys(order for state in earlier.values() for order in state.orders))


def _too_early(earlier: Mapping[str, MatchState]) -> list[Finding]:
    return [
        found(
            "CREDIT-EARLY",
            f"It credits a part of invoice {number}, which is not matched yet.",
            theirs=number,
            ours=state.status,
        )
        for number, state in earlier.items()
        if state.status != "matched"
    ]


def _is_all_of(bill: Bill, state: MatchState) -> bool:
    cents = state.data.get("payable_cents")
    return bill.payable is not None and cents is not None and abs(bill.payable * 100) == abs(Decimal(cents))
