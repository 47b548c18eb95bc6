"""The match of one invoice: the data that it takes and what its stream keeps."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from finnest.records import Record
from services.matching.domain.findings import Finding

Status = (
    Literal[
        "", "looking", "reserving", "confirming", "releasing", "waiting", "exception", "matched", "rejected"
    ]
    | Literal["replaced"]
)
BUSY = frozenset(["looking", "reserving", "confirming", "releasing"])
"""It is on its way, and comes to rest without anybody's help."""
_ADDED = {"source", "summary", "hold"}


class InvoiceData(Record):
    """What says that an invoice is good so far; fields that nobody here reads go on as they came."""

    model_config = ConfigDict(frozen=True, extra="allow")

    invoice_id: str
    number: str | None = None
    supplier: str | None = None
    supplier_id: str | None = None
    kind: Literal["invoice", "credit_note"]
    order_reference: str | None = None
    line_orders: tuple[str, ...] = ()
    """Orders that single lines name."""
    submitted_by: str = ""
    intake: bool = False

    def as_it_came(self) -> dict[str, Any]:
        """Return the data without what an earlier feature or the bus added for itself."""
        return self.model_dump(mode="json", exclude=_ADDED, exclude_none=True)


class MatchState(Record):
    """A match."""

    status: Status = ""
    data: dict[str, Any] = {}
    report: str = ""
    streams: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    attempts: int = 0
    again: bool = False
    """Something changed while it was busy."""
    accepted: str = ""
    """Who lets it go on."""
    reason: str = ""
