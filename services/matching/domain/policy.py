"""What a tenant lets pass; the table is `policy.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import ConfigDict, Field

from finnest.records import Record


class _Written(Record):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tolerance(_Written):
    """A difference passes within both bounds; a bound that is not given does not bind."""

    percent: Decimal | None = Field(default=None, ge=0)
    cents: int | None = Field(default=None, ge=0)

    def takes(self, difference: Decimal, of: Decimal) -> bool:
        """Return whether an amount may be over another one by this much."""
        if difference <= 0:
            return True
        if self.percent is None and self.cents is None:
            return False
        within_percent = self.percent is None or difference * 100 <= abs(of) * self.percent
        return within_percent and (self.cents is None or difference * 100 <= self.cents)


class Policy(_Written):
    """The policy of one tenant."""

    without_order: Literal["pass", "hold"]
    receipts: Literal["required", "not_needed"]
    responses: Literal["follow", "hold"] = "hold"
    no_receipt_units: frozenset[str]
    price: Tolerance
    charges: Tolerance
    tax: Tolerance
    rounding_cents: int = Field(ge=0)
    accept_role: str
    owners: dict[str, str] = {}

    def needs_receipt(self, unit: str) -> bool:
        """Return whether what is ordered in this unit must have been received before it is matched."""
        return self.receipts == "required" and unit not in self.no_receipt_units


class Policies:
    """The policy of every tenant: what is written for it, over the default."""

    def __init__(
        self, default: Mapping[str, Any], tenants: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self._default = Policy.model_validate(dict(default))
        self._tenants = {
            tenant: Policy.model_validate({**default, **own}) for tenant, own in (tenants or {}).items()
        }

    def of(self, tenant: str) -> Policy:
        """Return the tenant's policy."""
        return self._tenants.get(tenant, self._default)
