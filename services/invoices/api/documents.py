"""The document itself, readable or as it came; its files; and the report of the rules."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from finnest.errors import Missing
from finnest.feature import Kit
from finnest.web.caller import Who
from finnest.web.documents import SAFE, shown
from services.invoices.api.looking import state_of
from services.invoices.api.own import report_of
from services.invoices.documents import ubl
from services.invoices.documents.attachments import MAX_ATTACHMENTS
from services.invoices.documents.page import page
from services.invoices.documents.readable import readable

_OPENS_SAFELY = frozenset({"application/pdf", "image/png", "image/jpeg", "text/csv"})


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
        return await shown(http, body, id, _readable, page)

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
        headers = {**SAFE, "content-disposition": f'attachment; filename="{file.name}"'}
        return Response(content, media_type=mime, headers=headers)

    @routes.get("/v1/invoices/{id}/report")
    async def get_report(id: str, who: Who) -> Response:
        """Return the whole stored report: `{"ruleset", "valid", "findings": [...]}`, at most 200 findings."""
        await state_of(kit, who, id)
        report = report_of(await kit.streams.history(who.tenant, id))
        if report is None:
            raise Missing("no-report", "the document has not been judged, or its report was not kept")
        return Response(await kit.blobs.get(who.tenant, report), media_type="application/json", headers=SAFE)

    return routes


def _readable(body: bytes) -> dict[str, Any]:
    return readable(ubl.read(body))
