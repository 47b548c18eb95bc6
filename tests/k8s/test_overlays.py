"""Every overlay and combination keeps every rule."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from finnest.dev.home import REPO
from finnest.dev.kubernetes.images import dockerfile
from finnest.manifest import discover
from tests.k8s.rendered import OVERLAYS, features, objects, of_kind
from tests.k8s.rules import EVERYWHERE, PRODUCTION, told

NAMES = [manifest.name for manifest in discover(REPO / "services")]
PRODUCTIVE = ("overlays/production", "overlays/cell")


@pytest.mark.parametrize("rule", EVERYWHERE)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_keeps_every_rule(overlay: str, rule: str) -> None:
    assert told(rule, objects(overlay)) == []


@pytest.mark.parametrize("rule", PRODUCTION)
@pytest.mark.parametrize("overlay", PRODUCTIVE)
def test_production_keeps_its_rules_too(overlay: str, rule: str) -> None:
    assert told(rule, objects(overlay)) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_has_every_feature_and_nothing_twice(overlay: str) -> None:
    given = objects(overlay)
    assert sorted(name for name, _ in features(given)) == sorted(NAMES)
    keys = [(one["apiVersion"], one["kind"], one["metadata"]["name"]) for one in given]
    assert len(keys) == len(set(keys))


def test_a_cell_shares_nothing_but_the_control_plane() -> None:
    cell = objects("overlays/cell")
    production = {one["metadata"].get("namespace") for one in objects("overlays/production")} - {None}
    assert production == {"finnest"}
    assert "'namespace': 'finnest'" not in str(cell)
    hosts = {
        listener["hostname"] for one in of_kind(cell, "Gateway") for listener in one["spec"]["listeners"]
    }
    assert hosts == {"cell-a.finnest.example.com"}


def test_the_control_plane_lets_no_pod_start_without_its_sidecar() -> None:
    values: dict[str, Any] = yaml.safe_load((REPO / "k8s" / "dapr" / "values.yaml").read_text())
    injector = values["dapr_sidecar_injector"]
    assert injector["webhookFailurePolicy"] == "Fail"
    assert injector["sidecarDropALLCapabilities"]
    assert injector["sidecarRunAsNonRoot"]
    assert injector["sidecarReadOnlyRootFilesystem"]
    selector = injector["namespaceSelector"]["matchExpressions"][0]
    assert selector["operator"] == "NotIn"
    assert "dapr-system" in selector["values"]
    mtls = values["global"]["mtls"]
    assert mtls["enabled"]
    assert mtls["controlPlaneTrustDomain"] != "cluster.local"


def test_skaffold_builds_every_feature_and_knows_every_overlay() -> None:
    skaffold: dict[str, Any] = yaml.safe_load((REPO / "skaffold.yaml").read_text())
    artifacts = {one["image"]: one for one in skaffold["build"]["artifacts"]}
    assert set(artifacts) == {f"finnest/{name}" for name in NAMES}
    for name in NAMES:
        one, recipe = artifacts[f"finnest/{name}"], dockerfile(name)
        assert REPO / one.get("context", ".") / one["docker"]["dockerfile"] == recipe
        if recipe == REPO / "Dockerfile":
            assert one["docker"]["buildArgs"] == {"FEATURE": name}
    paths = {
        path for part in [skaffold, *skaffold["profiles"]] for path in part["manifests"]["kustomize"]["paths"]
    }
    assert paths == {f"k8s/{overlay}" for overlay in OVERLAYS if overlay.startswith("overlays/")}
