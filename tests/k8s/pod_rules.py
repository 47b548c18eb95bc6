"""What must hold for every pod: a rule returns a sentence per offence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from finnest.dev.kubernetes import pod
from tests.k8s.rendered import Object, containers, features, of_kind, pods

VOLUMES = {
    "configMap",
    "secret",
    "emptyDir",
    "persistentVolumeClaim",
    "projected",
    "downwardAPI",
    "csi",
    "ephemeral",
}
"""The kinds that Pod Security `restricted` allows."""
HOST = ("hostNetwork", "hostPID", "hostIPC")
FLOATING = ("latest", "edge", "stable", "main", "master", "dev", "nightly")
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def restricted(given: Sequence[Object]) -> Iterator[str]:
    """Pod Security `restricted`, for the pod and each of its containers."""
    for name, template in pods(given):
        spec: dict[str, Any] = template["spec"]
        own = spec.get("securityContext", {})
        yield from (f"{name}: {field}" for field in HOST if spec.get(field))
        for volume in spec.get("volumes", ()):
            if not (set(volume) - {"name"}) <= VOLUMES:
                yield f"{name}: volume {volume['name']} is of a kind that is not allowed"
        for one in containers(template):
            where, context = f"{name}/{one['name']}", one.get("securityContext", {})
            if context.get("privileged"):
                yield f"{where}: privileged"
            if context.get("allowPrivilegeEscalation") is not False:
                yield f"{where}: may gain privileges"
            if context.get("capabilities", {}).get("drop") != ["ALL"] or context["capabilities"].get("add"):
                yield f"{where}: keeps capabilities"
            if not context.get("runAsNonRoot", own.get("runAsNonRoot")):
                yield f"{where}: may run as root"
            if context.get("runAsUser", own.get("runAsUser", 0)) == 0:
                yield f"{where}: no user that is not root"
            profile = context.get("seccompProfile", own.get("seccompProfile", {}))
            if profile.get("type") not in ("RuntimeDefault", "Localhost"):
                yield f"{where}: no seccomp profile"
            if any("hostPort" in port for port in one.get("ports", ())):
                yield f"{where}: takes a port of the node"


def read_only(given: Sequence[Object]) -> Iterator[str]:
    """No container writes to its image."""
    for name, template in pods(given):
        for one in containers(template):
            if one.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
                yield f"{name}/{one['name']}: its root is writable"


def tokenless(given: Sequence[Object]) -> Iterator[str]:
    """No pod may speak to the cluster's API."""
    for name, template in pods(given):
        if template["spec"].get("automountServiceAccountToken") is not False:
            yield f"{name}: gets a service account's token"
        if template["spec"].get("enableServiceLinks") is not False:
            yield f"{name}: is told of every service by its environment"
    for account in of_kind(given, "ServiceAccount"):
        if account.get("automountServiceAccountToken") is not False:
            yield f"ServiceAccount/{account['metadata']['name']}: gives out tokens"
    for one in of_kind(given, "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"):
        yield f"{one['kind']}/{one['metadata']['name']}: nothing here needs rights in the cluster"


def sized(given: Sequence[Object]) -> Iterator[str]:
    """Every container, the injected sidecar too, asks for something and has a limit."""
    for name, template in pods(given):
        for one in containers(template):
            for side in ("requests", "limits"):
                if not {"cpu", "memory"} <= set(one.get("resources", {}).get(side, {})):
                    yield f"{name}/{one['name']}: no {side}"
        for volume in template["spec"].get("volumes", ()):
            if "emptyDir" in volume and not (volume["emptyDir"] or {}).get("sizeLimit"):
                yield f"{name}: volume {volume['name']} has no limit"
    for name, deployment in features(given):
        notes = _notes(deployment)
        for what in ("cpu-request", "cpu-limit", "memory-request", "memory-limit"):
            if f"dapr.io/sidecar-{what}" not in notes:
                yield f"{name}: its sidecar has no {what}"


def fixed_images(given: Sequence[Object]) -> Iterator[str]:
    """An image is named by a tag that does not move, or by digest."""
    for name, template in pods(given):
        for one in containers(template):
            image = one["image"]
            tag = image.rpartition("/")[2].partition(":")[2]
            if not DIGEST.search(image) and (not tag or tag in FLOATING):
                yield f"{name}/{one['name']}: {image} may be another image tomorrow"


def digests(given: Sequence[Object]) -> Iterator[str]:
    """In production an image is named by its digest."""
    for name, template in pods(given):
        for one in containers(template):
            if not DIGEST.search(one["image"]):
                yield f"{name}/{one['name']}: {one['image']} has no digest"


def probed(given: Sequence[Object]) -> Iterator[str]:
    """A feature's probes ask its own pod, on the port that knows of the sidecar, and none other."""
    for name, deployment in features(given):
        for one in deployment["spec"]["template"]["spec"]["containers"]:
            for kind, path in (("startup", "/livez"), ("readiness", "/readyz"), ("liveness", "/livez")):
                probe = one.get(f"{kind}Probe", {})
                get = probe.get("httpGet", {})
                if (get.get("path"), get.get("port")) != (path, "health") or "host" in get:
                    yield f"{name}: its {kind} probe does not ask {path} of this pod"
            if {"name": "health", "containerPort": pod.HEALTH_PORT} not in one.get("ports", ()):
                yield f"{name}: no port for probes"
        if _notes(deployment).get("dapr.io/enable-app-health-check") != "true":
            yield f"{name}: its sidecar does not ask the app"


def orderly(given: Sequence[Object]) -> Iterator[str]:
    """Spread, disruption, and an end that leaves time: leave, drain, then the sidecar."""
    budgets = [
        one["spec"]["selector"].get("matchLabels", {}) for one in of_kind(given, "PodDisruptionBudget")
    ]
    for name, deployment in features(given):
        template = deployment["spec"]["template"]
        labels = template["metadata"]["labels"]
        if not any(budget and budget.items() <= labels.items() for budget in budgets):
            yield f"{name}: no disruption budget"
        spread = template["spec"].get("topologySpreadConstraints", ())
        keys = {
            one["topologyKey"]
            for one in spread
            if one["labelSelector"].get("matchLabels", {}).items() <= labels.items()
        }
        if keys != {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}:
            yield f"{name}: is not spread over zones and nodes"
        sidecar = int(_notes(deployment).get("dapr.io/graceful-shutdown-seconds", 0))
        grace = template["spec"].get("terminationGracePeriodSeconds", 0)
        if not sidecar or grace <= pod.LEAVE_S + pod.DRAIN_S + sidecar:
            yield f"{name}: is killed before it has drained"


def scaled(given: Sequence[Object]) -> Iterator[str]:
    """A feature keeps nothing in its pod, grows with its work, and at a rollout never has fewer pods."""
    grown = {one["spec"]["scaleTargetRef"]["name"] for one in of_kind(given, "HorizontalPodAutoscaler")}
    for name, deployment in features(given):
        spec = deployment["spec"]
        if any("persistentVolumeClaim" in volume for volume in spec["template"]["spec"]["volumes"]):
            yield f"{name}: keeps data in a volume of its own"
        if name not in grown:
            yield f"{name}: does not grow with its work"
        if spec.get("strategy", {}).get("rollingUpdate", {}).get("maxUnavailable") != 0:
            yield f"{name}: has a pod less while it is rolled"
        if "replicas" in spec:
            yield f"{name}: each release would undo what the autoscaler chose"


def _notes(deployment: Object) -> dict[str, str]:
    return deployment["spec"]["template"]["metadata"].get("annotations", {})
