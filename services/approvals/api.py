"""The routes of approvals: list, look, decide."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from finnest.errors import Missing
from finnest.feature import Kit
from finnest.paging import page_of
from finnest.web.caller import RequestName, Who
from finnest.web.paging import After, Limit
from services.approvals.domain import Approval, DecideApproval
from services.approvals.views import page


class DecisionBody(BaseModel):
    """One person's decision."""

    decision: Literal["approve", "reject"]
    args_hash: str = Field(min_length=64, max_length=64)
    reason: str = Field(default="", max_length=500)


def router(kit: Kit) -> APIRouter:
    """Return the feature's routes."""
    routes = APIRouter(tags=["approvals"])

    @routes.get("/v1/approvals")
    async def list_approvals(
        who: Who,
        state: Literal["open", "approved", "rejected", "expired", "withdrawn"] | None = None,
        limit: Limit = 50,
        after: After = None,
    ) -> dict[str, Any]:
        """Return approvals, oldest first."""
        rows = await kit.views.read(page(who.tenant, state, after, limit + 1))
        return page_of(rows, limit, "opened_at", _row)

    @routes.get("/v1/approvals/{id}")
    async def get_approval(id: str, who: Who) -> dict[str, Any]:
        """Return one approval with the exact action and its hash."""
        state, _ = await kit.streams.state(who.tenant, id)
        if not isinstance(state, Approval) or state.ask is None:
            raise Missing("no-such-approval", "there is no such approval")
        decisions = [decision.wire_data() for decision in state.decisions]
        return _shown(id, state.state, state.ask.wire_data(), decisions)

    @routes.post("/v1/approvals/{id}/decisions")
    async def decide_approval(id: str, body: DecisionBody, who: Who, request: RequestName) -> Response:
        """Approve or reject exactly what was shown."""
        command = DecideApproval(
            decision=body.decision, args_hash=body.args_hash, reason=body.reason, roles=who.roles
        )
        outcome = await kit.commands.send(id, command, who, request=request)
        links = {"self": f"/v1/approvals/{id}"}
        if outcome is None:
            return JSONResponse({"id": id, "state": "accepted", "links": links}, 202)
        return JSONResponse({"id": id, **outcome.reply, "links": links})

    return routes


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return _shown(row["id"], row["state"], row["ask"], row["decisions"])


def _shown(id: str, state: str, ask: dict[str, Any], decisions: list[dict[str, Any]]) -> dict[str, Any]:
    fields = ("feature", "thing", "action", "args", "args_hash", "why", "risk")
    fields += ("requested_by", "excluded", "needs", "expires_at")
    return {
        "id": id,
        "state": state,
        **{name: ask.get(name) for name in fields},
        "decisions": decisions,
    }
