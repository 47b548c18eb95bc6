"""How long a sidecar waits and how often it tries again; every retry of Dapr's own is set to a small budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.dev.kubernetes.policy import API, callers
from finnest.manifest import Manifest

TIMEOUTS = {"call": "20s", "turn": "10s", "store": "5s", "bus": "5s"}
RETRIES = {
    "none": {"policy": "constant", "duration": "100ms", "maxRetries": 0},
    "DaprBuiltInServiceRetries": {"policy": "constant", "duration": "200ms", "maxRetries": 3},
    "DaprBuiltInActorRetries": {"policy": "constant", "duration": "200ms", "maxRetries": 3},
    "DaprBuiltInActorReminderRetries": {"policy": "constant", "duration": "500ms", "maxRetries": 3},
    "DaprBuiltInInitializationRetries": {"policy": "constant", "duration": "1s", "maxRetries": 3},
}
"""At most two seconds of retries per call: who asked tries again under the same request name.

Dapr lets nobody change the fifth of its own, `DaprBuiltInActorNotFoundRetries` (5 times, a second apart).
"""
BREAKERS = {
    "store": {"maxRequests": 2, "timeout": "5s", "trip": "consecutiveFailures >= 30"},
    "bus": {"maxRequests": 2, "timeout": "5s", "trip": "consecutiveFailures >= 30"},
}
"""For what never fails thirty times running while it is well; a lost race for a key counts as a failure."""


def resiliency(feature: Manifest, features: Sequence[Manifest]) -> dict[str, Any]:
    """Return the feature's Resiliency.

    Calls of other features have no breaker: Dapr counts every refusal (404, 422) as a failure, so anybody who
    sends thirty bad requests would shut the door for all.
    """
    called = [one.name for one in features if feature.name in callers(one, features)]
    targets: dict[str, Any] = {"apps": {name: {"timeout": "call"} for name in called}}
    if feature.has_streams:
        targets["actors"] = {feature.actor: {"timeout": "turn", "retry": "none"}}
    components: dict[str, Any] = {}
    if feature.has_store:
        outbound = {"timeout": "store", "retry": "none", "circuitBreaker": "store"}
        components[feature.store] = {"outbound": outbound}
    if feature.has_streams:
        components["bus"] = {"outbound": {"timeout": "bus", "retry": "none", "circuitBreaker": "bus"}}
    targets["components"] = components
    return {
        "apiVersion": API,
        "kind": "Resiliency",
        "metadata": {"name": feature.name},
        "scopes": [feature.name],
        "spec": {
            "policies": {"timeouts": TIMEOUTS, "retries": RETRIES, "circuitBreakers": BREAKERS},
            "targets": {kind: found for kind, found in targets.items() if found},
        },
    }
