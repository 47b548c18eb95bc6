"""What a scanner of others' making finds in the overlays (kube-score), and that it finds what is broken."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import yaml

from finnest.dev.runtime import cached
from finnest.dev.tools import KUBE_SCORE
from tests.k8s.rendered import OVERLAYS, Object, features, named, objects

PASSED_OVER: Mapping[str, str] = {
    "container-image-pull-policy": "an image is named by digest or by a tag that does not move",
    "deployment-has-host-podantiaffinity": "pods are spread by topologySpreadConstraints",
    "statefulset-has-host-podantiaffinity": "the same",
    "container-security-context-user-group-id": "PostgreSQL's image knows its own user; that it is not root is a rule here",
}
SMALL: Mapping[str, str] = {
    "horizontalpodautoscaler-replicas": "a cluster for trying out begins with one pod of each"
}
WARNING = 5
"""Grades are 1 (critical), 5 (warning), 7 (almost) and 10."""


def found(given: Sequence[Object], passed_over: Mapping[str, str] = PASSED_OVER) -> list[str]:
    """Return what the scanner says of objects, one sentence each."""
    scanner = cached(KUBE_SCORE, print, os.environ) / "kube-score"
    ignored = [part for name in passed_over for part in ("--ignore-test", name)]
    done = subprocess.run(
        [scanner, "score", "--output-format", "json", *ignored, "-"],
        input=yaml.safe_dump_all(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("["), done.stderr
    return [
        f"{one['object_name']}: {check['check']['name']}"
        for one in json.loads(done.stdout)
        for check in one["checks"] or ()
        if not check["skipped"] and check["grade"] <= WARNING
    ]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_scanner_finds_nothing(overlay: str) -> None:
    small = overlay.startswith(("overlays/local", "tests/lab", "tests/local"))
    assert found(objects(overlay), {**PASSED_OVER, **SMALL} if small else PASSED_OVER) == []


def _app(given: Sequence[Object]) -> dict[str, Any]:
    return dict(features(given))["invoices"]["spec"]["template"]["spec"]["containers"][0]


BROKEN: Mapping[str, Callable[[list[Object]], object]] = {
    "no limits": lambda given: _app(given).pop("resources"),
    "a writable root": lambda given: _app(given)["securityContext"].pop("readOnlyRootFilesystem"),
    "a floating image": lambda given: _app(given).update(image="finnest/invoices:latest"),
    "no budget of disruption": lambda given: given.remove(named(given, "PodDisruptionBudget", "invoices")),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_scanner_finds_what_is_broken(what: str) -> None:
    given = objects("overlays/production")
    BROKEN[what](given)
    assert any("invoices" in one for one in found(given))
