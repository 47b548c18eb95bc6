"""What must hold for Dapr's resources, the network and the way in: a rule returns a sentence per offence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from finnest.dev.kubernetes.names import CONTROL_PLANE, TRUST_DOMAIN
from tests.k8s.rendered import Object, containers, features, of_kind, pods

NOTES: Mapping[str, str] = {
    "dapr.io/enabled": "true",
    "dapr.io/enable-native-sidecar": "true",
    "dapr.io/sidecar-seccomp-profile-type": "RuntimeDefault",
    "dapr.io/sidecar-listen-addresses": "127.0.0.1",
    "dapr.io/disable-builtin-k8s-secret-store": "true",
    "dapr.io/volume-mounts": "sidecar:/var/run/finnest",
}
SECRET = re.compile(r"pass|secret(?!sFile)|token|credential|api.?key|connectionstring|url$", re.IGNORECASE)
WITH_PASSWORD = re.compile(r"://[^/\s:@]+:[^/\s@]+@")
SHARED_SECRETS = {"gateway": {"gateway-keys"}}


def sidecars(given: Sequence[Object]) -> Iterator[str]:
    """A sidecar is native, confined, and reached with a token both ways; its Configuration is its own."""
    configurations = {one["metadata"]["name"] for one in of_kind(given, "Configuration")}
    for name, deployment in features(given):
        notes = deployment["spec"]["template"]["metadata"].get("annotations", {})
        for key, value in NOTES.items():
            if notes.get(key) != value:
                yield f"{name}: {key} is not {value}"
        wanted = {
            "app-id": name,
            "app-token-secret": f"{name}-app-token",
            "api-token-secret": f"{name}-api-token",
        }
        for key, value in wanted.items():
            if notes.get(f"dapr.io/{key}") != value:
                yield f"{name}: dapr.io/{key} is not {value}"
        config = notes.get("dapr.io/config", "")
        if config not in configurations or not re.fullmatch(rf"{name}-[0-9a-f]{{8}}", config):
            yield f"{name}: has no Configuration of its own"


def access(given: Sequence[Object]) -> Iterator[str]:
    """Who is not named may do nothing: calls, the sidecar's own API, secrets."""
    namespace = _namespace(given)
    for one in of_kind(given, "Configuration"):
        name, spec = one["metadata"]["name"], one["spec"]
        control: dict[str, Any] = spec.get("accessControl", {})
        if control.get("defaultAction") != "deny":
            yield f"{name}: lets in who is not named"
        if control.get("trustDomain") != TRUST_DOMAIN:
            yield f"{name}: has no trust domain of its own"
        for policy in control.get("policies", ()):
            if policy.get("defaultAction") != "deny":
                yield f"{name}: lets {policy['appId']} do what is not named"
            if (policy.get("trustDomain"), policy.get("namespace")) != (TRUST_DOMAIN, namespace):
                yield f"{name}: trusts {policy['appId']} of another place"
            for operation in policy.get("operations", ()):
                if "**" in operation["name"].replace("***", "") or operation["name"] in ("/", "/*", "*"):
                    yield f"{name}: {operation['name']} is everything"
                if not operation.get("httpVerb") or "*" in operation["httpVerb"]:
                    yield f"{name}: {operation['name']} by any verb"
        allowed = spec.get("api", {}).get("allowed", ())
        if {rule["protocol"] for rule in allowed} != {"http", "grpc"}:
            yield f"{name}: a protocol of the sidecar's API is open"
        stores = {scope["storeName"]: scope for scope in spec.get("secrets", {}).get("scopes", ())}
        if not all(
            stores.get(store, {}).get("defaultAccess") == "deny" for store in ("secrets", "kubernetes")
        ):
            yield f"{name}: may read any secret"


def scoped(given: Sequence[Object]) -> Iterator[str]:
    """A component, a resiliency and a workflow policy say whom they are for; every feature has its own."""
    names = {name for name, _ in features(given)}
    for one in of_kind(given, "Component", "Resiliency", "WorkflowAccessPolicy", "Subscription"):
        if not one.get("scopes") or not set(one["scopes"]) <= names:
            yield f"{one['kind']}/{one['metadata']['name']}: is not for known features only"
        if one["kind"] == "Subscription":
            yield f"Subscription/{one['metadata']['name']}: the app opens its subscriptions itself"
    resilient = {one["metadata"]["name"] for one in of_kind(given, "Resiliency")}
    yield from (f"{name}: no Resiliency" for name in names - resilient)


def no_secrets(given: Sequence[Object]) -> Iterator[str]:
    """A manifest names secrets and holds none."""
    for one in given:
        where = f"{one['kind']}/{one['metadata']['name']}"
        if one["kind"] == "Secret":
            yield f"{where}: a secret in a manifest"
        if WITH_PASSWORD.search(str(one)):
            yield f"{where}: an address with a password"
    for one in of_kind(given, "Component"):
        for item in one["spec"]["metadata"]:
            if SECRET.search(item["name"]) and "secretKeyRef" not in item:
                yield f"Component/{one['metadata']['name']}: {item['name']} as plain text"
    for name, template in pods(given):
        for container in containers(template):
            for variable in container.get("env", ()):
                if re.search(r"PASSWORD|TOKEN|SECRET", variable["name"]) and "value" in variable:
                    yield f"{name}: {variable['name']} as plain text"


