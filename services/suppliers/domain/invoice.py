"""An invoice as far as its supplier goes."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from finnest.records import Record

_ADDED = {"source", "supplier_ref", "supplier_status", "account_status", "hold", "summary"}


class InvoiceData(Record):
    """What `invoices.validated.v1` says; fields that nobody here reads go on as they came."""

    model_config = ConfigDict(frozen=True, extra="allow")

    invoice_id: str
    supplier: str | None = None
    supplier_id: str | None = None
    payment: dict[str, Any] | None = None

    def as_it_came(self) -> dict[str, Any]:
        """Return the data without what the bus or an earlier answer added."""
        return self.model_dump(mode="json", exclude=_ADDED, exclude_none=True)
