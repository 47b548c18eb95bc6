"""What stands before every request: the app token and the size of the body."""

from __future__ import annotations

import hmac

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from finnest.errors import TooLarge, Unauthenticated
from finnest.web.problems import answer


class TokenGuard:
    """Lets only our own sidecar in (`dapr-api-token`); health stays open."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != "/healthz":
            given = dict(scope["headers"]).get(b"dapr-api-token", b"")
            if not hmac.compare_digest(given, self._token):
                refusal = Unauthenticated("sidecar-only", "this port serves the sidecar only")
                await answer(refusal)(scope, receive, send)
                return
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
            await answer(refusal)(scope, receive, send)
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
