"""What payments needs besides the kernel's ports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from finnest.records import Record
from services.payments.domain.days import Closed


class BusinessDays(Protocol):
    """Knows on which days banks move money, better than the package that payments carries."""

    async def closed(self, tenant: str, place: str) -> Closed | None:
        """Return what is known of this year and the next; None when nobody answers in time. Never raises."""
        ...


class Due(Record):
    """A payment that a run may try to take."""

    id: str
    amount_cents: int


class Ledger(Protocol):
    """Finds payments; it may lag behind the truth, so what it says is only tried."""

    async def due(self, tenant: str, process_on: date, limit: int) -> Sequence[Due]:
        """Return scheduled payments planned for that day or before, the earliest first."""
        ...

    async def of_supplier(self, tenant: str, supplier_ref: str, after: str, limit: int) -> Sequence[str]:
        """Return the ids of a supplier's payments that are at no end, in order, after one of them."""
        ...
