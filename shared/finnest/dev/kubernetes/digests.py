"""Which images production runs, by digest: the entries follow the manifests, the digests are a release's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from finnest.manifest import Manifest

NOTHING = "sha256:" + "0" * 64
"""The digest of an image that no release has made: no registry has it, so a pod of it does not start."""
HEADING = """\
# What runs in production. `finnest render` keeps an entry per feature; a release sets name and digest
# (`kustomize edit set image finnest/invoices=<registry>/finnest/invoices@sha256:...`). Zeros: not released yet.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images:
"""


def document(features: Sequence[Manifest], path: Path) -> str:
    """Return the component with an entry for each feature; what the file knows already is kept."""
    content: dict[str, Any] = yaml.safe_load(path.read_text()) if path.exists() else {}
    known = {image["name"]: image for image in content.get("images") or []}
    lines: list[str] = []
    for feature in features:
        name = f"finnest/{feature.name}"
        image = known.get(name, {})
        there = image.get("newName", f"registry.example.com/{name}")
        lines.append(f"  - {{name: {name}, newName: {there}, digest: '{image.get('digest', NOTHING)}'}}\n")
    return HEADING + "".join(lines)
