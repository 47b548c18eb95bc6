"""The names and ports that the parts of one installation share."""

from __future__ import annotations

from finnest.dev.home import SERVICES
from finnest.manifest import Manifest

NAMESPACE = "finnest"
"""Where the resources are, until an overlay names another place."""
TRUST_DOMAIN = "finnest"
"""Of every feature's identity (SPIFFE); the control plane has its own."""
CONTROL_PLANE = "dapr-system"
GATEWAY = "gateway"
"""The feature behind the public address."""
PART_OF = {"app.kubernetes.io/part-of": "finnest"}
PUBLIC_PORT = 8080
SIDECAR_PORT = 50002
"""Where sidecars speak to each other."""
BUS_PORT = 4222
STATE_PORT = 5432


def name_label(name: str) -> dict[str, str]:
    """Return the label that selects one feature's pods."""
    return {"app.kubernetes.io/name": name}


def has_workflows(manifest: Manifest) -> bool:
    """Return whether the feature has processes over days: a `workflow` file or folder (services/README.md)."""
    folder = SERVICES / manifest.name
    return (folder / "workflow.py").exists() or (folder / "workflow").is_dir()


def has_setup(manifest: Manifest) -> bool:
    """Return whether the feature's image carries what it fetches once."""
    return manifest.setup is not None
