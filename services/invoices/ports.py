"""What the clerk needs beyond the kernel's ports."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from services.invoices.documents.findings import Report

LARGE_BYTES = 200 * 1024
"""Larger documents are read and judged apart and last: however many come, the others do not wait. Judged so are
also those that take long for another reason."""


class Judge(Protocol):
    """The official rules."""

    async def judge(self, sender: str, body: bytes, today: date, ruleset: str | None = None) -> Report:
        """Return the report on any bytes; the ruleset is detected unless given. Senders take turns: a tenant, or one of its people.

        `today` is the date where the tenant is: a later one on a document lies in the future.

        Raises:
            Throttled: Too many documents wait to be judged.
            Unavailable: The rules cannot be applied now.
        """
        ...


class Days(Protocol):
    """The calendar on the tenant's wall."""

    def today(self, tenant: str) -> date:
        """Return the date in the tenant's time zone."""
        ...
