"""Payments' own views, and the policy files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from finnest.policies import read_policy
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
    """Return the shipped policy with what `<home>/policy/payments.yaml` changes.

    Raises:
        ValueError: A file does not have the shape of `policy.yaml`; the message says where.
    """
    return Policies(*read_policy(SHIPPED, home, "payments"))
