"""The document itself, readable or as it came; its files; and the report of the rules."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse, Response

from finnest.errors import Missing
from finnest.feature import Kit
from finnest.web.caller import Who
from services.invoices.api.looking import state_of
from services.invoices.api.own import report_of
from services.invoices.documents import ubl
from services.invoices.documents.attachments import MAX_ATTACHMENTS
from services.invoices.documents.page import POLICY, page
from services.invoices.documents.readable import readable

_OPENS_SAFELY = frozenset({"application/pdf", "image/png", "image/jpeg", "text/csv"})
_SAFE = {"x-content-type-options": "nosniff", "content-security-policy": POLICY}


def router(kit: Kit) -> APIRouter:
    """Return the routes around one document."""
    routes = APIRouter()

    @routes.get("/v1/invoices/{id}/document")
    async def get_document(id: str, http: Request, who: Who) -> Response:
        """Return the document: as it came, or as `Accept` asks a page (text/html) or values (JSON).

        Page and values hold at most 1,000 lines; `lines_left_out` and `attachments_left_out` count the rest.
        """
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
        """Return a file of the document, always as a download.

        The first 10 files of a document are kept, each up to 3 MiB; what is over these bounds, or no base64,
        stays inside the document only and is counted in `attachments_left_out`.
        """
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

    return routes


def _readable(body: bytes) -> dict[str, Any]:
    return readable(ubl.read(body))


def _page(body: bytes) -> str:
    return page(_readable(body))
