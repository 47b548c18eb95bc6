"""The routes of budgets: look, set; and for agents: reserve, settle, ask whether anything may run."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from finnest.errors import Denied, Throttled, TimedOut
from finnest.feature import Kit
from finnest.web.caller import RequestName, Who
from services.budgets.domain.budget import HELD_AT_MOST, SCOPES_AT_MOST, THING, Budget, stopped
from services.budgets.domain.messages import Limit, Reserve, SetLimit, Settle, Used

Amount = Annotated[int | None, Field(ge=0, le=10**15)]
Counted = Annotated[int, Field(ge=0, le=10**15)]
Scopes = Annotated[list[str], Field(min_length=1, max_length=SCOPES_AT_MOST)]


class LimitBody(BaseModel):
    """What a level may spend in a month, and whether it is stopped."""

    tokens: Amount = None
    micros: Amount = None
    stopped: bool = False


class ReserveBody(BaseModel):
    """What a model call may cost at most."""

    key: str = Field(min_length=1, max_length=200)
    scopes: Scopes
    tokens: Counted
    micros: Counted


class SettleBody(BaseModel):
    """What it cost."""

    key: str = Field(min_length=1, max_length=200)
    tokens: Counted
    micros: Counted


def router(kit: Kit) -> APIRouter:
    """Return the feature's routes."""
    routes = APIRouter(tags=["budgets"])

    async def budget(tenant: str) -> Budget:
        state, _ = await kit.streams.state(tenant, THING)
        return state

    @routes.get("/v1/budgets")
    async def list_budgets(who: Who) -> dict[str, Any]:
        """Return every level that has a limit or has spent something this month."""
        state = await budget(who.tenant)
        scopes = sorted({"tenant", *state.limits, *state.used})
        return {"items": [_shown(state, scope) for scope in scopes], "next": None}

    @routes.get("/v1/budgets/{scope}")
    async def get_budget(scope: str, who: Who) -> dict[str, Any]:
        """Return one level: limit, spent, reserved."""
        return _shown(await budget(who.tenant), scope)

    @routes.put("/v1/budgets/{scope}")
    async def set_budget(scope: str, body: LimitBody, who: Who, request: RequestName) -> dict[str, Any]:
        """Set what a level may spend; `stopped` lets nothing of it run from now on."""
        who.need("admin")
        command = SetLimit(scope=scope, limit=Limit.model_validate(body.model_dump()))
        if await kit.commands.send(THING, command, who, request=request) is None:
            raise TimedOut("slow", "the limit is on its way; look again")
        return _shown(await budget(who.tenant), scope)

    @routes.post("/reservations", include_in_schema=False)
    async def reserve(body: ReserveBody, who: Who, request: RequestName) -> dict[str, Any]:
        """Put an amount aside on all levels, or on none."""
        command = Reserve.model_validate(body.model_dump())
        outcome = await kit.commands.send(THING, command, who, request=request)
        if outcome is None:
            raise TimedOut("slow", "the reservation is on its way; ask again with the same key")
        if not outcome.reply["reserved"]:
            raise Throttled("too-many-at-once", f"at most {HELD_AT_MOST} model calls of a tenant at once")
        return {"reserved": True}

    @routes.post("/settlements", include_in_schema=False)
    async def settle(body: SettleBody, who: Who, request: RequestName) -> dict[str, Any]:
        """Count what was spent."""
        command = Settle.model_validate(body.model_dump())
        await kit.commands.send(THING, command, who, request=request)
        return {"settled": True}

    @routes.get("/running", include_in_schema=False)
    async def running(
        who: Who, scope: Annotated[list[str], Query(max_length=SCOPES_AT_MOST)]
    ) -> dict[str, Any]:
        """Return when all of these levels may run; refused when one is stopped."""
        level = stopped(await budget(who.tenant), scope)
        if level is not None:
            raise Denied("stopped", f"{level} is stopped by an admin")
        return {"running": True}

    return routes


def _shown(state: Budget, scope: str) -> dict[str, Any]:
    limit, used = state.limits.get(scope, Limit()), state.used.get(scope, Used())
    reserved = state.reserved(scope)
    return {
        "scope": scope,
        "month": state.month or None,
        "limit": {"tokens": limit.tokens, "micros": limit.micros},
        "stopped": limit.stopped,
        "spent": used.model_dump(),
        "reserved": reserved.model_dump(),
    }
