"""The routes of pay runs: open one, look, take its file, say that the bank has it."""

from __future__ import annotations

import json
from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from finnest.errors import Missing, NotYet
from finnest.feature import Kit
from finnest.ids import derived
from finnest.paging import page_of
from finnest.web.caller import RequestName, Who
from finnest.web.paging import After, Limit
from services.payments.api.bodies import PAYERS, READERS, PayRunBody, answered, known
from services.payments.domain.bankfile import KINDS
from services.payments.domain.control import control
from services.payments.domain.entry import Entry
from services.payments.domain.payrun import PayRun
from services.payments.domain.run_messages import OpenPayRun, SendPayRun
from services.payments.views import runs

_LISTED = ("id", "status", "pay_on", "format", "count", "total_cents", "opened_at")


def router(kit: Kit) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["pay-runs"])

    async def run_of(tenant: str, id: str) -> PayRun:
        state, _ = await kit.streams.state(tenant, known(id, "run"))
        if not isinstance(state, PayRun) or not state.status:
            raise Missing("no-such-pay-run", "there is no such pay run")
        return state

    async def kept(tenant: str, sha256: str) -> list[dict[str, Any]]:
        return json.loads(await kit.blobs.get(tenant, sha256)) if sha256 else []

    @routes.post("/v1/pay-runs", status_code=202)
    async def open_pay_run(body: PayRunBody, who: Who, request: RequestName) -> Response:
        """Open a run over everything that is due by a day; the same request is the same run."""
        who.need(*PAYERS)
        id = derived("run", who.tenant, request)
        command = OpenPayRun.model_validate(body.model_dump())
        outcome = await kit.commands.send(id, command, who, request=request)
        status = outcome.reply["status"] if outcome else "accepted"
        return JSONResponse({"id": id, "status": status, "links": _links(id)}, 202)

    @routes.get("/v1/pay-runs")
    async def list_pay_runs(
        who: Who,
        status: Literal["opened", "filed", "sent", "empty"] | None = None,
        limit: Limit = 50,
        after: After = None,
    ) -> dict[str, Any]:
        """Return the tenant's pay runs, newest first."""
        who.need(*READERS)
        rows = await kit.views.read(runs(who.tenant, status, after, limit + 1))
        return page_of(rows, limit, "opened_at", lambda row: {name: row[name] for name in _LISTED})

    @routes.get("/v1/pay-runs/{id}")
    async def get_pay_run(id: str, who: Who) -> dict[str, Any]:
        """Return a run: once it is filed, what it pays; and what was due and is left out, and why."""
        who.need(*READERS)
        run = await run_of(who.tenant, id)
        entries = [Entry.model_validate(one) for one in await kept(who.tenant, run.entries)]
        return {
            "id": id,
            "status": run.status,
            "pay_on": run.pay_on,
            "process_on": run.process_on,
            "format": run.format,
            "cash_limit_cents": run.cash_limit_cents,
            "count": run.count,
            "total_cents": run.total_cents,
            "currency": run.currency,
            "control": control(entries, run.file).wire_data() if run.file else None,
            "payments": [_paid(entry) for entry in entries],
            "left_out": await kept(who.tenant, run.left_out),
            "links": _links(id),
        }

    @routes.get("/v1/pay-runs/{id}/file")
    async def get_pay_run_file(id: str, who: Who) -> Response:
        """Return the bank's file, the same bytes always."""
        who.need(*PAYERS)
        run = await run_of(who.tenant, id)
        if run.status == "empty":
            raise Missing("empty-pay-run", "the bank has nothing to pay, so this pay run has no file")
        if not run.file:
            raise NotYet("no-file-yet", "the file is being written; ask again in a moment")
        kind = KINDS[run.format]
        name = f'attachment; filename="{id}.{kind.suffix}"'
        body = await kit.blobs.get(who.tenant, run.file)
        return Response(body, media_type=kind.media_type, headers={"content-disposition": name})

    @routes.post("/v1/pay-runs/{id}/sent")
    async def send_pay_run(id: str, who: Who, request: RequestName) -> Response:
        """Say that the bank has the file."""
        who.need(*PAYERS)
        thing = known(id, "run")
        path = _links(thing)["self"]
        return await answered(kit.commands, thing, SendPayRun(), who, request, path)

    return routes


def _paid(entry: Entry) -> dict[str, Any]:
    return {
        "payment_id": entry.payment_id,
        "invoice_id": entry.invoice_id,
        "supplier": entry.supplier,
        "amount_cents": entry.amount_cents,
        "invoiced_cents": entry.amount_cents if entry.gross_cents is None else entry.gross_cents,
        "discount_cents": entry.discount_cents,
        "credits": [part.wire_data() for part in entry.credits],
    }


def _links(id: str) -> dict[str, str]:
    return {"self": f"/v1/pay-runs/{id}", "file": f"/v1/pay-runs/{id}/file"}
