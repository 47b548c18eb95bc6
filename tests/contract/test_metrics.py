"""With a real sidecar: what alerts ask for, under the names and labels that they ask by, is what it says."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from finnest.apps import MONOLITH
from finnest.dev.home import REPO
from finnest.dev.kubernetes.resiliency import BREAKERS
from finnest.dev.ports import any_free
from finnest.dev.readiness import get
from finnest.testing import eventually
from tests.contract.rig import Rig

RULES = REPO / "k8s" / "components" / "observability" / "rules.yaml"
ELSEWHERE = {
    "up": "said by Prometheus of what it scrapes",
    "dapr_runtime_acl_app_policy_action_blocked_total": "needs mTLS: tests/k8s/metrics.txt has it from a cluster",
}
METRIC = re.compile(r"\b((?:dapr_\w+|up))(?:\{([^}]*)\})?")


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Generator[Rig]:
    """One installation for all tests of this file."""
    made = Rig.at(tmp_path_factory.mktemp("rig"))
    try:
        yield made
    finally:
        made.end()


def asked() -> Mapping[str, set[str]]:
    """Return metric -> labels that alerts ask of it."""
    found: dict[str, set[str]] = {}
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            by = re.search(r"by \(([^)]*)\)", rule["expr"])
            for name, matchers in METRIC.findall(rule["expr"]):
                labels = set(re.findall(r"(\w+)(?:=|!=|=~|!~)\"", matchers))
                found.setdefault(name, set()).update(labels, by[1].split(", ") if by else ())
    return {name: labels for name, labels in found.items() if name not in ELSEWHERE}


def said(text: str) -> Mapping[str, set[str]]:
    """Return metric -> labels of everything that is exported."""
    found: dict[str, set[str]] = {}
    for name, labels in re.findall(r"^(\w+)\{([^}]*)\} ", text, flags=re.MULTILINE):
        found.setdefault(name, set()).update(re.findall(r"(\w+)=\"", labels))
    return found


async def test_a_sidecar_says_what_alerts_ask(rig: Rig) -> None:
    await rig.start("echoes")
    rig.stop("app", "sidecar")
    port = any_free([])
    _guard(rig.plan.home.resources)
    sidecar = rig.plan.sidecar(MONOLITH, rig.plan.home.resources)
    command = [part for part in sidecar.command if part != "--enable-metrics=false"]
    rig.begin(replace(sidecar, command=[*command, "--enable-metrics=true", "--metrics-port", str(port)]))
    await rig.start_app()
    wanted, exported = asked(), dict[str, set[str]]()
    assert wanted

    def is_told() -> bool:
        exported.update(said(get(port, "/metrics", 2)[1].decode()))
        return all(labels <= exported.get(name, set()) for name, labels in wanted.items())

    try:
        await eventually(is_told, 30)
    except AssertionError:
        there = {name: sorted(exported.get(name, ())) for name in wanted}
        pytest.fail(f"asked {wanted}, exported {there}")


def _guard(resources: Path) -> None:
    """Put a breaker before the store, as every sidecar in a cluster has it."""
    outbound = {"circuitBreaker": "store"}
    (resources / "resiliency.yaml").write_text(
        yaml.safe_dump(
            {
                "apiVersion": "dapr.io/v1alpha1",
                "kind": "Resiliency",
                "metadata": {"name": "echoes"},
                "spec": {
                    "policies": {"circuitBreakers": {"store": BREAKERS["store"]}},
                    "targets": {"components": {"state-echoes": {"outbound": outbound}}},
                },
            }
        )
    )
