"""What the gateway tells about itself: features, the one OpenAPI description, the page that shows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
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


async def described(kit: Kit) -> dict[str, Any]:
    """Return the OpenAPI description of all public paths, gathered from the features."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    for manifest in kit.manifests:
        if not manifest.public:
            continue
        try:
            answer = await kit.peers.call(manifest.name, "GET", "/openapi.json")
            own = json.loads(answer.body) if answer.status == 200 else {}
        except FinnestError:
            own = {}
        for public in manifest.public:
            operation = own.get("paths", {}).get(public.path, {}).get(public.method.lower())
            shown = dict(operation or {"summary": manifest.summary, "responses": {}})
            shown.setdefault("responses", {})["default"] = {
                "description": "Problem (RFC 9457)",
                "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            }
            paths.setdefault(public.path, {})[public.method.lower()] = shown
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


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Finnest API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
h1{font-size:1.5rem} h2{font-size:1.05rem;margin:1.6rem 0 .2rem} code{font-family:ui-monospace,monospace}
.m{display:inline-block;min-width:3.6rem;font-weight:600;color:#0b5cad} p{margin:.2rem 0 .2rem 4rem}
summary{cursor:pointer;margin-left:4rem;color:#555} pre{margin:.3rem 0 0 4rem;background:#f5f6f8;padding:.6rem;overflow:auto}
</style>
<h1>Finnest API</h1>
<p style="margin-left:0">Send <code>Authorization: Bearer &lt;key&gt;</code>. The same description for tools:
<a href="/openapi.json">openapi.json</a>.</p>
<main aria-live="polite">loading…</main>
<script>
fetch("/openapi.json").then(r=>r.json()).then(api=>{
  const main=document.querySelector("main"); main.textContent="";
  for(const [path,methods] of Object.entries(api.paths)) for(const [method,op] of Object.entries(methods)){
    const h=document.createElement("h2"), m=document.createElement("span"), c=document.createElement("code");
    m.className="m"; m.textContent=method.toUpperCase(); c.textContent=path; h.append(m,c); main.append(h);
    const p=document.createElement("p"); p.textContent=op.description||op.summary||""; main.append(p);
    const d=document.createElement("details"), s=document.createElement("summary"), pre=document.createElement("pre");
    s.textContent="parameters and answers";
    pre.textContent=JSON.stringify({parameters:op.parameters,requestBody:op.requestBody,responses:op.responses},null,1);
    d.append(s,pre); main.append(d);
  }
}).catch(e=>{document.querySelector("main").textContent="The description could not be loaded: "+e});
</script></html>
"""


async def docs_page(_: Request) -> Response:
    """Return a page that shows the API; it loads nothing from elsewhere."""
    return HTMLResponse(_PAGE)
