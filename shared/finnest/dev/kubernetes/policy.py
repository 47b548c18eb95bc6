"""Who may do what: one Dapr Configuration per feature, everything else denied."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from finnest.agents.desk import askable, reachable
from finnest.agents.handing import ASKED, DROPPED
from finnest.agents.purse import FEATURE as BUDGETS
from finnest.dev.kubernetes.names import GATEWAY, NAMESPACE, TRUST_DOMAIN, has_workflows
from finnest.dev.kubernetes.operations import operations
from finnest.manifest import Manifest

API = "dapr.io/v1alpha1"
KERNEL_CALLS = (
    ("POST", "/ping"),
    ("GET", "/dead-letters"),
    ("POST", "/dead-letters/{id}/replay"),
    ("GET", "/openapi.json"),
)
"""What the gateway asks of every feature with streams beside its public paths."""
DESCRIBED = (("GET", "/openapi.json"),)
"""What it asks of one without streams that has public paths."""
RUN_CALLS = (
    ("POST", "/agent/messages"),
    ("GET", "/runs"),
    ("GET", "/runs/{id}"),
    ("GET", "/runs/{id}/events"),
    *(("POST", f"/runs/{{id}}/{what}") for what in ("cancel", "pause", "resume", "decisions", "fork")),
)
"""What the gateway asks of every feature with an agent."""
PURSE_CALLS = (("POST", "/reservations"), ("POST", "/settlements"), ("GET", "/running"))
"""What every agent asks of the budgets."""
CONTEXT_KEY = "context_key"


def configuration(feature: Manifest, features: Sequence[Manifest]) -> dict[str, Any]:
    """Return the feature's Configuration; its name ends in a hash of its content, so a change rolls the pods."""
    spec = {
        "accessControl": _access(feature, features),
        "api": {"allowed": _api(feature)},
        "secrets": {
            "scopes": [
                {"storeName": "secrets", "defaultAccess": "deny", "allowedSecrets": [CONTEXT_KEY]},
                {"storeName": "kubernetes", "defaultAccess": "deny"},
            ]
        },
        "metrics": {"enabled": True, "http": {"increasedCardinality": False}},
        "tracing": {"samplingRate": "0"},
    }
    content = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    return {
        "apiVersion": API,
        "kind": "Configuration",
        "metadata": {"name": f"{feature.name}-{content[:8]}"},
        "spec": spec,
    }


def callers(feature: Manifest, features: Sequence[Manifest]) -> dict[str, list[tuple[str, str]]]:
    """Return calling app → (verb, path) that it may call at this feature.

    The gateway calls what is public, tools and runs; a feature that declares the call may read what is public,
    and have answered what changes nothing;
    one with an agent uses the tools that its manifest names, and the budgets.
    """
    if feature.name == GATEWAY:
        return {}
    public = [(path.method, path.path) for path in feature.public]
    reads = [(path.method, path.path) for path in feature.public if path.method == "GET" or not path.changes]
    kernel = list(KERNEL_CALLS) if feature.has_streams else list(DESCRIBED) if public else []
    runs = list(RUN_CALLS) if feature.agent is not None else []
    tools = (
        [("GET", "/tools"), *(("POST", f"/tools/{one.name}") for one in feature.tools)]
        if feature.tools
        else []
    )
    granted = {GATEWAY: public + kernel + runs + tools}
    for other in features:
        granted[other.name] = [
            *granted.get(other.name, []),
            *(reads if feature.name in other.calls else []),
            *_used(feature, other, features),
        ]
    return {app: calls for app, calls in granted.items() if calls}


def _used(feature: Manifest, other: Manifest, features: Sequence[Manifest]) -> list[tuple[str, str]]:
    """Return what the agent of another feature, or its own, asks here."""
    if other.agent is None:
        return []
    names = [name for name in reachable(other, features) if name.startswith(f"{feature.name}.")]
    own = list(PURSE_CALLS) if feature.name == BUDGETS else []
    if feature in askable(other, features).values():
        own += [("POST", ASKED), ("POST", DROPPED)]
    if not names:
        return own
    tools = [name.partition(".")[2] for name in names]
    uses = [("POST", f"/tools/{tool}{what}") for tool in tools for what in ("", "/preview")]
    return [("GET", "/tools"), *uses, *own]


def workflow_access(feature: Manifest) -> dict[str, Any]:
    """Return the policy by which only the feature itself starts and moves its workflows and activities."""
    every = ["schedule", "terminate", "raise", "pause", "resume", "purge", "get", "rerun"]
    rule = {
        "callers": [{"appID": feature.name}],
        "workflows": [{"name": "*", "operations": every}],
        "activities": [{"name": "*"}],
    }
    return {
        "apiVersion": API,
        "kind": "WorkflowAccessPolicy",
        "metadata": {"name": feature.name},
        "scopes": [feature.name],
        "spec": {"rules": [rule]},
    }


def _access(feature: Manifest, features: Sequence[Manifest]) -> dict[str, Any]:
    policies = [
        {
            "appId": app,
            "namespace": NAMESPACE,
            "trustDomain": TRUST_DOMAIN,
            "defaultAction": "deny",
            "operations": [
                {"name": name, "httpVerb": list(verbs), "action": "allow"}
                for name, verbs in operations(
                    (verb, f"/{feature.name}{path}") for verb, path in calls
                ).items()
            ],
        }
        # Where nobody may call, one entry says so: an overlay finds the namespace in every Configuration.
        for app, calls in sorted(callers(feature, features).items()) or [(feature.name, [])]
    ]
    return {"defaultAction": "deny", "trustDomain": TRUST_DOMAIN, "policies": policies}


def _api(feature: Manifest) -> list[dict[str, str]]:
    """Return the sidecar's own calls that the app makes; a protocol without an entry would be open."""
    http = ["secrets"] if feature.is_native and not feature.has_streams else ["secrets", "shutdown"]
    # Reached by HTTP only, if at all; stands here so that the rest of gRPC is closed.
    grpc = [("shutdown", "v1")]
    if feature.has_store:
        http.append("state")
    if feature.has_streams:
        http += ["actors", "publish"]
        grpc.append(("subscribe", "v1alpha1"))
    if feature.calls or feature.agent is not None or feature.name == GATEWAY:
        http.append("invoke")
    if has_workflows(feature):
        grpc.append(("workflows", "v1beta1"))
    return [
        *({"name": name, "version": "v1", "protocol": "http"} for name in sorted(http)),
        *({"name": name, "version": version, "protocol": "grpc"} for name, version in sorted(grpc)),
    ]
