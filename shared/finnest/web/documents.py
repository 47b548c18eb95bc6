"""A kept document as `Accept` asks for it: as it came, as a page, or as values."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from starlette.responses import JSONResponse, Response

from finnest.pages import POLICY

SAFE: Mapping[str, str] = {"x-content-type-options": "nosniff", "content-security-policy": POLICY}
"""Headers of everything that somebody else wrote."""


async def shown(
    http: Request,
    body: bytes,
    name: str,
    readable: Callable[[bytes], dict[str, Any]],
    page: Callable[[dict[str, Any]], str],
) -> Response:
    """Return the document; `Accept: text/html` asks for the page, `application/json` for the values.

    As it came it is a download under `name`. A body that is JSON already has no other values.
    """
    is_json = body.lstrip()[:1] == b"{"
    wanted = http.headers.get("accept", "")
    if "text/html" in wanted:
        written = await asyncio.to_thread(lambda: page(readable(body)))
        return Response(written, media_type="text/html", headers=SAFE)
    if "application/json" in wanted and not is_json:
        return JSONResponse(await asyncio.to_thread(readable, body), headers=SAFE)
    kind = "json" if is_json else "xml"
    headers = {**SAFE, "content-disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(body, media_type=f"application/{kind}", headers=headers)
