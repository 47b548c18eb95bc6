"""What the supplier was told: every response as it was written, and the newest."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from finnest.context import Caller
from finnest.errors import Invalid, Missing
from finnest.feature import Kit
from finnest.web.caller import Who
from services.invoices.api.looking import state_of
from services.invoices.api.own import TOLD


def router(kit: Kit) -> APIRouter:
    """Return the routes of responses."""
    routes = APIRouter()

    @routes.get("/v1/invoices/{id}/response")
    async def get_response(id: str, who: Who) -> Response:
        """Return the newest Peppol invoice response (T111) as it was written."""
        told = await _told(kit, who, id)
        if not told:
            raise Missing("no-response", "the supplier has not been told anything yet")
        newest = max(range(len(told)), key=lambda n: (told[n]["told_at"], n))
        return await _written(kit, who, id, told[newest], newest + 1)

    @routes.get("/v1/invoices/{id}/responses")
    async def list_responses(id: str, who: Who) -> dict[str, Any]:
        """Return everything that the supplier was told, oldest first.

        Each has `number`, `code` (AB, IP, UQ, AP, PD or RE), `told_at`, `reasons`, and either `sha256` of the XML
        with a link to it or `unanswerable`: why none could be written.
        """
        told = await _told(kit, who, id)
        items = [_listed(id, number, data) for number, data in enumerate(told, 1)]
        return {"items": sorted(items, key=lambda item: item["told_at"]), "next": None}

    @routes.get("/v1/invoices/{id}/responses/{n}")
    async def get_one_response(id: str, n: Annotated[int, Path(ge=1)], who: Who) -> Response:
        """Return one response as it was written; `n` is its `number` in the list."""
        told = await _told(kit, who, id)
        if n > len(told):
            raise Missing("no-response", "the supplier was told nothing under this number")
        return await _written(kit, who, id, told[n - 1], n)

    return routes


async def _told(kit: Kit, who: Caller, id: str) -> list[dict[str, Any]]:
    await state_of(kit, who, id)
    return [entry.data for entry in await kit.streams.history(who.tenant, id) if entry.type in TOLD]


def _listed(id: str, number: int, data: dict[str, Any]) -> dict[str, Any]:
    shown = {"number": number, "code": data["code"], "told_at": data["told_at"], "reasons": data["reasons"]}
    if "unanswerable" in data:
        return {**shown, "unanswerable": data["unanswerable"], "links": {}}
    links = {"self": f"/v1/invoices/{id}/responses/{number}"}
    return {**shown, "sha256": data["sha256"], "links": links}


async def _written(kit: Kit, who: Caller, id: str, data: dict[str, Any], number: int) -> Response:
    if "unanswerable" in data:
        raise Invalid("unanswerable", f"no response can be written: {data['unanswerable']}")
    body = await kit.blobs.get(who.tenant, data["sha256"])
    headers = {
        "x-content-type-options": "nosniff",
        "content-disposition": f'attachment; filename="{id}-response-{number}.xml"',
    }
    return Response(body, media_type="application/xml", headers=headers)
