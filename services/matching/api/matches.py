"""Matches: list, look, accept, reject."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from finnest.context import Caller
from finnest.errors import Missing
from finnest.feature import Kit
from finnest.records import Command
from finnest.web.caller import RequestName, Who
from finnest.web.paging import After, Limit
from services.matching.agent.archive import Archive
from services.matching.api.listing import history, page
from services.matching.documents.identity import match_id
from services.matching.domain.match import MatchState
from services.matching.domain.match_messages import AcceptMatch, RejectMatch
from services.matching.domain.matching import Result
from services.matching.views import MATCHES

_SHOWN = {"waiting": "unmatched", "replaced": "cancelled"}


class ReasonBody(BaseModel):
    """Why a person decides so."""

    reason: str = Field(min_length=1, max_length=500)


def add_to(routes: APIRouter, kit: Kit, archive: Archive) -> None:
    """Add the routes of matches."""

    @routes.get("/v1/matches")
    async def list_matches(
        who: Who,
        status: Literal["unmatched", "exception", "matched", "rejected", "cancelled"] | None = None,
        limit: Limit = 50,
        after: After = None,
    ) -> dict[str, Any]:
        """Return matches, newest first."""
        names = ("invoice_id", "number", "supplier", "status", "reason")

        def listed(row: dict[str, Any]) -> dict[str, Any]:
            return {**{name: row[name] for name in names}, "links": _links(row["invoice_id"])}

        return await page(kit, MATCHES, who.tenant, status, after, limit, listed)

    @routes.get("/v1/matches/{invoice_id}")
    async def get_match(invoice_id: str, who: Who) -> dict[str, Any]:
        """Return how an invoice compares: each line, each finding with the numbers on both sides."""
        id = match_id(invoice_id)
        state, _ = await kit.streams.state(who.tenant, id)
        if not isinstance(state, MatchState) or not state.status:
            raise Missing("no-such-match", "this invoice has not been compared")
        result = await archive.read(who.tenant, Result, state.report) if state.report else Result()
        return {
            "invoice_id": invoice_id,
            "number": state.data.get("number"),
            "supplier": state.data.get("supplier"),
            "status": _SHOWN.get(state.status, state.status),
            "orders": state.orders,
            "findings": [f.wire_data() for f in result.findings or state.findings],
            "lines": [line.model_dump(mode="json") for line in result.lines],
            "accepted_by": state.accepted or None,
            "reason": state.reason or None,
            "history": history(await kit.streams.history(who.tenant, id)),
            "links": _links(invoice_id),
        }

    @routes.post("/v1/matches/{invoice_id}/accept")
    async def accept_match(invoice_id: str, body: ReasonBody, who: Who, request: RequestName) -> Response:
        """Let an invoice go on although it differs or its papers are missing."""
        return await _told(kit, invoice_id, AcceptMatch(reason=body.reason, roles=who.roles), who, request)

    @routes.post("/v1/matches/{invoice_id}/reject")
    async def reject_match(invoice_id: str, body: ReasonBody, who: Who, request: RequestName) -> Response:
        """Refuse an invoice that differs or whose papers are missing."""
        return await _told(kit, invoice_id, RejectMatch(reason=body.reason), who, request)


async def _told(kit: Kit, invoice_id: str, command: Command, who: Caller, request: str) -> Response:
    outcome = await kit.commands.send(match_id(invoice_id), command, who, request=request)
    status = outcome.reply["status"] if outcome else "received"
    content = {"invoice_id": invoice_id, "status": status, "links": _links(invoice_id)}
    return JSONResponse(content, 200 if outcome else 202)


def _links(invoice_id: str) -> dict[str, str]:
    return {"self": f"/v1/matches/{invoice_id}", "invoice": f"/v1/invoices/{invoice_id}"}
