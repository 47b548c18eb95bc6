"""Orders: take, list, look."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from finnest.errors import Invalid, Missing
from finnest.feature import Kit
from finnest.ids import digest
from finnest.web.caller import RawBody, Who
from finnest.web.paging import After, Limit
from services.matching.agent.archive import Archive, Layout
from services.matching.api.listing import history, page
from services.matching.documents import forms, ubl
from services.matching.documents.identity import order_id, order_number
from services.matching.documents.papers import Order
from services.matching.domain.findings import shown
from services.matching.domain.ledger import ZERO, Counted, Ledger
from services.matching.domain.order import OrderState, laid_out, part_of
from services.matching.domain.order_messages import RecordOrder
from services.matching.domain.policy import Policies
from services.matching.views import ORDERS


def add_to(routes: APIRouter, kit: Kit, archive: Archive, policies: Policies) -> None:
    """Add the routes of orders."""

    @routes.post("/v1/orders", status_code=202)
    async def record_order(http: Request, raw: RawBody, who: Who) -> Response:
        """Take a UBL Order or an order in JSON; another document of the same number changes the order."""
        json = "json" in http.headers.get("content-type", "")
        order = await asyncio.to_thread(forms.order if json else ubl.order, raw)
        number = _checked(order)
        id = order_id(order.supplier.identity, number)
        state, _ = await kit.streams.state(who.tenant, id)
        content = digest(order.model_dump_json())
        before: dict[str, int] = {}
        if isinstance(state, OrderState) and state.revision:
            if content in state.contents:
                return _answer(id, "known", 200)
            before = (await archive.read(who.tenant, Layout, state.paper)).places
        layout = Layout(order=order, places={**before, **laid_out(order.lines, before)})
        command = RecordOrder(
            paper=await archive.keep(who.tenant, layout),
            content=content,
            number=order.number,
            supplier=order.supplier.identity,
            name=order.supplier.name,
            currency=order.currency,
            total=shown(_total(order)),
            line_count=len(order.lines),
            after=state.revision,
            parts=max(layout.parts, state.parts),
            lines=layout.lines(0, policies.of(who.tenant)),
        )
        outcome = await kit.commands.send(id, command, who, request=f"order/{content}/{state.revision}")
        return _answer(id, str(outcome.reply["status"]) if outcome else "received", 202)

    @routes.get("/v1/orders")
    async def list_orders(
        who: Who,
        limit: Limit = 50,
        after: After = None,
    ) -> dict[str, Any]:
        """Return orders, newest first."""
        names = ("id", "number", "supplier", "status", "currency", "total", "line_count", "revision")

        def listed(row: dict[str, Any]) -> dict[str, Any]:
            return {**{name: row[name] for name in names}, "links": {"self": f"/v1/orders/{row['id']}"}}

        return await page(kit, ORDERS, who.tenant, None, after, limit, listed)

    @routes.get("/v1/orders/{id}")
    async def get_order(id: str, who: Who) -> dict[str, Any]:
        """Return one order: of each line what was ordered, received and matched with invoices."""
        state, _ = await kit.streams.state(who.tenant, id)
        if not isinstance(state, OrderState) or not state.number:
            raise Missing("no-such-order", "there is no such order")
        layout = await archive.read(who.tenant, Layout, state.paper)
        ledgers = [state.ledger]
        for part in range(1, state.parts):
            ledgers.append((await kit.streams.state(who.tenant, part_of(id, part)))[0].ledger)
        return {
            "id": id,
            "number": state.number,
            "supplier": state.name,
            "supplier_id": state.supplier,
            "currency": state.currency,
            "status": "open" if state.is_open else "taken",
            "revision": state.revision,
            "lines": [_line(line, ledgers[layout.places[line.id]]) for line in layout.order.lines],
            "history": history(await kit.streams.history(who.tenant, id)),
            "links": {"self": f"/v1/orders/{id}"},
        }


def _checked(order: Order) -> str:
    """Return the order's number in its one form.

    Raises:
        Invalid: The order cannot be found again by what stands on invoices.
    """
    number = order_number(order.number)
    if not number:
        raise Invalid("no-order-number", f"{order.number} is what senders write who have no order")
    if not order.supplier.identity:
        raise Invalid("supplier-missing", "an order names its supplier (SellerSupplierParty)")
    if not order.lines:
        raise Invalid("no-lines", "an order has lines")
    if len({line.id for line in order.lines}) != len(order.lines):
        raise Invalid("line-twice", "each line of an order has an id of its own")
    return number


def _total(order: Order) -> Decimal:
    return sum((line.worth or ZERO for line in order.lines), order.charges - order.allowances)


def _answer(id: str, status: str, code: int) -> Response:
    return JSONResponse({"id": id, "status": status, "links": {"self": f"/v1/orders/{id}"}}, code)


def _line(line: Any, ledger: Ledger) -> dict[str, Any]:
    counted = ledger.lines.get(line.id, Counted())
    return {
        "id": line.id,
        "name": line.name,
        "unit": line.unit,
        "price": None if line.price is None else shown(line.price / line.base),
        "ordered": shown(counted.ordered),
        "received": shown(counted.received),
        "invoiced": shown(counted.invoiced),
        "open": shown(ledger.open(line.id)),
        "needs_receipt": counted.must_come,
    }
