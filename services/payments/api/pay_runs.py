"""The routes of pay runs: open one, look, take its file, say that the bank has it."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from finnest.errors import Invalid, Missing, NotYet
from finnest.feature import Kit
from finnest.ids import derived
from finnest.web.caller import RequestName, Who
from services.payments.api.bodies import PAYERS, READERS, PayRunBody, answered, known
from services.payments.domain.payrun import PayRun
from services.payments.domain.run_messages import OpenPayRun, SendPayRun

_SHOWN = ("payment_id", "invoice_id", "supplier", "amount_cents")


def router(kit: Kit) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["pay-runs"])

    async def run_of(tenant: str, id: str) -> PayRun:
        state, _ = await kit.streams.state(tenant, known(id, "run"))
        if not isinstance(state, PayRun) or not state.status:
            raise Missing("no-such-pay-run", "there is no such pay run")
        return state

    @routes.post("/v1/pay-runs", status_code=202)
    async def open_pay_run(body: PayRunBody, who: Who, request: RequestName) -> Response:
        """Open a run over everything that is due by a day; the same request is the same run."""
        who.need(*PAYERS)
        if body.format != "aba":
            raise Invalid("no-such-format", "pain.001 is not written yet; ask for aba")
        id = derived("run", who.tenant, request)
        command = OpenPayRun(pay_on=body.pay_on, format=body.format)
        outcome = await kit.commands.send(id, command, who, request=request)
        status = outcome.reply["status"] if outcome else "accepted"
        return JSONResponse({"id": id, "status": status, "links": _links(id)}, 202)

    @routes.get("/v1/pay-runs/{id}")
    async def get_pay_run(id: str, who: Who) -> dict[str, Any]:
        """Return a run and, once it is filed, what its file pays."""
        who.need(*READERS)
        run = await run_of(who.tenant, id)
        entries = json.loads(await kit.blobs.get(who.tenant, run.entries)) if run.entries else []
        return {
            "id": id,
            "status": run.status,
            "pay_on": run.pay_on,
            "process_on": run.process_on,
            "format": run.format,
            "count": run.count,
            "total_cents": run.total_cents,
            "currency": run.currency,
            "payments": [{name: entry[name] for name in _SHOWN} for entry in entries],
            "links": _links(id),
        }

    @routes.get("/v1/pay-runs/{id}/file")
    async def get_pay_run_file(id: str, who: Who) -> Response:
        """Return the bank's file, the same bytes always."""
        who.need(*PAYERS)
        run = await run_of(who.tenant, id)
        if run.status == "empty":
            raise Missing("empty-pay-run", "nothing was due, so this pay run has no file")
        if not run.file:
            raise NotYet("no-file-yet", "the file is being written; ask again in a moment")
        name = f'attachment; filename="{id}.aba"'
        body = await kit.blobs.get(who.tenant, run.file)
        return Response(body, media_type="text/plain", headers={"content-disposition": name})

    @routes.post("/v1/pay-runs/{id}/sent")
    async def send_pay_run(id: str, who: Who, request: RequestName) -> Response:
        """Say that the bank has the file."""
        who.need(*PAYERS)
        thing = known(id, "run")
        path = _links(thing)["self"]
        return await answered(kit.commands, thing, SendPayRun(), who, request, path)

    return routes


def _links(id: str) -> dict[str, str]:
    return {"self": f"/v1/pay-runs/{id}", "file": f"/v1/pay-runs/{id}/file"}
