"""Orders: take, list, look."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from finnest.context import Caller
from finnest.errors import Invalid, Missing
from finnest.feature import Kit
from finnest.web.caller import RawBody, Who
from finnest.web.paging import After, Limit
from services.matching.agent.archive import Archive, Layout
from services.matching.api.intake import Intake
from services.matching.api.listing import history, links_of, page
from services.matching.api.recording import Recorder
from services.matching.documents import forms, ubl
from services.matching.documents.papers import CODES, Line, Order
from services.matching.domain.findings import shown
from services.matching.domain.ledger import Counted, Ledger
from services.matching.domain.order import OrderState, part_of
from services.matching.domain.policy import Policies
from services.matching.domain.responding import Answer
from services.matching.views import ORDERS


def add_to(routes: APIRouter, kit: Kit, archive: Archive, policies: Policies, intake: Intake) -> None:
    """Add the routes of orders."""
    _add_taking(routes, intake, Recorder(kit, archive, policies, intake))

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
            "status": _status(state),
            "revision": state.revision,
            "lines": [
                _line(line, ledgers[layout.places[line.id]], layout.answers.get(line.id))
                for line in layout.order.lines
            ],
            "findings": await intake.findings(who.tenant, state.report),
            "response": await _response(id, who, state, layout),
            "history": history(await kit.streams.history(who.tenant, id)),
            "links": links_of(f"/v1/orders/{id}", state.document),
        }

    @routes.get("/v1/orders/{id}/document")
    async def get_order_document(id: str, http: Request, who: Who) -> Response:
        """Return the last document of an order: as it came, or as `Accept` asks a page or values (JSON)."""
        return await intake.document(http, who.tenant, (await _known(kit, who, id)).document, id)

    @routes.get("/v1/orders/{id}/response")
    async def get_order_response(id: str, http: Request, who: Who) -> Response:
        """Return the order response that the order stands by: as it came, or as a page or values (JSON)."""
        state = await _known(kit, who, id)
        if not state.response:
            raise Missing("no-order-response", "the supplier has not answered this order")
        return await intake.document(http, who.tenant, state.response_document, f"{id}-response")

    async def _response(id: str, who: Caller, state: OrderState, layout: Layout) -> dict[str, Any] | None:
        if not state.response:
            return None
        return {
            "number": layout.response,
            "code": state.response,
            "meaning": CODES[state.response],
            "findings": await intake.findings(who.tenant, state.response_report),
            "links": {"document": f"/v1/orders/{id}/response"},
        }


def _add_taking(routes: APIRouter, intake: Intake, recorder: Recorder) -> None:
    @routes.post("/v1/orders", status_code=202)
    async def record_order(http: Request, raw: RawBody, who: Who) -> Response:
        """Take a UBL Order or an order in JSON; another document of the same number changes the order."""
        home = intake.home_currency(who.tenant)
        order, ruling = await intake.read(
            http, who.tenant, raw, ubl.ORDERS, ubl.order_in, lambda body: forms.order(body, home)
        )
        return await recorder.record(who, order, raw, ruling)

    @routes.post("/v1/order-responses", status_code=202)
    async def take_order_response(http: Request, raw: RawBody, who: Who) -> Response:
        """Take a UBL OrderResponse: a response (T76) changes its order, an agreement (T110) is an order."""
        said, ruling = await intake.read(http, who.tenant, raw, ubl.RESPONSES, ubl.response_in, _no_form)
        if isinstance(said, Order):
            return await recorder.record(who, said, raw, ruling)
        return await recorder.respond(who, said, raw, ruling)


async def _known(kit: Kit, who: Caller, id: str) -> OrderState:
    """Return the order; raises `Missing` when it is not the caller's."""
    state, _ = await kit.streams.state(who.tenant, id)
    if not isinstance(state, OrderState) or not state.number:
        raise Missing("no-such-order", "there is no such order")
    return state


def _status(state: OrderState) -> str:
    if not state.is_open:
        return "taken"
    return "rejected" if state.response == "RE" else "open"


def _no_form(_: bytes) -> Order:
    raise Invalid("no-such-form", "an order response is sent as UBL (application/xml)")


def _line(line: Line, ledger: Ledger, answer: Answer | None) -> dict[str, Any]:
    said = {"line_status": answer.status, "asked": shown(answer.ordered)} if answer else {}
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
        **said,
    }
