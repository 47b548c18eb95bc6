"""What people decide about an invoice here: that a duplicate is none."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from finnest.feature import Kit
from finnest.web.caller import RequestName, Who
from services.invoices.api.looking import state_of
from services.invoices.domain.messages import SayDifferent


class ReasonBody(BaseModel):
    """Why a person decides so."""

    reason: str = Field(min_length=1, max_length=500)


def router(kit: Kit) -> APIRouter:
    """Return the routes of decisions."""
    routes = APIRouter()

    @routes.post("/v1/invoices/{id}/not-duplicate")
    async def say_not_duplicate(id: str, body: ReasonBody, who: Who, request: RequestName) -> Response:
        """Let an invoice with the status `duplicate` go on as flagged; whoever sent it in may not."""
        await state_of(kit, who, id)
        command = SayDifferent(reason=body.reason)
        outcome = await kit.commands.send(id, command, who, request=request)
        shown = {"id": id, "status": "received", "links": {"self": f"/v1/invoices/{id}"}}
        return JSONResponse(shown, 200 if outcome else 202)

    return routes
