"""Payments' own views, and the policy files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from finnest.policies import read_policy
from finnest.tenants import read_tenants
from finnest.views import Views
from services.payments.domain.policy import Policies
from services.payments.ports import Due, Ledger
from services.payments.views import due, of_supplier

SHIPPED = Path(__file__).parents[1] / "policy.yaml"


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
    """Return the shipped policy with what `<home>/policy/payments.yaml` changes, and each tenant's settings.

    Raises:
        ValueError: A file does not have the shape of `policy.yaml` or `tenants.yaml`; the message says where.
    """
    return Policies(*filled(home))


def filled(home: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return what is written for everybody and for each tenant, with the tenants' settings; raises as `read_policies`."""
    written = read_policy(SHIPPED, home, "payments")
    return read_tenants(home).fill("payments", written, {"time_zone": "time_zone", "calendar": "place"})
