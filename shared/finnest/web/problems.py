"""Errors on the wire: `application/problem+json` (RFC 9457) with a stable type."""

from __future__ import annotations

import json
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from finnest.errors import CONSEQUENCES, FinnestError, Later, consequence

PREFIX = "urn:finnest:problem:"
_SLUGS = {400: "unreadable-body", 404: "no-such-path", 405: "method-not-allowed"}

log = structlog.get_logger()


def problem(
    status: int,
    slug: str,
    detail: str,
    *,
    trace_id: str = "",
    retryable: bool = False,
    headers: dict[str, str] | None = None,
    **facts: Any,
) -> Response:
    """Return a problem answer."""
    body = {
        "type": PREFIX + slug,
        "title": slug.replace("-", " "),
        "status": status,
        "detail": detail,
        "retryable": retryable,
        "trace_id": trace_id,
        **facts,
    }
    return Response(json.dumps(body), status, media_type="application/problem+json", headers=headers)


def answer(error: FinnestError, trace_id: str = "") -> Response:
    """Return the problem answer for an error of ours."""
    meaning = consequence(error)
    headers = {"retry-after": str(meaning.retry_after_s)} if meaning.retry_after_s else None
    return problem(
        meaning.status,
        error.slug,
        error.detail,
        trace_id=trace_id,
        retryable=isinstance(error, Later),
        headers=headers,
        **error.facts,
    )


def install(app: FastAPI) -> None:
    """Make the app answer every error as a problem; bugs are logged once and show no detail."""

    async def ours(request: Request, error: Exception) -> Response:
        if not isinstance(error, FinnestError):
            raise error
        return answer(error, trace_of(request))

    async def malformed(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        unreadable = first["type"] == "json_invalid"
        return problem(
            400 if unreadable else 422,
            "bad-json" if unreadable else "bad-request",
            f"{where}: {first['msg']}",
            trace_id=trace_of(request),
        )

    async def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        slug = _SLUGS.get(error.status_code, "http-error")
        detail = f"{request.method} {request.url.path}: {error.detail}"
        return problem(error.status_code, slug, detail, trace_id=trace_of(request))

    async def bug(request: Request, error: Exception) -> Response:
        log.error("bug", path=request.url.path, exc_info=error)
        return problem(
            500,
            "bug",
            "this is our fault; it was logged under the trace id",
            trace_id=trace_of(request),
        )

    async def gone(_: Request, __: Exception) -> Response:
        return Response(status_code=400)

    app.add_exception_handler(ClientDisconnect, gone)
    for kind in CONSEQUENCES:
        app.add_exception_handler(kind, ours)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, bug)


def trace_of(request: Request) -> str:
    """Return the trace id of a request (W3C `traceparent`), or an empty text."""
    parts = request.headers.get("traceparent", "").split("-")
    return parts[1] if len(parts) == 4 else ""
