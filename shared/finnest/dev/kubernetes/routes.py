"""HTTPRoutes: what the Gateway lets through to the feature `gateway`; nothing else reaches it."""

from __future__ import annotations

from typing import Any

from finnest.dev.kubernetes.names import GATEWAY
from finnest.manifest import Manifest

OWN = (
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/v1/features"),
    ("GET", "/v1/dead-letters"),
    ("POST", "/v1/dead-letters/{id}/replay"),
    ("GET", "/v1/agents"),
    ("POST", "/v1/agents/{agent}/messages"),
    ("GET", "/v1/tools"),
    ("POST", "/v1/tools/{name}"),
    ("GET", "/v1/runs"),
    ("GET", "/v1/runs/{id}"),
    ("POST", "/v1/runs/{id}/decisions"),
)
"""What the gateway answers itself."""


def route(feature: Manifest) -> dict[str, Any] | None:
    """Return the feature's HTTPRoute; None for one without public paths."""
    calls = [(path.method, path.path) for path in feature.public]
    calls += OWN if feature.name == GATEWAY else ()
    if not calls:
        return None
    matches = dict.fromkeys(_match(method, path) for method, path in calls)
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": feature.name},
        "spec": {
            "parentRefs": [{"name": "finnest"}],
            "rules": [
                {
                    "matches": [
                        {"method": method, "path": {"type": kind, "value": value}}
                        for method, kind, value in matches
                    ],
                    "backendRefs": [{"name": GATEWAY, "port": 80}],
                }
            ],
        },
    }


def _match(method: str, path: str) -> tuple[str, str, str]:
    """Return method, kind and value; the standard has no placeholders, so a path is told by its beginning."""
    begin, placeholder, _ = path.partition("/{")
    return method, "PathPrefix" if placeholder else "Exact", begin
