"""The routes of payments: list, look, and what a person says about one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from finnest.context import Caller
from finnest.errors import Missing
from finnest.feature import Kit
from finnest.records import Command
from finnest.web.caller import RequestName, Who
from services.payments.api.bodies import (
    PAYERS,
    READERS,
    ReasonBody,
    RescheduleBody,
    StopBody,
    answered,
    known,
)
from services.payments.domain.commands import (
    CancelPayment,
    ConfirmPayment,
    FailPayment,
    ReschedulePayment,
    StopPayment,
)
from services.payments.domain.events import STEPS, Status
from services.payments.domain.payment import Payment
from services.payments.views import Row, cursor, listed

_STEPS = {step.wire for step in STEPS}


def router(kit: Kit) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["payments"])

    async def take(id: str, command: Command, who: Caller, request: str) -> Response:
        who.need(*PAYERS)
        thing = known(id, "pay")
        return await answered(kit.commands, thing, command, who, request, _path(thing))

    @routes.get("/v1/payments")
    async def list_payments(
        who: Who,
        status: Status | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: Annotated[str | None, Query(max_length=100)] = None,
    ) -> dict[str, Any]:
        """Return the tenant's payments, newest first."""
        who.need(*READERS)
        rows = await kit.views.read(listed(who.tenant, status, after, limit + 1))
        more = len(rows) > limit
        return {
            "items": [_listed(row) for row in rows[:limit]],
            "next": cursor(rows[limit - 1]) if more else None,
        }

    @routes.get("/v1/payments/{id}")
    async def get_payment(id: str, who: Who) -> dict[str, Any]:
        """Return one payment as its stream has it, with its history."""
        who.need(*READERS)
        thing = known(id, "pay")
        state, _ = await kit.streams.state(who.tenant, thing)
        if not isinstance(state, Payment) or state.bill is None:
            raise Missing("no-such-payment", "there is no such payment")
        history = await kit.streams.history(who.tenant, thing)
        steps = [
            {"at": one.at, "type": one.type, "by": one.by, "summary": one.data.get("summary", "")}
            for one in history
            if one.type in _STEPS
        ]
        return {**_shown(thing, state), "history": steps}

    @routes.post("/v1/payments/{id}/confirm")
    async def confirm_payment(id: str, who: Who, request: RequestName) -> Response:
        """Say that the bank has paid."""
        return await take(id, ConfirmPayment(), who, request)

    @routes.post("/v1/payments/{id}/fail")
    async def fail_payment(
        id: str, who: Who, request: RequestName, body: ReasonBody | None = None
    ) -> Response:
        """Say that the bank has not paid."""
        return await take(id, FailPayment(reason=(body or ReasonBody()).reason), who, request)

    @routes.post("/v1/payments/{id}/cancel")
    async def cancel_payment(
        id: str, who: Who, request: RequestName, body: ReasonBody | None = None
    ) -> Response:
        """Do not pay it; possible until a pay run has taken it."""
        return await take(id, CancelPayment(reason=(body or ReasonBody()).reason), who, request)

    @routes.post("/v1/payments/{id}/stop")
    async def stop_payment(id: str, body: StopBody, who: Who, request: RequestName) -> Response:
        """Stop at the bank what a pay run has taken."""
        return await take(id, StopPayment(reason=body.reason), who, request)

    @routes.post("/v1/payments/{id}/reschedule")
    async def reschedule_payment(id: str, body: RescheduleBody, who: Who, request: RequestName) -> Response:
        """Pay it on another day; people who had to approve it are asked again."""
        return await take(id, ReschedulePayment(pay_on=body.pay_on), who, request)

    return routes


def _path(id: str) -> str:
    return f"/v1/payments/{id}"


def _listed(row: Row) -> dict[str, Any]:
    fields = ("id", "invoice_id", "number", "supplier", "amount_cents", "currency", "status")
    shown = {name: row[name] for name in (*fields, "pay_on", "run_id", "at")}
    return {**shown, "reasons": [row["reason"]] if row["reason"] else []}


def _shown(id: str, state: Payment) -> dict[str, Any]:
    bill, waits = state.bill, state.status == "awaiting_approval" and state.ask
    if bill is None:
        return {}
    links = {"self": _path(id), "invoice": f"/v1/invoices/{bill.invoice_id}"}
    if state.run_id:
        links["pay_run"] = f"/v1/pay-runs/{state.run_id}"
    return {
        "id": id,
        "status": state.status,
        "invoice_id": bill.invoice_id,
        "number": bill.number,
        "supplier": bill.supplier,
        "amount_cents": bill.payable_cents,
        "currency": bill.currency,
        "pay_on": state.pay_on,
        "run_id": state.run_id or None,
        "rule": state.rule or None,
        "people": state.people,
        "reasons": [waits.why] if waits else [state.reason] if state.reason else [],
        "links": links,
    }
