"""What the clerk needs beyond the kernel's ports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from finnest.records import Record
from services.invoices.documents.findings import Report

LARGE_BYTES = 200 * 1024
"""Larger documents are read and judged apart and last: however many come, the others do not wait."""


class Bill(Record):
    """What is compared of two invoices; amounts in minor units."""

    seller: str
    kind: str
    currency: str
    payable_cents: int
    issue_date: date


class Alike(Record):
    """Another invoice of the same supplier and total."""

    id: str
    number: str | None = None
    issue_date: date


class Judge(Protocol):
    """The official rules."""

    async def judge(self, body: bytes, ruleset: str | None = None) -> Report:
        """Return the report on any bytes; the ruleset is detected unless given.

        Raises:
            Throttled: Too many documents wait to be judged.
            Unavailable: The rules cannot be applied now.
        """
        ...


class Lookalikes(Protocol):
    """Finds invoices that could be the same bill under another number."""

    async def near(self, tenant: str, id: str, bill: Bill, days: int, limit: int) -> Sequence[Alike]:
        """Return other invoices of the same supplier, kind and total issued within so many days.

        Those that were taken at the same moment, before the view heard of them, may be missing; invalid
        ones and duplicates are left out.
        """
        ...
