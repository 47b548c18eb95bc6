"""Orders: take, list, look."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from finnest.context import Caller
from finnest.errors import Missing
from finnest.feature import Kit
from finnest.web.caller import RawBody, Who
from finnest.web.paging import After, Limit
from services.matching.agent.archive import Archive, Layout
from services.matching.api.intake import Intake
from services.matching.api.listing import history, page
from services.matching.api.recording import Recorder
from services.matching.documents import forms, ubl
from services.matching.domain.findings import shown
from services.matching.domain.ledger import Counted, Ledger
from services.matching.domain.order import OrderState, part_of
from services.matching.domain.policy import Policies
from services.matching.views import ORDERS


def add_to(routes: APIRouter, kit: Kit, archive: Archive, policies: Policies, intake: Intake) -> None:
    """Add the routes of orders."""
    recorder = Recorder(kit, archive, policies, intake)

    @routes.post("/v1/orders", status_code=202)
    async def record_order(http: Request, raw: RawBody, who: Who) -> Response:
        """Take a UBL Order or an order in JSON; another document of the same number changes the order."""
        order, ruling = await intake.read(http, who.tenant, raw, ubl.ORDERS, ubl.order_in, forms.order)
        return await recorder.record(who, order, raw, ruling)

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
        state = await _known(kit, who, id)
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
            "findings": await intake.findings(who.tenant, state.report),
            "history": history(await kit.streams.history(who.tenant, id)),
            "links": {"self": f"/v1/orders/{id}", "document": f"/v1/orders/{id}/document"},
        }

    @routes.get("/v1/orders/{id}/document")
    async def get_order_document(id: str, who: Who) -> Response:
        """Return the last document of an order as it came."""
        return await intake.document(who.tenant, (await _known(kit, who, id)).document)


async def _known(kit: Kit, who: Caller, id: str) -> OrderState:
    """Return the order; raises `Missing` when it is not the caller's."""
    state, _ = await kit.streams.state(who.tenant, id)
    if not isinstance(state, OrderState) or not state.number:
        raise Missing("no-such-order", "there is no such order")
    return state


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
