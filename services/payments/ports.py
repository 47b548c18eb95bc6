"""What payments needs besides the kernel's ports."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from finnest.records import Record
from services.payments.domain.days import Closed

Steps = Generator[Any, Any, Any]
"""A workflow's body: yields what it waits for."""


class Arranger(Protocol):
    """What a workflow's body may do: wait. Everything it learns comes back the same on every replay."""

    def call_activity(self, activity: str, *, input: str) -> Any:
        """Return the task of one act; yielded, it gives the act's answer as JSON text."""
        ...

    def wait_for_external_event(self, name: str) -> Any:
        """Return the task of an event that somebody raises, perhaps days later, perhaps before."""
        ...

    def create_timer(self, fire_at: timedelta) -> Any:
        """Return the task of a pause."""
        ...


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
