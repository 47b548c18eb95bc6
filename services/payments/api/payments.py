"""The routes by which payments are looked at."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from finnest.errors import Missing
from finnest.feature import Kit
from finnest.paging import page_of
from finnest.web.caller import Who
from finnest.web.paging import After, Limit
from services.payments.api.bodies import READERS, known
from services.payments.domain.credit import balance_id
from services.payments.domain.events import STEPS
from services.payments.domain.payment import Payment
from services.payments.domain.step import Status
from services.payments.views import Row, listed

_STEPS = {step.wire for step in STEPS}


def router(kit: Kit) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["payments"])

    async def credit(tenant: str, id: str, state: Payment) -> dict[str, Any]:
        balance = balance_id(state.bill) if state.bill and state.status == "credit" else None
        if balance is None:
            return {}
        owed, _ = await kit.streams.state(tenant, balance)
        left, reserved = owed.open_cents(id)
        return {"left_cents": left, "reserved_cents": reserved}

    @routes.get("/v1/payments")
    async def list_payments(
        who: Who,
        status: Status | None = None,
        limit: Limit = 50,
        after: After = None,
    ) -> dict[str, Any]:
        """Return the tenant's payments, newest first."""
        who.need(*READERS)
        rows = await kit.views.read(listed(who.tenant, status, after, limit + 1))
        return page_of(rows, limit, "proposed_at", _listed)

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
        return {**_shown(thing, state), **await credit(who.tenant, thing, state), "history": steps}

    return routes


def path_of(id: str) -> str:
    """Return where a payment is looked at."""
    return f"/v1/payments/{id}"


def _listed(row: Row) -> dict[str, Any]:
    fields = ("id", "invoice_id", "number", "supplier", "amount_cents", "currency", "status")
    shown = {name: row[name] for name in (*fields, "pay_on", "run_id", "at")}
    return {**shown, "reasons": [row["reason"]] if row["reason"] else []}


def _shown(id: str, state: Payment) -> dict[str, Any]:
    bill, waits = state.bill, state.status == "awaiting_approval" and state.ask
    if bill is None:
        return {}
    links = {"self": path_of(id), "invoice": f"/v1/invoices/{bill.invoice_id}"}
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
        "pays_cents": state.amount_cents,
        "discount_cents": state.discount_cents,
        "credits": [part.wire_data() for part in state.credits],
        "pay_on": state.pay_on,
        "run_id": state.run_id or None,
        "rule": state.rule or None,
        "people": state.people,
        "paid_elsewhere": state.reference or None,
        "reasons": [waits.why] if waits else [state.reason] if state.reason else [],
        "links": links,
    }
