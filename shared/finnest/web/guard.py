"""What stands before every request: the app token, the trace and the size of the body."""

from __future__ import annotations

import hmac
import re
import secrets

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from finnest.context import TRACE
from finnest.errors import TooLarge, Unauthenticated
from finnest.web.problems import answer, trace_of

_TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


class TokenGuard:
    """Lets only our own sidecar in (`dapr-api-token`); health stays open. Remembers the request's trace."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != "/healthz":
            headers = dict(scope["headers"])
            TRACE.set(headers.get(b"traceparent", b"").decode("latin-1"))
            given = headers.get(b"dapr-api-token", b"")
            if not hmac.compare_digest(given, self._token):
                refusal = Unauthenticated("sidecar-only", "this port serves the sidecar only")
                await answer(refusal)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Traced:
    """Gives every request a trace (W3C `traceparent`): the one it came with if that is one, or a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"traceparent", b"")
            if not _TRACEPARENT.fullmatch(given):
                fresh = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01".encode()
                others = [pair for pair in scope["headers"] if pair[0] != b"traceparent"]
                scope["headers"] = [*others, (b"traceparent", fresh)]
        await self._app(scope, receive, send)


class BodyLimit:
    """Refuses a body over the limit before anything parses it, however it is sent."""

    def __init__(self, app: ASGIApp, limit_bytes: int) -> None:
        self._app = app
        self._limit = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        refusal = TooLarge("body-too-large", f"a body has at most {self._limit} bytes")
        if not declared.isdigit() or int(declared) > self._limit:
            await answer(refusal, trace_of(Request(scope)))(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise refusal
            return message

        await self._app(scope, counted, send)
