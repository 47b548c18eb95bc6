"""The rendered part of `k8s/`: a folder per feature, and the lists that name every feature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from finnest.dev.home import REPO
from finnest.dev.kubernetes import components, digests, network, policy, roles, routes
from finnest.dev.kubernetes.names import GATEWAY, PUBLIC_PORT
from finnest.dev.kubernetes.resiliency import resiliency
from finnest.manifest import Manifest

FOLDER = REPO / "k8s"
MADE = "# Made by `finnest render` from the manifests; do not edit.\n"
DIGESTS = "components/digests/kustomization.yaml"
VIEWS = "/etc/finnest/views"
"""Where an app finds the address of its views."""
SIZE = "size.yaml"
"""Written by hand where a feature needs another size than the rest; it is kept and used."""


def documents(features: Sequence[Manifest], folder: Path = FOLDER) -> dict[str, str]:
    """Return path below `k8s/` → content of everything that is made of the manifests."""
    texts: dict[str, str] = {}
    shared = components.shared(features)
    for feature in features:
        at = f"features/{feature.name}"
        configuration = policy.configuration(feature, features)
        sized = (folder / at / SIZE).exists()
        texts[f"{at}/kustomization.yaml"] = MADE + _kustomization(feature, sized)
        seen = "".join([*components.of_feature(feature), *shared, _one(resiliency(feature, features))])
        texts[f"{at}/deployment.yaml"] = MADE + _one(_deployment(feature, configuration, _hash(seen)))
        texts[f"{at}/rights.yaml"] = MADE + _rights(feature, configuration)
        texts[f"{at}/resiliency.yaml"] = MADE + _one(resiliency(feature, features))
        if feature.has_store:
            texts[f"{at}/components.yaml"] = MADE + "---\n".join(components.of_feature(feature))
        texts[f"components/network-policies/{feature.name}.yaml"] = MADE + _one(
            network.policy(feature, features)
        )
        if (route := routes.route(feature)) is not None:
            texts[f"components/gateway-api/{feature.name}.yaml"] = MADE + _one(route)
    texts["features/shared.yaml"] = MADE + "---\n".join(shared)
    names = [feature.name for feature in features]
    texts["features/kustomization.yaml"] = MADE + _one(_list("Kustomization", [*names, "shared.yaml"]))
    for part in ("network-policies", "gateway-api"):
        made = {Path(path).name for path in texts if path.startswith(f"components/{part}/")}
        kept = {path.name for path in (folder / "components" / part).glob("*.yaml") if not _is_made(path)}
        texts[f"components/{part}/kustomization.yaml"] = MADE + _one(
            _list("Component", sorted((made | kept) - {"kustomization.yaml"}))
        )
    texts["components/bus/kustomization.yaml"] = MADE + _bus(features)
    texts[DIGESTS] = digests.document(features, folder / DIGESTS)
    texts["components/postgres/roles.sql"] = f"-- {MADE.lstrip('# ')}" + roles.sql(features)
    return texts


def differing(texts: Mapping[str, str], folder: Path = FOLDER) -> list[str]:
    """Return the paths that are missing, stale or of another content."""
    changed = {
        path
        for path, text in texts.items()
        if not (folder / path).exists() or (folder / path).read_text() != text
    }
    stale = {str(path.relative_to(folder)) for path in folder.rglob("*.yaml") if _is_made(path)} - set(texts)
    return sorted(changed | stale)


def write(texts: Mapping[str, str], folder: Path = FOLDER) -> list[str]:
    """Make the rendered files say exactly this; return the paths that changed."""
    paths = differing(texts, folder)
    for name in paths:
        path = folder / name
        if name in texts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[name])
        else:
            path.unlink()
    return paths


def _is_made(path: Path) -> bool:
    return path.read_text().startswith(MADE)


def _kustomization(feature: Manifest, sized: bool) -> str:
    public = ", ../../components/public" if feature.name == GATEWAY else ""
    # Named here, not followed by kustomize: every feature's objects were once called the same.
    scaled = f"""\
  - target: {{kind: HorizontalPodAutoscaler}}
    patch: '- {{op: replace, path: /spec/scaleTargetRef/name, value: {feature.name}}}'
