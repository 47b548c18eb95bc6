"""Taking documents in, and judging them for whoever asks."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import pydantic
from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from finnest.errors import Invalid, Unreadable
from finnest.feature import Kit
from finnest.records import Record
from finnest.web.caller import RawBody, RequestName, Who
from services.invoices.agent import invoice_id, read_document, submission
from services.invoices.api.looking import status_of
from services.invoices.api.reading import Reading
from services.invoices.domain.messages import SubmitInvoice
from services.invoices.judging.rulesets import UnknownRuleset, named
from services.invoices.ports import Days, Judge
from services.invoices.views import row


class UblBody(Record):
    """A document inside JSON."""

    ubl: str


def router(kit: Kit, judge: Judge, days: Days) -> APIRouter:
    """Return the routes that take documents."""
    routes = APIRouter()
    reading = Reading()

    @routes.post("/v1/invoices", status_code=202)
    async def submit_invoice(http: Request, raw: RawBody, who: Who, request: RequestName) -> Response:
        """Take a UBL invoice or credit note; 202 means it is stored and will be judged.

        The same bytes again are the same invoice: 200, with the status that it has now.
        """
        body = _document_bytes(http, raw)
        command = await reading.read(who.tenant, body, _read)
        id = invoice_id(command.sha256)
        await kit.blobs.put(who.tenant, body)
        outcome = await kit.commands.send(id, command, who, request=request)
        reply = outcome.reply if outcome else {"status": "received"}
        # What comes for the first time is in no table yet, and costs no look at them.
        known = await kit.views.read(row(who.tenant, id)) if reply.get("known") else {}
        status = status_of(reply["status"], known)
        shown = {"id": id, "status": status, "links": {"self": f"/v1/invoices/{id}"}}
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
        await reading.read(who.tenant, body, read_document)
        report = await judge.judge(f"{who.tenant}/{who.user}", body, days.today(who.tenant), ruleset)
        return report.to_json()

    return routes


def _read(body: bytes) -> SubmitInvoice:
    return submission(read_document(body), hashlib.sha256(body).hexdigest())


def _document_bytes(http: Request, raw: bytes) -> bytes:
    if raw.startswith(b"%PDF-"):
        raise Unreadable(
            "pdf", "this is a PDF; POST /v1/invoice-drafts reads it into a draft that you confirm"
        )
    if "json" not in http.headers.get("content-type", ""):
        return raw
    try:
        return UblBody.model_validate_json(raw).ubl.encode()
    except pydantic.ValidationError as error:
        raise Unreadable("bad-json", 'send the document itself, or {"ubl": "<xml…>"}') from error
    except UnicodeEncodeError as error:
        raise Unreadable("bad-json", "the text is not valid Unicode") from error
