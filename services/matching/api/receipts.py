"""Deliveries: take, list, look."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from finnest.context import Caller
from finnest.errors import Invalid, Missing
from finnest.feature import Kit
from finnest.web.caller import RawBody, Who
from finnest.web.paging import After, Limit
from services.matching.agent.archive import Archive
from services.matching.api.intake import Intake
from services.matching.api.listing import history, links_of, page
from services.matching.documents import forms, ubl
from services.matching.documents.identity import delivery_id, order_number
from services.matching.documents.papers import Party, Receipt
from services.matching.domain.delivery import Delivery, TakeDelivery
from services.matching.domain.order import OrderState
from services.matching.views import DELIVERIES


def add_to(routes: APIRouter, kit: Kit, archive: Archive, intake: Intake) -> None:
    """Add the routes of receipts."""

    @routes.post("/v1/receipts", status_code=202)
    async def take_receipt(http: Request, raw: RawBody, who: Who) -> Response:
        """Take a UBL DespatchAdvice or ReceiptAdvice, or a receipt in JSON; the same content counts once."""
        receipt, ruling = await intake.read(
            http, who.tenant, raw, ubl.DELIVERIES, ubl.receipt_in, forms.receipt
        )
        receipt = _checked(await _with_order(kit, who, receipt))
        id = delivery_id(receipt.supplier.identity, receipt.order, receipt.delivery)
        kept = await intake.keep(who.tenant, raw, ruling)
        command = TakeDelivery(
            paper=await archive.keep(who.tenant, receipt),
            kind=receipt.kind,
            number=receipt.number,
            order=receipt.order or next(line.order for line in receipt.lines if line.order),
            supplier=receipt.supplier.identity,
            name=receipt.supplier.name,
            line_count=len(receipt.lines),
            document=kept.document,
            report=kept.report,
        )
        outcome = await kit.commands.send(id, command, who, request=f"delivery/{command.paper}")
        known = outcome is not None and bool(outcome.reply.get("known"))
        status = outcome.reply["status"] if outcome else "received"
        links = {"self": f"/v1/receipts/{id}"}
        return JSONResponse({"id": id, "status": status, "links": links}, 200 if known else 202)

    @routes.get("/v1/receipts")
    async def list_receipts(
        who: Who,
        limit: Limit = 50,
        after: After = None,
    ) -> dict[str, Any]:
        """Return deliveries, newest first."""
        names = ("id", "number", "supplier", "kind", "order", "status", "reason")

        def listed(row: dict[str, Any]) -> dict[str, Any]:
            return {**{name: row[name] for name in names}, "links": {"self": f"/v1/receipts/{row['id']}"}}

        return await page(kit, DELIVERIES, who.tenant, None, after, limit, listed)

    @routes.get("/v1/receipts/{id}")
    async def get_receipt(id: str, who: Who) -> dict[str, Any]:
        """Return one delivery: the paper that counts, and what could not be placed."""
        state = await _known(kit, who, id)
        receipt = await archive.read(who.tenant, Receipt, state.paper)
        return {
            "id": id,
            "number": receipt.number,
            "kind": receipt.kind,
            "order": receipt.order,
            "supplier": receipt.supplier.name,
            "status": {"booked": "received"}.get(state.status, state.status),
            "reasons": [state.reason] if state.reason else [],
            "lines": [line.wire_data() for line in receipt.lines],
            "findings": await intake.findings(who.tenant, state.report),
            "history": history(await kit.streams.history(who.tenant, id)),
            "links": links_of(f"/v1/receipts/{id}", state.document),
        }

    @routes.get("/v1/receipts/{id}/document")
    async def get_receipt_document(id: str, http: Request, who: Who) -> Response:
        """Return the document of a delivery that counts: as it came, or as `Accept` asks a page or values."""
        return await intake.document(http, who.tenant, (await _known(kit, who, id)).document, id)


async def _known(kit: Kit, who: Caller, id: str) -> Delivery:
    """Return the delivery; raises `Missing` when it is not the caller's."""
    state, _ = await kit.streams.state(who.tenant, id)
    if not isinstance(state, Delivery) or not state.paper:
        raise Missing("no-such-receipt", "there is no such delivery")
    return state


async def _with_order(kit: Kit, who: Caller, receipt: Receipt) -> Receipt:
    """Return the receipt with number and supplier of the order that it names by its id."""
    if not receipt.order_id:
        return receipt
    state, _ = await kit.streams.state(who.tenant, receipt.order_id)
    if not isinstance(state, OrderState) or not state.number:
        raise Missing("no-such-order", f"there is no order {receipt.order_id}")
    supplier = Party(name=state.name, identity=state.supplier)
    return receipt.model_copy(update={"supplier": supplier, "order": state.number})


def _checked(receipt: Receipt) -> Receipt:
    if not receipt.supplier.identity:
        raise Invalid("supplier-missing", "a delivery names its supplier")
    if not any(order_number(line.order or receipt.order) for line in receipt.lines):
        raise Invalid("order-missing", "a delivery names the order that it is for, and has lines")
    return receipt
