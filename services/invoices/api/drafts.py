"""Invoices on paper: a PDF becomes a draft, people correct and confirm it, and then it is an invoice like any other."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from finnest.context import Caller
from finnest.errors import Denied, Missing, Stale
from finnest.feature import Kit
from finnest.paging import page_of
from finnest.web.caller import RawBody, RequestName, Who
from finnest.web.documents import SAFE
from finnest.web.paging import After, Limit
from services.invoices.agent.drafter import draft_id
from services.invoices.documents import ubl
from services.invoices.documents.page import page
from services.invoices.documents.paper import Paper, troubles
from services.invoices.documents.paper_ubl import written
from services.invoices.documents.readable import readable
from services.invoices.domain.drafts import ConfirmDraft, CorrectDraft, Draft, ReadDraft, seen
from services.invoices.ports import Texts
from services.invoices.views import drafts


class CorrectBody(BaseModel):
    """The values as they ought to be, all of them, and which ones were corrected."""

    model_config = ConfigDict(extra="forbid")

    seen: str = Field(min_length=64, max_length=64)
    paper: Paper


class ConfirmBody(BaseModel):
    """Which values are confirmed."""

    model_config = ConfigDict(extra="forbid")

    seen: str = Field(min_length=64, max_length=64)


def router(kit: Kit, texts: Texts) -> APIRouter:
    """Return the routes of drafts."""
    routes = APIRouter()
    _read_routes(routes, kit, texts)
    _look_routes(routes, kit)
    _decide_routes(routes, kit)
    return routes


async def draft_of(kit: Kit, who: Caller, id: str) -> Draft:
    """Return the draft; raises `Missing` when it is not the caller's."""
    state, version = await kit.streams.state(who.tenant, id)
    if version == 0 or not isinstance(state, Draft):
        raise Missing("no-such-draft", "there is no such draft")
    return state


def shown(id: str, draft: Draft) -> dict[str, Any]:
    """Return a draft as people and programs see it: values, what was not found, and why it is no invoice yet."""
    links = {name: f"/v1/invoice-drafts/{id}/{name}" for name in ("document", "text")}
    if draft.invoice_id:
        links["invoice"] = f"/v1/invoices/{draft.invoice_id}"
    return {
        "id": id,
        "status": draft.status,
        "paper": draft.paper.model_dump(mode="json"),
        "seen": seen(draft.paper),
        "not_found": list(draft.unread),
        "troubles": troubles(draft.paper) if draft.status == "open" else [],
        "pages": draft.pages,
        "pages_left_out": draft.pages_left_out,
        "reason": draft.reason or None,
        "links": {"self": f"/v1/invoice-drafts/{id}", **links},
    }


def _read_routes(routes: APIRouter, kit: Kit, texts: Texts) -> None:
    @routes.post("/v1/invoice-drafts", status_code=201)
    async def read_draft(raw: RawBody, who: Who, request: RequestName) -> Response:
        """Read a PDF into a draft that a person confirms; the same bytes are the same draft."""
        id = draft_id(hashlib.sha256(raw).hexdigest())
        known, version = await kit.streams.state(who.tenant, id)
        if version and isinstance(known, Draft):
            return JSONResponse(shown(id, known), 200)
        read = await texts.read(raw)
        command = ReadDraft(
            sha256=await kit.blobs.put(who.tenant, raw),
            text_sha256=await kit.blobs.put(who.tenant, read.text.encode()),
            pages=read.pages,
            pages_left_out=read.pages_left_out,
            paper=read.paper,
        )
        outcome = await kit.commands.send(id, command, who, request=request)
        if outcome is None:
            links = {"self": f"/v1/invoice-drafts/{id}"}
            return JSONResponse({"id": id, "status": "received", "links": links}, 202)
        return JSONResponse(shown(id, await draft_of(kit, who, id)), 201)


def _look_routes(routes: APIRouter, kit: Kit) -> None:
    @routes.get("/v1/invoice-drafts")
    async def list_drafts(who: Who, limit: Limit = 50, after: After = None) -> dict[str, Any]:
        """Return drafts, newest first."""
        rows = await kit.views.read(drafts(who.tenant, after, limit + 1))
        return page_of(rows, limit, "read_at", lambda row: {k: v for k, v in row.items() if k != "tenant"})

    @routes.get("/v1/invoice-drafts/{id}")
    async def get_draft(id: str, http: Request, who: Who) -> Response:
        """Return a draft: its values, or a page to read (Accept: text/html)."""
        draft = await draft_of(kit, who, id)
        if "text/html" in http.headers.get("accept", ""):
            told = await asyncio.to_thread(_page, draft)
            return Response(told, media_type="text/html", headers=SAFE)
        return JSONResponse(shown(id, draft))

    @routes.get("/v1/invoice-drafts/{id}/document")
    async def get_draft_document(id: str, who: Who) -> Response:
        """Return the PDF as it came, as a download."""
        draft = await draft_of(kit, who, id)
        content = await kit.blobs.get(who.tenant, draft.sha256)
        headers = {**SAFE, "content-disposition": f'attachment; filename="{id}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    @routes.get("/v1/invoice-drafts/{id}/text")
    async def get_draft_text(id: str, who: Who) -> Response:
        """Return the text that was read; somebody outside wrote it."""
        draft = await draft_of(kit, who, id)
        content = await kit.blobs.get(who.tenant, draft.text_sha256)
        return Response(content, media_type="text/plain; charset=utf-8", headers=SAFE)


def _decide_routes(routes: APIRouter, kit: Kit) -> None:
    @routes.put("/v1/invoice-drafts/{id}")
    async def correct_draft(id: str, body: CorrectBody, who: Who, request: RequestName) -> Response:
        """Replace the values of an open draft; `seen` names those that are replaced."""
        await draft_of(kit, who, id)
        command = CorrectDraft(seen=body.seen, paper=body.paper)
        outcome = await kit.commands.send(id, command, who, request=request)
        return JSONResponse(shown(id, await draft_of(kit, who, id)), 200 if outcome else 202)

    @routes.post("/v1/invoice-drafts/{id}/confirm", status_code=202)
    async def confirm_draft(id: str, body: ConfirmBody, who: Who, request: RequestName) -> Response:
        """Send exactly these values in as an invoice, with the PDF inside; a person does, and nobody else."""
        if who.agent or who.intake:
            raise Denied("people-only", "a person confirms what was read")
        draft = await draft_of(kit, who, id)
        if body.seen != seen(draft.paper):
            raise Stale("changed", "the values have changed meanwhile; look again")
        copy = await kit.blobs.get(who.tenant, draft.sha256)
        document = await asyncio.to_thread(written, draft.paper, copy)
        command = ConfirmDraft(seen=body.seen, ubl_sha256=await kit.blobs.put(who.tenant, document))
        await kit.commands.send(id, command, who, request=request)
        return JSONResponse(shown(id, await draft_of(kit, who, id)), 202)


def _page(draft: Draft) -> str:
    values = readable(ubl.read(written(draft.paper)))
    told = troubles(draft.paper)
    notes = [f"Draft read from a PDF of {draft.pages} page(s): {draft.status}."]
    notes += (
        [f"Not found: {', '.join(name.replace('_', ' ') for name in draft.unread)}."] if draft.unread else []
    )
    return page({**values, "notes": [*notes, *told]})
