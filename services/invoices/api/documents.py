"""The document itself, readable or as it came; its files; and the answer to the supplier."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse, Response

from finnest.errors import Invalid, Missing
from finnest.feature import Kit
from finnest.web.caller import Who
from services.invoices.api.judged import report_of
from services.invoices.api.looking import reasons_of, state_of, status_of
from services.invoices.documents import ubl
from services.invoices.documents.attachments import MAX_ATTACHMENTS
from services.invoices.documents.facts import facts
from services.invoices.documents.page import POLICY, page
from services.invoices.documents.readable import readable
from services.invoices.documents.response import Unanswerable, respond
from services.invoices.ports import Judge
from services.invoices.views import one

_OPENS_SAFELY = frozenset({"application/pdf", "image/png", "image/jpeg", "text/csv"})
_SAFE = {"x-content-type-options": "nosniff", "content-security-policy": POLICY}


def router(kit: Kit, judge: Judge) -> APIRouter:
    """Return the routes around one document."""
    routes = APIRouter()

    @routes.get("/v1/invoices/{id}/document")
    async def get_document(id: str, http: Request, who: Who) -> Response:
        """Return the document: as it came, or as `Accept` asks a page (text/html) or values (JSON)."""
        state = await state_of(kit, who, id)
        body = await kit.blobs.get(who.tenant, state.sha256)
        wanted = http.headers.get("accept", "")
        if "text/html" in wanted:
            return Response(await asyncio.to_thread(_page, body), media_type="text/html", headers=_SAFE)
        if "application/json" in wanted:
            return JSONResponse(await asyncio.to_thread(_readable, body))
        headers = {**_SAFE, "content-disposition": f'attachment; filename="{id}.xml"'}
        return Response(body, media_type="application/xml", headers=headers)

    @routes.get("/v1/invoices/{id}/attachments/{n}")
    async def get_attachment(
        id: str, n: Annotated[int, Path(ge=1, le=MAX_ATTACHMENTS)], who: Who
    ) -> Response:
        """Return a file of the document, always as a download."""
        state = await state_of(kit, who, id)
        file = next((file for file in state.attachments if file.number == n), None)
        if file is None:
            raise Missing("no-such-attachment", "the document has no such file, or it is over the bounds")
        content = await kit.blobs.get(who.tenant, file.sha256)
        mime = file.mime if file.mime in _OPENS_SAFELY else "application/octet-stream"
        headers = {**_SAFE, "content-disposition": f'attachment; filename="{file.name}"'}
        return Response(content, media_type=mime, headers=headers)

    @routes.get("/v1/invoices/{id}/report")
    async def get_report(id: str, who: Who) -> Response:
        """Return the whole stored report: `{"ruleset", "valid", "findings": [...]}`, at most 200 findings."""
        await state_of(kit, who, id)
        report = report_of(await kit.streams.history(who.tenant, id))
        if report is None:
            raise Missing("no-report", "the document has not been judged, or its report was not kept")
        return Response(await kit.blobs.get(who.tenant, report), media_type="application/json", headers=_SAFE)

    @routes.get("/v1/invoices/{id}/response")
    async def get_response(id: str, who: Who) -> Response:
        """Return the Peppol invoice response (T111) that tells the supplier the status as it is now."""
        state = await state_of(kit, who, id)
        row = await kit.views.read(one(who.tenant, id))
        own = await kit.streams.history(who.tenant, id)
        told = [*(entry.at.isoformat() for entry in own), *(entry["at"] for entry in row["history"])]
        body = await kit.blobs.get(who.tenant, state.sha256)
        reasons = reasons_of({**row, "own_reasons": list(state.reasons)})
        try:
            written = await asyncio.to_thread(_respond, body, id, status_of(state, row), reasons, max(told))
        except Unanswerable as error:
            raise Invalid("unanswerable", f"no response can be written: {error}") from error
        report = await judge.judge(written)
        if not report.valid:
            broken = ", ".join(dict.fromkeys(f.rule for f in report.findings if f.severity == "fatal"))
            raise Invalid("unanswerable", f"what the document says makes no valid response: {broken}")
        headers = {**_SAFE, "content-disposition": f'attachment; filename="{id}-response.xml"'}
        return Response(written, media_type="application/xml", headers=headers)

    return routes


def _readable(body: bytes) -> dict[str, Any]:
    return readable(ubl.read(body))


def _page(body: bytes) -> str:
    return page(_readable(body))


def _respond(body: bytes, id: str, status: str, reasons: list[str], at: str) -> bytes:
    return respond(facts(ubl.read(body)), id, status, reasons, datetime.fromisoformat(at))
