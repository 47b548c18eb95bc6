"""The routes that every feature with tools or an agent has; the gateway offers them to all."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from finnest.agents import messages as m
from finnest.agents.grants import check
from finnest.agents.guard import Guard
from finnest.agents.looking import SEES_ALL, Looking
from finnest.agents.runs import Runs
from finnest.agents.threads import KIND as THREAD
from finnest.agents.tools import Toolbox, ToolContext
from finnest.agents.views import page
from finnest.context import GRANT_HEADER, Caller
from finnest.errors import Invalid, Missing
from finnest.feature import Kit
from finnest.ids import derived, kind_of
from finnest.paging import page_of
from finnest.web.caller import RequestName, Who
from finnest.web.paging import After, Limit


class AskBody(BaseModel):
    """What a person says to an agent."""

    text: str = Field(min_length=1, max_length=m.TEXT_CHARS)
    thread: str | None = Field(default=None, max_length=60)


class DecisionBody(BaseModel):
    """The user's decision about what the run waits for."""

    decision: Literal["approve", "reject"]
    args_hash: str = Field(min_length=64, max_length=64)
    reason: str = Field(default="", max_length=500)


class ForkBody(BaseModel):
    """From where, and with which words, another run goes on."""

    at: int = Field(ge=0)
    """The last version that is kept."""
    text: str = Field(min_length=1, max_length=m.TEXT_CHARS)


def tool_router(kit: Kit, toolbox: Toolbox, guard: Guard) -> APIRouter:
    """Return the routes of a feature's tools."""
    router = APIRouter()

    @router.get("/tools")
    async def tools() -> dict[str, Any]:
        """Return the feature's tools with the schemas of their arguments."""
        return {"items": [spec.wire_data() for spec in toolbox.specs()], "next": None}

    @router.post("/tools/{name}/preview")
    async def preview(name: str, body: dict[str, Any], who: Who, request: RequestName) -> dict[str, Any]:
        """Return what a use would do."""
        one = toolbox.find(name)
        if one.preview is None:
            raise Missing("no-preview", "this tool only reads")
        result = await one.preview(ToolContext(kit, who, request), **one.read(body))
        return result.wire_data()

    @router.post("/tools/{name}")
    async def use(
        name: str, body: dict[str, Any], who: Who, request: RequestName, raw: Request
    ) -> dict[str, Any]:
        """Use a tool."""
        one = toolbox.find(name)
        arguments = one.read(body)
        granted = check(kit, guard, who, one.name, one.effect, body, raw.headers.get(GRANT_HEADER, ""))
        mine = granted.run if kind_of(granted.run) == kit.manifest.name else ""
        result = await one.work(ToolContext(kit, who, request, granted.tainted, mine), **arguments)
        return result.wire_data()

    return router


def run_router(kit: Kit, runs: Runs) -> APIRouter:
    """Return the routes of an agent's runs."""
    router = APIRouter()
    looking = Looking(kit)
    _ask_routes(router, kit, runs, looking)
    _look_routes(router, kit, looking)
    _decide_routes(router, kit, runs, looking)
    return router


