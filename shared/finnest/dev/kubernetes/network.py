"""NetworkPolicies: a pod speaks to whom its manifest names, and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from finnest.dev.kubernetes.names import (
    BUS_PORT,
    CONTROL_PLANE,
    GATEWAY,
    PUBLIC_PORT,
    SIDECAR_PORT,
    STATE_PORT,
    name_label,
)
from finnest.dev.kubernetes.policy import callers
from finnest.manifest import Manifest

CONTROL_PORTS: Mapping[str, int] = {
    "dapr-operator": 6500,
    "dapr-placement-server": 50005,
    "dapr-scheduler-server": 50006,
    "dapr-sentry": 50001,
}
"""What a sidecar asks of the control plane; the pods' own ports, for policies see them after the service."""
INGRESS_FROM = {"finnest/ingress": "allowed"}
"""The label that the platform team puts on the namespace of its Gateway's data plane."""


def policy(feature: Manifest, features: Sequence[Manifest]) -> dict[str, Any]:
    """Return the feature's NetworkPolicy."""
    ingress: list[dict[str, Any]] = []
    heard = set(callers(feature, features)) | _own(feature)
    if heard:
        ingress.append({"from": [_pods(name) for name in sorted(heard)], "ports": _tcp(SIDECAR_PORT)})
    if feature.name == GATEWAY:
        outside = {"namespaceSelector": {"matchLabels": INGRESS_FROM}}
        ingress.append({"from": [outside], "ports": _tcp(PUBLIC_PORT)})
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": feature.name},
        "spec": {
            "podSelector": {"matchLabels": name_label(feature.name)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": ingress,
            "egress": _egress(feature, features),
        },
    }


def _egress(feature: Manifest, features: Sequence[Manifest]) -> list[dict[str, Any]]:
    called = {one.name for one in features if feature.name in callers(one, features)} | _own(feature)
    rules = [{"to": [_control(app)], "ports": _tcp(port)} for app, port in CONTROL_PORTS.items()]
    if called:
        rules.append({"to": [_pods(name) for name in sorted(called)], "ports": _tcp(SIDECAR_PORT)})
    if feature.has_streams or not feature.is_native:
        # Every Python app watches the broker's port, to give its sidecar a fresh connection when it was away.
        rules.append({"to": [_pods("nats")], "ports": _tcp(BUS_PORT)})
    if feature.has_store:
        rules.append({"to": [_pods("postgres")], "ports": _tcp(STATE_PORT)})
    return rules


def _own(feature: Manifest) -> set[str]:
    """Return the feature itself where its pods call each other: an actor lives in one of them."""
    return {feature.name} if feature.has_streams else set()


def _pods(name: str) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": name_label(name)}}


def _control(app: str) -> dict[str, Any]:
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": CONTROL_PLANE}},
        "podSelector": {"matchLabels": {"app": app}},
    }


def _tcp(port: int) -> list[dict[str, Any]]:
    return [{"port": port, "protocol": "TCP"}]