def own_secrets(given: Sequence[Object]) -> Iterator[str]:
    """A feature uses its own secrets only; the app never sees those of its sidecar."""
    for name, deployment in features(given):
        template = deployment["spec"]["template"]
        for secret in _secrets(template) - SHARED_SECRETS.get(name, set()):
            if not secret.startswith(f"{name}-"):
                yield f"{name}: uses {secret}"
        for container in containers(template):
            if any(mount["name"] == "sidecar" for mount in container.get("volumeMounts", ())):
                yield f"{name}: {container['name']} sees the sidecar's secrets"


def closed_network(given: Sequence[Object]) -> Iterator[str]:
    """Everything is denied first; no exception is for everybody; every pod has an exception of its own."""
    policies = list(of_kind(given, "NetworkPolicy"))
    whole = [one for one in policies if not one["spec"].get("podSelector") and not _rules(one)]
    if not any(set(one["spec"].get("policyTypes", ())) == {"Ingress", "Egress"} for one in whole):
        yield "nothing denies what is not named"
    for one in policies:
        for rule in _rules(one):
            peers = rule.get("from", rule.get("to")) or [{}]
            for peer in peers:
                if not any(peer.values()):
                    yield f"NetworkPolicy/{one['metadata']['name']}: a rule for everybody"
                if peer.get("ipBlock", {}).get("cidr", "").endswith("/0"):
                    yield f"NetworkPolicy/{one['metadata']['name']}: a rule for the whole world"
            if not rule.get("ports"):
                yield f"NetworkPolicy/{one['metadata']['name']}: a rule for every port"
    for name, template in pods(given):
        labels = template["metadata"]["labels"]
        own = [one["spec"]["podSelector"].get("matchLabels", {}) for one in policies]
        if {"app.kubernetes.io/name": labels.get("app.kubernetes.io/name")} not in own:
            yield f"{name}: no policy of its own"


def guarded_namespace(given: Sequence[Object]) -> Iterator[str]:
    """Everything is in one namespace, where only `restricted` pods start."""
    namespaces = list(of_kind(given, "Namespace"))
    if len(namespaces) != 1:
        yield "there is not exactly one namespace"
    for one in namespaces:
        if one["metadata"].get("labels", {}).get("pod-security.kubernetes.io/enforce") != "restricted":
            yield f"{one['metadata']['name']}: lets any pod in"
    for one in given:
        if one["kind"] != "Namespace" and one["metadata"].get("namespace") != _namespace(given):
            yield f"{one['kind']}/{one['metadata']['name']}: is elsewhere"
    if _namespace(given) in ("default", CONTROL_PLANE, "kube-system"):
        yield "the namespace belongs to others"


def one_way_in(given: Sequence[Object]) -> Iterator[str]:
    """Only declared paths of the one gateway are reached from outside, under a name."""
    for one in of_kind(given, "Service"):
        if one["spec"].get("type", "ClusterIP") != "ClusterIP":
            yield f"Service/{one['metadata']['name']}: is reached from outside"
    for one in of_kind(given, "Ingress"):
        yield f"Ingress/{one['metadata']['name']}: another way in"
    for one in of_kind(given, "Gateway"):
        for listener in one["spec"]["listeners"]:
            if not listener.get("hostname") or listener["allowedRoutes"]["namespaces"]["from"] != "Same":
                yield f"Gateway/{one['metadata']['name']}: listens for anybody"
    for one in of_kind(given, "HTTPRoute"):
        for rule in one["spec"]["rules"]:
            if [backend["name"] for backend in rule["backendRefs"]] != ["gateway"]:
                yield f"HTTPRoute/{one['metadata']['name']}: goes past the gateway"
            for match in rule.get("matches", [{}]):
                if "method" not in match or len(match.get("path", {}).get("value", "/")) < 4:
                    yield f"HTTPRoute/{one['metadata']['name']}: lets every path through"


def https_only(given: Sequence[Object]) -> Iterator[str]:
    """In production the public address speaks TLS only."""
    for one in of_kind(given, "Gateway"):
        for listener in one["spec"]["listeners"]:
            if listener["protocol"] != "HTTPS" or not listener.get("tls", {}).get("certificateRefs"):
                yield f"Gateway/{one['metadata']['name']}: speaks without TLS"


def _namespace(given: Sequence[Object]) -> str:
    return next((one["metadata"]["name"] for one in of_kind(given, "Namespace")), "default")


def _rules(policy: Object) -> list[Object]:
    return [*(policy["spec"].get("ingress") or ()), *(policy["spec"].get("egress") or ())]


def _secrets(template: Object) -> set[str]:
    found = {volume["secret"]["secretName"] for volume in template["spec"]["volumes"] if "secret" in volume}
    for container in containers(template):
        for variable in container.get("env", ()):
            reference = variable.get("valueFrom", {}).get("secretKeyRef")
            found |= {reference["name"]} if reference else set()
        found |= {one["secretRef"]["name"] for one in container.get("envFrom", ()) if "secretRef" in one}
    return found