"""
    size = "  - {path: size.yaml, target: {kind: Deployment}}\n" if sized else ""
    return f"""\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base, {"components.yaml, " if feature.has_store else ""}rights.yaml, resiliency.yaml]
components: [../../components/replicas{public}]
images:
  - {{name: finnest/feature, newName: finnest/{feature.name}}}
labels:
  - {{pairs: {{app.kubernetes.io/name: {feature.name}}}, includeSelectors: true}}
patches:
  - {{path: deployment.yaml, target: {{kind: Deployment}}}}
{size}{scaled}\
  - target: {{name: feature}}
    options: {{allowNameChange: true}}
    patch: '- {{op: replace, path: /metadata/name, value: {feature.name}}}'
"""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _deployment(feature: Manifest, configuration: Mapping[str, Any], seen: str) -> dict[str, Any]:
    name = feature.name
    container: dict[str, Any] = {
        "name": "app",
        "env": [
            {"name": "FINNEST_FEATURES", "value": name},
            _token("APP_API_TOKEN", f"{name}-app-token"),
            _token("DAPR_API_TOKEN", f"{name}-api-token"),
        ],
    }
    volumes: list[dict[str, Any]] = [{"name": "sidecar", "secret": {"secretName": f"{name}-sidecar"}}]
    if feature.has_streams:
        container["env"].append({"name": "FINNEST_VIEWS", "value": VIEWS})
        container["volumeMounts"] = [{"name": "views", "mountPath": VIEWS, "readOnly": True}]
        volumes.append({"name": "views", "secret": {"secretName": f"{name}-views", "defaultMode": 0o440}})
    if name == GATEWAY:
        container["ports"] = [{"name": "public", "containerPort": PUBLIC_PORT}]
        container["volumeMounts"] = [{"name": "keys", "mountPath": "/etc/finnest/keys", "readOnly": True}]
        volumes.append({"name": "keys", "secret": {"secretName": "gateway-keys", "defaultMode": 0o440}})
    annotations = {
        "dapr.io/app-id": name,
        "dapr.io/config": configuration["metadata"]["name"],
        # A sidecar reads its components once: another content is another pod.
        "finnest/components": seen,
        "dapr.io/app-token-secret": f"{name}-app-token",
        "dapr.io/api-token-secret": f"{name}-api-token",
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "feature"},
        "spec": {
            "template": {
                "metadata": {"annotations": annotations},
                "spec": {"serviceAccountName": name, "containers": [container], "volumes": volumes},
            }
        },
    }


def _token(variable: str, secret: str) -> dict[str, Any]:
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": "token"}}}


def _rights(feature: Manifest, configuration: Mapping[str, Any]) -> str:
    own = [dict(configuration)]
    if feature.has_streams:
        own.append(policy.workflow_access(feature))
    return "---\n".join(map(_one, own))


def _bus(features: Sequence[Manifest]) -> str:
    """Return the Job's kustomization; the Job has another name when what it makes is another."""
    wanted = {
        name: feature.filters(lane, partition)
        for feature in features
        for lane, partition, name in feature.consumers()
    }
    content = _hash(json.dumps(wanted, sort_keys=True))
    component = _list("Component", ["job.yaml"])
    component["patches"] = [
        {
            "target": {"kind": "Job", "name": "bus"},
            "options": {"allowNameChange": True},
            "patch": f"- {{op: replace, path: /metadata/name, value: bus-{content}}}",
        }
    ]
    return _one(component)


def _list(kind: str, resources: Sequence[str]) -> dict[str, Any]:
    version = "v1beta1" if kind == "Kustomization" else "v1alpha1"
    return {
        "apiVersion": f"kustomize.config.k8s.io/{version}",
        "kind": kind,
        "resources": list(resources),
    }


class _Plain(yaml.SafeDumper):
    """Writes no anchors: each object says what it is."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _one(content: Mapping[str, Any]) -> str:
    return yaml.dump(dict(content), Dumper=_Plain, sort_keys=False, width=110)
