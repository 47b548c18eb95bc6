"""Agents, tools and runs of all features, under one set of paths."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from finnest.context import Caller
from finnest.errors import FinnestError, Later, Missing
from finnest.feature import Kit
from finnest.ids import kind_of
from finnest.paging import cursor
from finnest.ports import Answer
from services.gateway.domain import Admission

POLL_S = 10.0
"""How long a feature may hold one question for new events."""
STREAMS_AT_ONCE = 32
"""Streams of events that a tenant may have open."""
RUNS_A_PAGE = 50

Pass = Callable[[Request, str, str], Awaitable[Response]]
Call = Callable[[Request, Caller, str, str], Awaitable[Answer]]


class _Counted(StreamingResponse):
    """A stream of events that counts as open until it ends, however it ends."""

    def __init__(
        self, events: AsyncGenerator[str], streams: Admission, tenant: str, headers: dict[str, str]
    ) -> None:
        super().__init__(events, media_type="text/event-stream", headers=headers)
        self._streams = streams
        self._tenant = tenant

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.leave(self._tenant)


class Agents:
    """Finds the feature behind an agent, a tool or a run; the feature does the rest."""

    def __init__(self, kit: Kit, identify: Callable[[Request], Caller], call: Call, forward: Pass) -> None:
        self._kit = kit
        self._identify = identify
        self._call = call
        self._forward = forward
        self._streams = Admission(STREAMS_AT_ONCE)
        self._agents = {m.agent: m for m in kit.manifests if m.agent is not None and not m.is_native}

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        app.add_route("/v1/agents", self._list_agents, ["GET"])
        app.add_route("/v1/agents/{agent}/messages", self._ask, ["POST"])
        app.add_route("/v1/tools", self._list_tools, ["GET"])
        app.add_route("/v1/tools/{name}", self._use_tool, ["POST"])
        app.add_route("/v1/runs", self._list_runs, ["GET"])
        app.add_route("/v1/runs/{id}", self._run, ["GET"])
        app.add_route("/v1/runs/{id}/events", self._events, ["GET"])
        for what in ("cancel", "pause", "resume", "decisions", "fork"):
            app.add_route(f"/v1/runs/{{id}}/{what}", self._run, ["POST"])

    async def _list_agents(self, request: Request) -> Response:
        self._identify(request)
        items = [
            {
                "name": name,
                "feature": m.name,
                "summary": m.summary,
                "tools": [t.name for t in m.tools],
                "uses": m.uses,
                "asks": m.asks,
            }
            for name, m in sorted(self._agents.items())
        ]
        return JSONResponse({"items": items, "next": None})

    async def _ask(self, request: Request) -> Response:
        manifest = self._agents.get(request.path_params["agent"])
        if manifest is None:
            names = ", ".join(sorted(self._agents))
            raise Missing("no-such-agent", f"there is no such agent; there are {names}")
        return await self._forward(request, manifest.name, "/agent/messages")

    async def _list_tools(self, request: Request) -> Response:
        caller = self._identify(request)
        names = [m.name for m in self._kit.manifests if m.tools]
        found = await asyncio.gather(*(self._read(request, caller, name, "/tools") for name in names))
        there = [answer for answer in found if answer is not None and answer.status == 200]
        items = [tool for answer in there for tool in json.loads(answer.body)["items"]]
        silent = [n for n, answer in zip(names, found, strict=True) if answer not in there]
        return JSONResponse({"items": items, "next": None, "silent": silent})

    async def _use_tool(self, request: Request) -> Response:
        feature, _, tool = request.path_params["name"].partition(".")
        if not any(m.name == feature and any(t.name == tool for t in m.tools) for m in self._kit.manifests):
            raise Missing("no-such-tool", "there is no such tool; see /v1/tools")
        return await self._forward(request, feature, f"/tools/{tool}")

    async def _list_runs(self, request: Request) -> Response:
        """Runs of all agents, newest first; each feature gives a page, and the newest of all are one."""
        caller = self._identify(request)
        query = f"?{request.url.query}" if request.url.query else ""
        names = [m.name for m in self._agents.values()]
        found = await asyncio.gather(*(self._read(request, caller, name, f"/runs{query}") for name in names))
        refused = next((answer for answer in found if answer is not None and answer.status == 422), None)
        if refused is not None:
            return Response(refused.body, refused.status, media_type=refused.content_type)
        pages = [json.loads(answer.body) for answer in found if answer is not None and answer.status == 200]
        items = [run for page in pages for run in page["items"]]
        items.sort(key=lambda run: (run["at"], run["id"]), reverse=True)
        asked = request.query_params.get("limit", "")
        limit = int(asked) if asked.isdigit() else RUNS_A_PAGE
        more = len(items) > limit or any(page["next"] for page in pages)
        items = items[:limit]
        after = cursor(items[-1]["at"], items[-1]["id"]) if more and items else None
        silent = [n for n, answer in zip(names, found, strict=True) if answer is None or answer.status != 200]
        return JSONResponse({"items": items, "next": after, "silent": silent})

    async def _run(self, request: Request) -> Response:
        id = request.path_params["id"]
        rest = request.url.path.removeprefix(f"/v1/runs/{id}")
        return await self._forward(request, self._home(id), f"/runs/{id}{rest}")

    async def _events(self, request: Request) -> Response:
        """The events of a run: as server-sent events when asked for, else as JSON."""
        caller = self._identify(request)
        id = request.path_params["id"]
        feature = self._home(id)
        if "text/event-stream" not in request.headers.get("accept", ""):
            return await self._forward(request, feature, f"/runs/{id}/events")
        first = await self._call(request, caller, feature, f"/runs/{id}")
        if first.status != 200:
            return Response(first.body, first.status, media_type=first.content_type)
        last = request.headers.get("last-event-id", "0")
        after = int(last) if last.isdigit() else 0
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        self._streams.enter(caller.tenant)
        stream = self._stream(request, caller, feature, id, after)
        return _Counted(stream, self._streams, caller.tenant, headers)

    async def _stream(
        self, request: Request, caller: Caller, feature: str, id: str, after: int
    ) -> AsyncGenerator[str]:
        while not await request.is_disconnected():
            try:
                answer = await self._call(
                    request, caller, feature, f"/runs/{id}/events?after={after}&wait={POLL_S}"
                )
            except Later:
                yield ": the feature does not answer now\n\n"
                await asyncio.sleep(1.0)
                continue
            if answer.status != 200:
                return
            told = json.loads(answer.body)
            for event in told["items"]:
                after = event["version"]
                yield f"id: {after}\nevent: {event['type']}\ndata: {json.dumps(event)}\n\n"
            if told["ended"]:
                yield f"event: end\ndata: {json.dumps({'status': told['status']})}\n\n"
                return
            yield ": still here\n\n"

    async def _read(self, request: Request, caller: Caller, feature: str, path: str) -> Answer | None:
        """Return a feature's answer, or None when it does not answer."""
        try:
            return await self._call(request, caller, feature, path)
        except FinnestError:
            return None

    def _home(self, run: str) -> str:
        feature = kind_of(run)
        if not any(m.name == feature for m in self._agents.values()):
            raise Missing("no-such-run", "there is no such run")
        return feature
