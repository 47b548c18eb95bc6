"""The routes of invoices: submit, validate, list, look."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any, Literal

import pydantic
from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from finnest.context import Caller
from finnest.errors import Invalid, Missing, Unreadable
from finnest.feature import Kit
from finnest.records import Record
from finnest.web.caller import RawBody, RequestName, Who
from services.invoices.agent import invoice_id, read_document, submission
from services.invoices.domain import Invoice
from services.invoices.judging.rulesets import UnknownRuleset, named
from services.invoices.ports import Judge
from services.invoices.story import summary_of
from services.invoices.views import one, page

Status = Literal[
    "received",
    "invalid",
    "duplicate",
    "unmatched",
    "matched",
    "exception",
    "awaiting_approval",
    "approved",
    "rejected",
    "scheduled",
    "paid",
    "failed",
    "cancelled",
]


class UblBody(Record):
    """A document inside JSON."""

    ubl: str


def router(kit: Kit, judge: Judge) -> APIRouter:
    """Return the feature's routes."""
    routes = APIRouter(tags=["invoices"])

    @routes.post("/v1/invoices", status_code=202)
    async def submit_invoice(http: Request, raw: RawBody, who: Who, request: RequestName) -> Response:
        """Take a UBL invoice or credit note; 202 means it is stored and will be judged."""
        body = _document_bytes(http, raw)
        document = await asyncio.to_thread(read_document, body)
        sha256 = hashlib.sha256(body).hexdigest()
        id = invoice_id(sha256)
        command = submission(document, sha256)
        await kit.blobs.put(who.tenant, body)
        outcome = await kit.commands.send(id, command, who, request=request)
        reply = outcome.reply if outcome else {"status": "received"}
        shown = {
            "id": id,
            "status": "received" if reply["status"] == "validated" else reply["status"],
            "links": {"self": f"/v1/invoices/{id}"},
        }
        settled = reply.get("known") and reply["status"] != "received"
        return JSONResponse(shown, 200 if settled else 202)

    @routes.post("/v1/invoices/validate")
    async def validate_document(
        http: Request,
        raw: RawBody,
        who: Who,
        ruleset: Annotated[str | None, Query(max_length=40)] = None,
    ) -> dict[str, Any]:
        """Judge a document by the official rules; nothing is kept."""
        body = _document_bytes(http, raw)
        if ruleset is not None:
            try:
                named(ruleset)
            except UnknownRuleset as error:
                raise Invalid("unknown-ruleset", str(error)) from error
        await asyncio.to_thread(read_document, body)
        report = await judge.judge(body, ruleset)
        return report.to_json()

    @routes.get("/v1/invoices")
    async def list_invoices(
        who: Who,
        status: Status | None = None,
        supplier: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: Annotated[str | None, Query(max_length=100)] = None,
    ) -> dict[str, Any]:
        """Return invoices, newest first."""
        rows = await kit.views.read(page(who.tenant, status, supplier, after, limit + 1))
        last = rows[limit - 1] if len(rows) > limit else None
        return {
            "items": [_listed(row) for row in rows[:limit]],
            "next": f"{last['received_at']}~{last['id']}" if last else None,
        }

    @routes.get("/v1/invoices/{id}")
    async def get_invoice(id: str, who: Who) -> dict[str, Any]:
        """Return one invoice with its whole story."""
        state = await _state(kit, who, id)
        row = await kit.views.read(one(who.tenant, id))
        own = await kit.streams.history(who.tenant, id)
        history = [
            {
                "at": entry.at.isoformat(),
                "type": entry.type,
                "by": entry.by,
                "summary": summary_of(entry.type, entry.data),
            }
            for entry in own
        ]
        history += [entry for entry in row["history"] if not entry["type"].startswith("invoices.")]
        own_status = "received" if state.status == "validated" else state.status
        waits = "exception" if row.get("hold") else None
        return {
            **_listed(
                {
                    **row,
                    "id": id,
                    **_own_columns(state),
                    "status": row.get("payment_status") or waits or own_status,
                    "own_reasons": list(state.reasons),
                }
            ),
            "history": sorted(history, key=lambda entry: entry["at"]),
        }

    @routes.get("/v1/invoices/{id}/document")
    async def get_document(id: str, who: Who) -> Response:
        """Return the document's bytes as they came."""
        state = await _state(kit, who, id)
        body = await kit.blobs.get(who.tenant, state.sha256)
        headers = {"content-disposition": f'attachment; filename="{id}.xml"'}
        return Response(body, media_type="application/xml", headers=headers)

    return routes


async def _state(kit: Kit, who: Caller, id: str) -> Invoice:
    state, version = await kit.streams.state(who.tenant, id)
    if version == 0 or not isinstance(state, Invoice):
        raise Missing("no-such-invoice", "there is no such invoice")
    return state


def _document_bytes(http: Request, raw: bytes) -> bytes:
    if "json" not in http.headers.get("content-type", ""):
        return raw
    try:
        return UblBody.model_validate_json(raw).ubl.encode()
    except pydantic.ValidationError as error:
        raise Unreadable("bad-json", 'send the document itself, or {"ubl": "<xml…>"}') from error
    except UnicodeEncodeError as error:
        raise Unreadable("bad-json", "the text is not valid Unicode") from error


def _own_columns(state: Invoice) -> dict[str, Any]:
    summary = state.summary
    if summary is None:
        return {}
    return {
        "number": summary.number,
        "supplier": summary.supplier,
        "total_cents": summary.payable_cents,
        "currency": summary.currency,
    }


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    cents = row.get("total_cents")
    links = {"self": f"/v1/invoices/{row['id']}"}
    if row.get("payment_id"):
        links["payment"] = f"/v1/payments/{row['payment_id']}"
    if row.get("supplier_ref"):
        links["supplier"] = f"/v1/suppliers/{row['supplier_ref']}"
    if row.get("run_id"):
        links["pay_run"] = f"/v1/pay-runs/{row['run_id']}"
    return {
        "id": row["id"],
        "number": row.get("number"),
        "supplier": row.get("supplier"),
        "total": None
        if cents is None
        else f"{cents // 100}.{cents % 100:02d}"
        if cents >= 0
        else f"-{-cents // 100}.{-cents % 100:02d}",
        "total_cents": cents,
        "currency": row.get("currency"),
        "status": row["status"],
        "reasons": [
            *([row["hold"]] if row.get("hold") else ()),
            *(row.get("payment_reasons") or ()),
            *(row.get("own_reasons") or ()),
        ],
        "links": links,
    }
