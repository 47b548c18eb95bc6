"""Routes that every feature has: ping, dead letters, its own API description."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi

from finnest.clock import fresh_id
from finnest.context import Caller
from finnest.errors import TimedOut
from finnest.feature import Feature, Kit
from finnest.ids import derived
from finnest.letters import Letters, Pings, listed
from finnest.web.caller import RequestName, Who

PLATFORM = Caller(tenant="platform", user="platform")


def kernel_router(
    kit: Kit, feature: Feature, pings: Pings, letters: Letters, others: Sequence[APIRouter] = ()
) -> APIRouter:
    """Return the kernel's routes for a feature; `others` are described with its own."""
    router = APIRouter()
    described: dict[str, Any] = {}

    @router.post("/ping")
    async def ping() -> dict[str, Any]:
        """Return when a command has been through bus, actor and store."""
        thing = derived("ping", fresh_id())
        outcome = await kit.commands.send(thing, pings.command(), PLATFORM, request=thing)
        if outcome is None:
            raise TimedOut("ping-slow", "the bus has not answered within 2 s")
        return outcome.reply

    @router.get("/dead-letters")
    async def dead_letters(
        who: Who,
    ) -> dict[str, Any]:
        """Return the tenant's dead letters of this feature, newest first."""
        return {"items": await kit.views.read(listed(who.tenant)), "next": None}

    @router.post("/dead-letters/{letter}/replay")
    async def replay(letter: str, who: Who, request: RequestName) -> dict[str, Any]:
        """Put a dead letter on the bus again."""
        outcome = await kit.commands.send(letter, letters.replay(), who, request=request)
        return {
            "id": letter,
            "status": (outcome.reply if outcome else {}).get("status", "accepted"),
        }

    @router.get("/openapi.json")
    async def openapi() -> dict[str, Any]:
        """Return the description of the feature's own routes."""
        own = [feature.router] if feature.router is not None else []
        routes = [route for one in (*own, *others) for route in one.routes]
        if not described and routes:
            described.update(
                get_openapi(
                    title=kit.manifest.name,
                    version="1",
                    description=kit.manifest.summary,
                    routes=routes,
                )
            )
        return described

    return router
