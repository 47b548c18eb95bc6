"""What the gateway tells about itself: features, the one OpenAPI description, the page that shows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from finnest.errors import FinnestError
from finnest.feature import Kit
from finnest.manifest import Manifest

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "retryable", "trace_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "retryable": {"type": "boolean"},
        "trace_id": {"type": "string"},
    },
}


def feature_list(manifests: Sequence[Manifest]) -> list[dict[str, Any]]:
    """Return every feature as its manifest shows it."""
    return [
        {
            "name": manifest.name,
            "summary": manifest.summary,
            "language": manifest.language,
            "agent": manifest.agent,
            "commands": list(manifest.commands),
            "publishes": list(manifest.publishes),
            "consumes": [consumed.event for consumed in manifest.consumes],
            "paths": [f"{public.method} {public.path}" for public in manifest.public],
        }
        for manifest in manifests
    ]


_OF_AGENTS = {
    "POST /v1/agents/{agent}/messages": "/agent/messages",
    "GET /v1/runs": "/runs",
    "GET /v1/runs/{id}": "/runs/{id}",
    "GET /v1/runs/{id}/events": "/runs/{id}/events",
    "POST /v1/runs/{id}/cancel": "/runs/{id}/cancel",
    "POST /v1/runs/{id}/pause": "/runs/{id}/pause",
    "POST /v1/runs/{id}/resume": "/runs/{id}/resume",
    "POST /v1/runs/{id}/decisions": "/runs/{id}/decisions",
    "POST /v1/runs/{id}/fork": "/runs/{id}/fork",
    "POST /v1/tools/{name}": "/tools/{name}",
}
"""Calls that every agent's feature serves, and where."""


async def described(kit: Kit) -> dict[str, Any]:
    """Return the OpenAPI description of all public paths, gathered from the features."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    agents = False
    for manifest in kit.manifests:
        if not manifest.public and (manifest.agent is None or agents):
            continue
        try:
            answer = await kit.peers.call(manifest.name, "GET", "/openapi.json")
            own = json.loads(answer.body) if answer.status == 200 else {}
        except FinnestError:
            own = {}
        for public in manifest.public:
            operation = own.get("paths", {}).get(public.path, {}).get(public.method.lower())
            shown: dict[str, Any] = dict(operation or {"summary": manifest.summary, "responses": {}})
            shown.setdefault("responses", {})["default"] = {
                "description": "Problem (RFC 9457)",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
            paths.setdefault(public.path, {})[public.method.lower()] = shown
        if manifest.agent is not None and not agents and own:
            agents = True
            for call, path in _OF_AGENTS.items():
                method, _, outward = call.partition(" ")
                operation = own["paths"][path][method.lower()]
                paths.setdefault(outward, {})[method.lower()] = {**operation, "tags": ["agents"]}
        schemas |= own.get("components", {}).get("schemas", {})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Finnest", "version": "1"},
        "security": [{"bearer": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


_PAGE = Path(__file__).with_name("docs.html").read_text()


async def docs_page(_: Request) -> Response:
    """Return a page that shows the API; it loads nothing from elsewhere."""
    return HTMLResponse(_PAGE)
