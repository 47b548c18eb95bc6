"""A real API server takes every overlay in the strictest way, and refuses what is broken."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import yaml

from tests.k8s import rendered
from tests.k8s.rendered import OVERLAYS, Object, named, of_kind
from tests.k8s.server import Server, server


def objects(overlay: str) -> list[Object]:
    """Return an overlay's objects in a namespace where none of them is: what runs elsewhere is not changed."""
    given = rendered.objects(overlay)
    for one in given:
        where = one["metadata"]
        field = "name" if one["kind"] == "Namespace" else "namespace"
        where[field] = f"{where[field]}-check"
    return given


@pytest.fixture(scope="module")
def api() -> Iterator[Server]:
    with server() as found:
        for overlay in OVERLAYS:
            for one in of_kind(objects(overlay), "Namespace"):
                done = found.apply(yaml.safe_dump(one))
                assert done.returncode == 0, done.stderr
        yield found


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_server_takes_every_object(api: Server, overlay: str) -> None:
    done = api.apply(yaml.safe_dump_all(objects(overlay)), "--dry-run=server")
    assert done.returncode == 0, done.stderr[:4000]
    assert done.stdout.count("(server dry run)") == len(objects(overlay))
    assert "Warning" not in done.stderr, "a pod would not be `restricted`"


def _set(path: str, value: object) -> Callable[[Object], None]:
    def change(one: Object) -> None:
        *way, last = path.split(".")
        at: Any = one
        for step in way:
            at = at[int(step)] if step.isdigit() else at[step]
        at[last] = value

    return change


REFUSED: Mapping[str, tuple[str, str, Callable[[Object], None], str]] = {
    "a misspelt field": ("Deployment", "invoices", _set("spec.replica", 1), "unknown field"),
    "a number as text": ("Deployment", "invoices", _set("spec.replicas", "one"), "replicas"),
    "a probe without port": (
        "Deployment",
        "invoices",
        _set("spec.template.spec.containers.0.livenessProbe.httpGet", {"path": "/"}),
        "port",
    ),
    "a volume that is not there": (
        "Deployment",
        "invoices",
        _set("spec.template.spec.containers.0.volumeMounts.0.name", "nowhere"),
        "not found",
    ),
    "labels that do not fit": (
        "Deployment",
        "invoices",
        _set("spec.selector.matchLabels.x", "y"),
        "selector",
    ),
    "an autoscaler upside down": (
        "HorizontalPodAutoscaler",
        "gateway",
        _set("spec.maxReplicas", 1),
        "maxReplicas",
    ),
    "an unknown field of Dapr": ("Component", "bus", _set("spec.ignoreError", True), "unknown field"),
    "a policy without callers": (
        "WorkflowAccessPolicy",
        "payments",
        _set("spec.rules.0.callers", []),
        "callers",
    ),
    "an unknown operation": (
        "WorkflowAccessPolicy",
        "payments",
        _set("spec.rules.0.workflows.0.operations", ["destroy"]),
        "Unsupported value",
    ),
    "an unknown method": ("HTTPRoute", "invoices", _set("spec.rules.0.matches.0.method", "FETCH"), "method"),
    "a network that is none": (
        "NetworkPolicy",
        "stores",
        _set("spec.egress.0.to.0.ipBlock.cidr", "192.0.2.0/40"),
        "cidr",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_server_refuses_what_is_broken(api: Server, what: str) -> None:
    kind, name, damage, said = REFUSED[what]
    one = named(objects("overlays/production"), kind, name)
    assert api.refusal(one) == ""
    damage(one)
    assert said.lower() in api.refusal(one).lower()


VIOLATIONS: Mapping[str, Callable[[Object], None]] = {
    "the node's network": _set("spec.hostNetwork", True),
    "more privileges": _set("spec.containers.0.securityContext.allowPrivilegeEscalation", True),
    "capabilities": _set("spec.containers.0.securityContext.capabilities", {}),
    "root": _set("spec.securityContext.runAsUser", 0),
    "no seccomp profile": _set("spec.securityContext.seccompProfile", {"type": "Unconfined"}),
}


def _pod(overlay: str) -> Object:
    template = copy.deepcopy(named(objects(overlay), "Deployment", "invoices")["spec"]["template"])
    namespace = next(of_kind(objects(overlay), "Namespace"))["metadata"]["name"]
    del template["spec"]["serviceAccountName"]
    metadata = {**template["metadata"], "name": "try", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


@pytest.fixture(scope="module")
def account(api: Server) -> None:
    """A bare API server has no controller that makes a namespace's own account."""
    bare = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "default", "namespace": "finnest-check"},
    }
    assert api.apply(yaml.safe_dump(bare)).returncode == 0


@pytest.mark.usefixtures("account")
def test_a_pod_of_a_feature_may_start(api: Server) -> None:
    assert api.refusal(_pod("overlays/local")) == ""


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("what", VIOLATIONS)
def test_a_pod_that_asks_for_more_is_refused(api: Server, what: str) -> None:
    pod = _pod("overlays/local")
    VIOLATIONS[what](pod)
    assert "violates PodSecurity" in api.refusal(pod)
