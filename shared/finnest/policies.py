"""Policies: what a feature ships for everybody, and what an installation changes for everybody or for one tenant."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import yaml

_PARTS = {"default", "tenants"}


def read_policy(shipped: Path, home: Path, feature: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the default, and tenant -> what is written for it.

    `<home>/policy/<feature>.yaml` has the shape of the shipped file and goes over it, field by field; either
    may be missing.

    Raises:
        ValueError: A file has another shape; the message says which.
    """
    first, own = _read(shipped), _read(home / "policy" / f"{feature}.yaml")
    default = {**first.get("default", {}), **own.get("default", {})}
    tenants = {**first.get("tenants", {}), **own.get("tenants", {})}
    return default, {tenant: written or {} for tenant, written in tenants.items()}


def _read(path: Path) -> dict[str, dict[str, Any]]:
    content: object = yaml.safe_load(path.read_text()) if path.exists() else None
    if content is None:
        return {}
    if not isinstance(content, dict) or not set(cast("dict[str, Any]", content)) <= _PARTS:
        raise ValueError(f"{path}: only `default` and `tenants` stand there")
    parts = cast("dict[str, object]", content)
    if not all(part is None or isinstance(part, dict) for part in parts.values()):
        raise ValueError(f"{path}: `default` and `tenants` hold names and values")
    return {name: cast("dict[str, Any]", part or {}) for name, part in parts.items()}