def _ask_routes(router: APIRouter, kit: Kit, runs: Runs, looking: Looking) -> None:
    feature = kit.manifest.name

    async def begin(who: Caller, command: m.AskAgent, request: str, wait_s: float) -> Response:
        id = derived(feature, who.tenant, who.user, request)
        outcome = await kit.commands.send(id, command, who, request=request)
        links = {"self": f"/v1/runs/{id}", "events": f"/v1/runs/{id}/events"}
        first = {"run": id, "thread": command.thread, "status": "accepted", "links": links}
        if outcome is None:
            return JSONResponse(first, 202)
        if wait_s > 0:
            run = await looking.settled(who, id, wait_s)
            if run.ended or run.status == "waiting":
                return JSONResponse(first | await looking.told(who, id))
        return JSONResponse(first | outcome.reply, 202)

    @router.post("/agent/messages", status_code=202)
    async def ask(
        body: AskBody, who: Who, request: RequestName, wait: Annotated[float, Query(ge=0, le=60)] = 0
    ) -> Response:
        """Say something to the agent; `wait` returns the run when it is done or waits for a person."""
        thread = body.thread or derived(THREAD, who.tenant, who.user, request)
        if kind_of(thread) != THREAD:
            raise Invalid("bad-thread", "a thread is named by what an earlier answer said")
        known, _ = await kit.streams.state(who.tenant, thread)
        if known.user not in ("", who.user):
            raise Missing("no-such-thread", "there is no such thread")
        command = runs.wires.make(m.AskAgent, text=body.text, thread=thread, roles=who.roles)
        return await begin(who, command, request, wait)

    @router.post("/runs/{id}/fork", status_code=202)
    async def fork_run(id: str, body: ForkBody, who: Who, request: RequestName) -> Response:
        """Begin another run that knows this one up to a version; nothing of it is done again."""
        await looking.at(who, id)
        origin = m.Origin(run=id, version=body.at)
        thread = derived(THREAD, who.tenant, who.user, request)
        command = runs.wires.make(m.AskAgent, text=body.text, thread=thread, roles=who.roles, origin=origin)
        return await begin(who, command, request, 0)


def _look_routes(router: APIRouter, kit: Kit, looking: Looking) -> None:
    @router.get("/runs")
    async def list_runs(
        who: Who,
        status: str | None = None,
        limit: Limit = 50,
        after: After = None,
    ) -> dict[str, Any]:
        """Return runs, newest first: one's own, or all for an admin or auditor."""
        user = None if set(SEES_ALL) & set(who.roles) else who.user
        rows = await kit.views.read(page(who.tenant, user, status, after, limit + 1))
        return page_of(rows, limit, "at", lambda row: {k: v for k, v in row.items() if k != "tenant"})

    @router.get("/runs/{id}")
    async def get_run(id: str, who: Who) -> dict[str, Any]:
        """Return a run with its steps and cost."""
        return await looking.told(who, id)

    @router.get("/runs/{id}/events")
    async def run_events(
        id: str,
        who: Who,
        after: Annotated[int, Query(ge=0)] = 0,
        wait: Annotated[float, Query(ge=0, le=15)] = 0,
    ) -> dict[str, Any]:
        """Return the events after a version, waiting for the first one; `ended` when none will follow."""
        return await looking.events(who, id, after, wait)


def _decide_routes(router: APIRouter, kit: Kit, runs: Runs, looking: Looking) -> None:
    async def tell(
        kind: type[m.CancelRun | m.PauseRun | m.ResumeRun], id: str, who: Caller, request: str
    ) -> Any:
        await looking.at(who, id)
        await kit.commands.send(id, runs.wires.make(kind, roles=who.roles), who, request=request)
        return await looking.told(who, id)

    @router.post("/runs/{id}/cancel")
    async def cancel_run(id: str, who: Who, request: RequestName) -> dict[str, Any]:
        """Stop a run."""
        return await tell(m.CancelRun, id, who, request)

    @router.post("/runs/{id}/pause")
    async def pause_run(id: str, who: Who, request: RequestName) -> dict[str, Any]:
        """Let a run begin nothing more until it is resumed."""
        return await tell(m.PauseRun, id, who, request)

    @router.post("/runs/{id}/resume")
    async def resume_run(id: str, who: Who, request: RequestName) -> dict[str, Any]:
        """Let a paused run go on."""
        return await tell(m.ResumeRun, id, who, request)

    @router.post("/runs/{id}/decisions")
    async def decide_call(
        id: str,
        body: DecisionBody,
        who: Who,
        request: RequestName,
        wait: Annotated[float, Query(ge=0, le=60)] = 0,
    ) -> dict[str, Any]:
        """Approve or reject exactly what the run asked its user."""
        await looking.at(who, id)
        command = runs.wires.make(m.DecideCall, **body.model_dump(), roles=who.roles)
        await kit.commands.send(id, command, who, request=request)
        if wait:
            await looking.settled(who, id, wait)
        return await looking.told(who, id)
