"""Payments' own views, and the policy files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml

from finnest.views import Views
from services.payments.domain.policy import Policies
from services.payments.ports import Due, Ledger
from services.payments.views import due, of_supplier

SHIPPED = Path(__file__).parents[1] / "policy.yaml"
_PARTS = {"default", "tenants"}


class ViewLedger(Ledger):
    """Finds payments in the feature's views."""

    def __init__(self, views: Views) -> None:
        self._views = views

    async def due(self, tenant: str, process_on: date, limit: int) -> Sequence[Due]:
        rows = await self._views.read(due(tenant, process_on.isoformat(), limit))
        return [Due.model_validate(row) for row in rows]

    async def of_supplier(self, tenant: str, supplier_ref: str, after: str, limit: int) -> Sequence[str]:
        return await self._views.read(of_supplier(tenant, supplier_ref, after, limit))


def read_policies(home: Path) -> Policies:
    """Return the shipped policy with what `<home>/policy/payments.yaml` changes.

    Raises:
        ValueError: A file does not have the shape of `policy.yaml`; the message says where.
    """
    own = home / "policy" / "payments.yaml"
    shipped = _read(SHIPPED)
    local = _read(own) if own.exists() else {}
    default = {**shipped["default"], **local.get("default", {})}
    return Policies(default, local.get("tenants", {}))


def _read(path: Path) -> dict[str, dict[str, Any]]:
    content: object = yaml.safe_load(path.read_text()) or {}
    if not isinstance(content, dict) or not set(cast("dict[str, Any]", content)) <= _PARTS:
        raise ValueError(f"{path}: only `default` and `tenants` stand there")
    parts = cast("dict[str, object]", content)
    return {name: cast("dict[str, Any]", part or {}) for name, part in parts.items()}
