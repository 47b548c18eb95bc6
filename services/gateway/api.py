"""The public app: every request is identified, admitted, forwarded through the sidecar, and answered."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from finnest.clock import fresh_id
from finnest.context import HEADER, REQUEST_HEADER, Caller, sign
from finnest.errors import FinnestError, Invalid
from finnest.feature import Kit
from finnest.ids import digest
from finnest.ports import Answer
from finnest.web import problems
from finnest.web.guard import BodyLimit, Traced
from finnest.web.idempotency import Idempotency, Kept
from services.gateway.agents import Agents
from services.gateway.describe import described, docs_page, feature_list
from services.gateway.domain import Admission, Routes
from services.gateway.ports import Identities

BODY_BYTES = 6 * 1024 * 1024
"""A document of 5 MiB as JSON text still fits."""
FORWARD_S = 20.0
LONGEST_WAIT_S = 60.0
KEY_CHARS = 200
PASSED_ON = ("content-type", "accept")
PASSED_BACK = (
    "retry-after",
    "content-disposition",
    "content-security-policy",
    "etag",
    "x-content-type-options",
)


class Gateway:
    """Forwards public requests to the features that declare them."""

    def __init__(self, kit: Kit, identities: Identities) -> None:
        self._kit = kit
        self._identities = identities
        self._routes = Routes(kit.manifests)
        self._admission = Admission()
        self._answers = Idempotency(kit.store, kit.manifest.name, kit.clock)

    def app(self) -> FastAPI:
        """Return the app of the outward port."""
        app = FastAPI(title="Finnest", docs_url=None, redoc_url=None, openapi_url=None)
        problems.install(app)
        app.add_middleware(BodyLimit, limit_bytes=BODY_BYTES)
        app.add_middleware(Traced)
        app.add_route("/healthz", self._healthz, ["GET"])
        app.add_route("/readyz", self._readyz, ["GET"])
        app.add_route("/openapi.json", self._openapi, ["GET"])
        app.add_route("/docs", docs_page, ["GET"])
        app.add_route("/v1/features", self._features, ["GET"])
        app.add_route("/v1/dead-letters", self._dead_letters, ["GET"])
        app.add_route("/v1/dead-letters/{id}/replay", self._replay, ["POST"])
        Agents(self._kit, self._caller, self._call, self._pass).add_to(app)
        app.add_route("/{path:path}", self._forward, ["GET", "POST", "PUT", "DELETE"])
        return app

    async def _forward(self, request: Request) -> Response:
        caller = self._caller(request)
        route = self._routes.find(request.method, request.url.path)
        caller.need(*route.public.roles)
        return await self._pass(request, route.feature, request.url.path)

    async def _pass(self, request: Request, feature: str, path: str) -> Response:
        """Pass a request on to a feature, under the caller's admission and idempotency key."""
        caller = self._caller(request)
        self._admission.enter(caller.tenant)
        try:
            return await self._answer(request, caller, feature, path, await request.body())
        finally:
            self._admission.leave(caller.tenant)

    async def _answer(
        self, request: Request, caller: Caller, feature: str, path: str, body: bytes
    ) -> Response:
        path = f"{path}?{request.url.query}" if request.url.query else path
        key = request.headers.get("idempotency-key")
        if key is None or request.method == "GET":
            return _passed_back(await self._call(request, caller, feature, path, body))
        if not 0 < len(key) <= KEY_CHARS:
            raise Invalid("bad-key", f"an Idempotency-Key has 1 to {KEY_CHARS} characters")
        where = f"{request.method} {request.url.path}?{request.url.query}"
        name = digest(caller.tenant, caller.user, key)
        fingerprint = digest(where, body)
        kept = await self._answers.begin(caller.tenant, name, fingerprint)
        if kept is not None:
            return Response(kept.body, kept.status, media_type=kept.content_type)
        settled: Kept | None = None
        try:
            answer = await self._call(request, caller, feature, path, body, name)
            if answer.status < 500 and "retry-after" not in answer.headers:
                settled = Kept(answer.status, answer.body, answer.content_type)
        finally:
            await self._answers.finish(caller.tenant, name, fingerprint, settled)
        return _passed_back(answer)

    async def _call(
        self, request: Request, caller: Caller, feature: str, path: str, body: bytes = b"", name: str = ""
    ) -> Answer:
        headers = {n: request.headers[n] for n in PASSED_ON if n in request.headers}
        headers |= self._signed(request, caller)
        headers[REQUEST_HEADER] = name or fresh_id()
        return await self._kit.peers.call(
            feature,
            request.method,
            path,
            body=body,
            headers=headers,
            timeout_s=FORWARD_S + _wait_s(request),
        )

    def _caller(self, request: Request) -> Caller:
        return self._identities.caller(request.headers.get("authorization", ""))

    def _signed(self, request: Request, caller: Caller) -> dict[str, str]:
        token = sign(caller, self._kit.context_key, self._kit.clock.now())
        return {HEADER: token, "traceparent": request.headers["traceparent"]}

    async def _healthz(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _readyz(self, _: Request) -> Response:
        """Ready when a command has been through gateway, bus, actor and state of every feature."""

        async def ask(feature: str) -> str:
            try:
                answer = await self._kit.peers.call(feature, "POST", "/ping", timeout_s=4.0)
            except FinnestError as error:
                return error.slug
            return "ok" if answer.status == 200 else f"answered {answer.status}"

        names = [m.name for m in self._kit.manifests if m.has_streams]
        states = dict(zip(names, await asyncio.gather(*map(ask, names)), strict=True))
        ready = all(state == "ok" for state in states.values())
        return JSONResponse({"ready": ready, "features": states}, 200 if ready else 503)

    async def _openapi(self, _: Request) -> Response:
        return JSONResponse(await described(self._kit))

    async def _features(self, request: Request) -> Response:
        self._caller(request)
        return JSONResponse({"items": feature_list(self._kit.manifests), "next": None})

    async def _dead_letters(self, request: Request) -> Response:
        """Every feature's dead letters; a feature that does not answer is named instead of hidden."""
        caller = self._caller(request)
        headers = self._signed(request, caller)

        async def ask(feature: str) -> tuple[str, list[dict[str, Any]] | None]:
            try:
                answer = await self._kit.peers.call(feature, "GET", "/dead-letters", headers=headers)
            except FinnestError:
                return feature, None
            if answer.status != 200:
                return feature, None
            return feature, [{"feature": feature, **i} for i in json.loads(answer.body)["items"]]

        names = [m.name for m in self._kit.manifests if m.has_streams]
        found = await asyncio.gather(*map(ask, names))
        items = [item for _, letters in found for item in letters or []]
        silent = [feature for feature, letters in found if letters is None]
        items.sort(key=lambda item: item["at"], reverse=True)
        return JSONResponse({"items": items, "next": None, "silent": silent})

    async def _replay(self, request: Request) -> Response:
        caller = self._caller(request)
        caller.need("admin")
        headers = {**self._signed(request, caller), REQUEST_HEADER: fresh_id()}
        id_ = request.path_params["id"]
        refusal: Answer | None = None
        for manifest in self._kit.manifests:
            if manifest.has_streams:
                answer = await self._kit.peers.call(
                    manifest.name, "POST", f"/dead-letters/{id_}/replay", headers=headers
                )
                if answer.status != 404:
                    return _passed_back(answer)
                refusal = answer
        if refusal is None:
            raise Invalid("no-features", "no feature keeps dead letters")
        return _passed_back(refusal)


def _wait_s(request: Request) -> float:
    """Return how long the feature may let the request wait, bounded; what is no number is its to refuse."""
    try:
        return min(max(float(request.query_params.get("wait", 0)), 0.0), LONGEST_WAIT_S)
    except ValueError:
        return 0.0


def _passed_back(answer: Answer) -> Response:
    headers = {n: answer.headers[n] for n in PASSED_BACK if n in answer.headers}
    return Response(answer.body, answer.status, headers, media_type=answer.content_type)
