"""Each rule finds what breaks it: one change to a good overlay, and the rule that must tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from tests.k8s.rendered import Object, named, objects
from tests.k8s.rules import RULES, told

OVERLAY = "overlays/production"
Break = Callable[[list[Object]], object]


def _deployment(given: Sequence[Object], name: str = "invoices") -> dict[str, Any]:
    return named(given, "Deployment", name)["spec"]


def _pod(given: Sequence[Object]) -> dict[str, Any]:
    return _deployment(given)["template"]["spec"]


def _app(given: Sequence[Object]) -> dict[str, Any]:
    return _pod(given)["containers"][0]


def _notes(given: Sequence[Object]) -> dict[str, Any]:
    return _deployment(given)["template"]["metadata"]["annotations"]


def _configuration(given: Sequence[Object]) -> dict[str, Any]:
    return named(given, "Configuration", _notes(given)["dapr.io/config"])["spec"]


def _grant(given: Sequence[Object]) -> dict[str, Any]:
    return next(
        one for one in _configuration(given)["accessControl"]["policies"] if one["appId"] == "gateway"
    )


def _policy(given: Sequence[Object], name: str = "invoices") -> dict[str, Any]:
    return named(given, "NetworkPolicy", name)["spec"]


def _rule(given: Sequence[Object]) -> dict[str, Any]:
    return named(given, "HTTPRoute", "invoices")["spec"]["rules"][0]


def _listener(given: Sequence[Object]) -> dict[str, Any]:
    return named(given, "Gateway", "finnest")["spec"]["listeners"][0]


def _without(kind: str, name: str) -> Break:
    return lambda given: given.remove(named(given, kind, name))


def _plain(given: Sequence[Object], name: str) -> dict[str, Any]:
    return named(given, "Component", name)["spec"]["metadata"][0]


BROKEN: Mapping[str, tuple[str, Break]] = {
    "privileged": ("restricted", lambda g: _app(g)["securityContext"].update(privileged=True)),
    "gains privileges": ("restricted", lambda g: _app(g)["securityContext"].pop("allowPrivilegeEscalation")),
    "a capability": (
        "restricted",
        lambda g: _app(g)["securityContext"]["capabilities"].update(add=["NET_RAW"]),
    ),
    "all capabilities": ("restricted", lambda g: _app(g)["securityContext"].pop("capabilities")),
    "root": ("restricted", lambda g: _pod(g)["securityContext"].update(runAsUser=0)),
    "perhaps root": ("restricted", lambda g: _pod(g)["securityContext"].pop("runAsNonRoot")),
    "no seccomp": ("restricted", lambda g: _pod(g)["securityContext"].pop("seccompProfile")),
    "the node's network": ("restricted", lambda g: _pod(g).update(hostNetwork=True)),
    "the node's files": (
        "restricted",
        lambda g: _pod(g)["volumes"].append({"name": "node", "hostPath": {"path": "/"}}),
    ),
    "the node's port": ("restricted", lambda g: _app(g)["ports"][0].update(hostPort=80)),
    "a writable root": (
        "read_only",
        lambda g: _app(g)["securityContext"].update(readOnlyRootFilesystem=False),
    ),
    "a token": ("tokenless", lambda g: _pod(g).pop("automountServiceAccountToken")),
    "an account's token": (
        "tokenless",
        lambda g: named(g, "ServiceAccount", "invoices").pop("automountServiceAccountToken"),
    ),
    "rights": (
        "tokenless",
        lambda g: g.append({"kind": "ClusterRoleBinding", "metadata": {"name": "all"}}),
    ),
    "no limit": ("sized", lambda g: _app(g)["resources"].pop("limits")),
    "a sidecar without limit": ("sized", lambda g: _notes(g).pop("dapr.io/sidecar-memory-limit")),
    "an endless volume": ("sized", lambda g: _pod(g)["volumes"].append({"name": "x", "emptyDir": {}})),
    "latest": ("fixed_images", lambda g: _app(g).update(image="finnest/invoices:latest")),
    "no tag": ("fixed_images", lambda g: _app(g).update(image="registry.example.com:5000/finnest/invoices")),
    "a tag in production": ("digests", lambda g: _app(g).update(image="finnest/invoices:0.1.0")),
    "no startup probe": ("probed", lambda g: _app(g).pop("startupProbe")),
    "a probe of another": ("probed", lambda g: _app(g)["readinessProbe"]["httpGet"].update(host="other")),
    "a sidecar that does not ask": ("probed", lambda g: _notes(g).pop("dapr.io/enable-app-health-check")),
    "no budget": ("orderly", _without("PodDisruptionBudget", "invoices")),
    "no spread": ("orderly", lambda g: _pod(g).pop("topologySpreadConstraints")),
    "no time to end": ("orderly", lambda g: _pod(g).update(terminationGracePeriodSeconds=20)),
    "a number of pods that is fixed": ("scaled", lambda g: _deployment(g).update(replicas=2)),
    "a pod less at a rollout": ("scaled", lambda g: _deployment(g).pop("strategy")),
    "data in a pod": ("scaled", lambda g: _pod(g)["volumes"].append({"persistentVolumeClaim": {}})),
    "no autoscaler": ("scaled", _without("HorizontalPodAutoscaler", "gateway")),
    "no app token": ("sidecars", lambda g: _notes(g).pop("dapr.io/app-token-secret")),
    "no API token": ("sidecars", lambda g: _notes(g).pop("dapr.io/api-token-secret")),
    "an unconfined sidecar": ("sidecars", lambda g: _notes(g).pop("dapr.io/sidecar-seccomp-profile-type")),
    "a sidecar for everybody": (
        "sidecars",
        lambda g: _notes(g).update({"dapr.io/sidecar-listen-addresses": "0.0.0.0"}),
    ),
    "an old sidecar": ("sidecars", lambda g: _notes(g).update({"dapr.io/enable-native-sidecar": "false"})),
    "another's rights": (
        "sidecars",
        lambda g: _notes(g).update({"dapr.io/config": _payments_config(g)}),
    ),
    "allow by default": (
        "access",
        lambda g: _configuration(g)["accessControl"].update(defaultAction="allow"),
    ),
    "allow one by default": ("access", lambda g: _grant(g).update(defaultAction="allow")),
    "no access control": ("access", lambda g: _configuration(g).pop("accessControl")),
    "every path": ("access", lambda g: _grant(g)["operations"][0].update(name="/invoices/**")),
    "every verb": ("access", lambda g: _grant(g)["operations"][0].update(httpVerb=["*"])),
    "another trust domain": ("access", lambda g: _grant(g).update(trustDomain="public")),
    "another namespace": ("access", lambda g: _grant(g).update(namespace="default")),
    "the whole API": ("access", lambda g: _configuration(g).pop("api")),
    "gRPC open": (
        "access",
        lambda g: _configuration(g)["api"].update(
            allowed=[one for one in _configuration(g)["api"]["allowed"] if one["protocol"] == "http"]
        ),
    ),
    "any secret": ("access", lambda g: _configuration(g).pop("secrets")),
    "a component for all": ("scoped", lambda g: named(g, "Component", "state-invoices").pop("scopes")),
    "no resiliency": ("scoped", _without("Resiliency", "invoices")),
    "a subscription by HTTP": (
        "scoped",
        lambda g: g.append({"kind": "Subscription", "metadata": {"name": "x"}, "scopes": ["invoices"]}),
    ),
    "a secret": ("no_secrets", lambda g: g.append({"kind": "Secret", "metadata": {"name": "x"}})),
    "a password in an address": (
        "no_secrets",
        lambda g: _app(g)["env"].append({"name": "X", "value": "nats://me:hidden@nats:4222"}),
    ),
    "a plain connection string": (
        "no_secrets",
        lambda g: (
            _plain(g, "state-invoices").pop("secretKeyRef"),
            _plain(g, "state-invoices").update(value="x"),
        ),
    ),
    "a plain token": (
        "no_secrets",
        lambda g: _app(g)["env"].append({"name": "DAPR_API_TOKEN", "value": "x"}),
    ),
    "another's secret": (
        "own_secrets",
        lambda g: _pod(g)["volumes"].append({"name": "x", "secret": {"secretName": "payments-state"}}),
    ),
    "the sidecar's secrets": (
        "own_secrets",
        lambda g: _app(g)["volumeMounts"].append({"name": "sidecar", "mountPath": "/x"}),
    ),
    "an open network": ("closed_network", _without("NetworkPolicy", "default-deny")),
    "a pod without policy": ("closed_network", _without("NetworkPolicy", "bus")),
    "from everybody": ("closed_network", lambda g: _policy(g)["ingress"].append({"ports": [{"port": 1}]})),
    "from every namespace": (
        "closed_network",
        lambda g: _policy(g)["ingress"][0]["from"].append({"namespaceSelector": {}}),
    ),
    "to the whole world": (
        "closed_network",
        lambda g: _policy(g)["egress"][0]["to"].append({"ipBlock": {"cidr": "0.0.0.0/0"}}),
    ),
    "every port": ("closed_network", lambda g: _policy(g)["egress"][0].pop("ports")),
    "a namespace for any pod": (
        "guarded_namespace",
        lambda g: named(g, "Namespace", "finnest")["metadata"]["labels"].update(
            {"pod-security.kubernetes.io/enforce": "baseline"}
        ),
    ),
    "elsewhere": (
        "guarded_namespace",
        lambda g: named(g, "Deployment", "invoices")["metadata"].update(namespace="default"),
    ),
    "a node's port": (
        "one_way_in",
        lambda g: named(g, "Service", "gateway")["spec"].update(type="NodePort"),
    ),
    "past the gateway": ("one_way_in", lambda g: _rule(g)["backendRefs"][0].update(name="invoices")),
    "any path": ("one_way_in", lambda g: _rule(g)["matches"][0]["path"].update(value="/")),
    "any method": ("one_way_in", lambda g: _rule(g)["matches"][0].pop("method")),
    "any host": ("one_way_in", lambda g: _listener(g).pop("hostname")),
    "no TLS": ("https_only", lambda g: _listener(g).update(protocol="HTTP")),
}
"""What is wrong → the rule that must say so, and how it is made wrong."""


def _payments_config(given: Sequence[Object]) -> str:
    return _deployment(given, "payments")["template"]["metadata"]["annotations"]["dapr.io/config"]


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_told(what: str) -> None:
    rule, damage = BROKEN[what]
    given = objects(OVERLAY)
    assert told(rule, given) == []
    damage(given)
    assert told(rule, given)


def test_every_rule_can_fail() -> None:
    assert {rule for rule, _ in BROKEN.values()} == set(RULES)
