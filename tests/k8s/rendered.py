"""The overlays and combinations of `k8s/`, rendered by kustomize."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from finnest.dev.home import REPO
from finnest.dev.runtime import cached
from finnest.dev.tools import KUSTOMIZE

FOLDER = REPO / "k8s"
OVERLAYS = tuple(
    str(path.parent.relative_to(FOLDER))
    for parent in ("overlays", "tests")
    for path in sorted((FOLDER / parent).glob("*/kustomization.yaml"))
)
Object = dict[str, Any]


def kustomize() -> Sequence[str]:
    """Return the command that renders: an installed one, else the pinned one, built once per machine."""
    if found := shutil.which("kustomize"):
        return [found, "build"]
    if found := shutil.which("kubectl"):
        return [found, "kustomize"]
    return [str(cached(KUSTOMIZE, print, os.environ) / "kustomize"), "build"]


@lru_cache
def text(overlay: str) -> str:
    """Return an overlay as one YAML text."""
    command = [*kustomize(), str(FOLDER / overlay)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    return done.stdout


def objects(overlay: str) -> list[Object]:
    """Return an overlay's objects; the caller may change them."""
    return list(yaml.load_all(text(overlay), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def of_kind(given: Sequence[Object], *kinds: str) -> Iterator[Object]:
    """Return the objects of some kinds."""
    return (one for one in given if one["kind"] in kinds)


def named(given: Sequence[Object], kind: str, name: str) -> Object:
    """Return one object."""
    return next(one for one in of_kind(given, kind) if one["metadata"]["name"] == name)


def pods(given: Sequence[Object]) -> Iterator[tuple[str, Object]]:
    """Return name and pod template of everything that makes pods."""
    for one in of_kind(given, "Deployment", "StatefulSet", "Job", "DaemonSet", "CronJob", "Pod"):
        template: Object = one if one["kind"] == "Pod" else one["spec"].get("template", {})
        yield f"{one['kind']}/{one['metadata']['name']}", template


def features(given: Sequence[Object]) -> Iterator[tuple[str, Object]]:
    """Return name and Deployment of every feature."""
    for one in of_kind(given, "Deployment"):
        if one["metadata"].get("labels", {}).get("app.kubernetes.io/component") == "feature":
            yield one["metadata"]["name"], one


def containers(template: Object) -> Iterator[Object]:
    """Return every container of a pod, those that run before it too."""
    spec: Mapping[str, Any] = template["spec"]
    yield from spec.get("initContainers", ())
    yield from spec["containers"]


def path_of(overlay: str) -> Path:
    """Return the folder of an overlay."""
    return FOLDER / overlay
