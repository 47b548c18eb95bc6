"""What the clerk needs beyond the kernel's ports."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from finnest.records import Record
from services.invoices.documents.findings import Report
from services.invoices.documents.paper import Paper

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


class Read(Record):
    """What a PDF says."""

    text: str
    pages: int
    pages_left_out: int
    """Pages after the twentieth; nothing of them was read."""
    paper: Paper


class Texts(Protocol):
    """Reads what stands in PDFs."""

    async def read(self, body: bytes) -> Read:
        """Return what a PDF says.

        Raises:
            Unreadable: It is no PDF, or a broken one.
            Invalid: It is encrypted, has no text, or takes more memory or time than it may.
            TooLarge: It is larger than a file inside an invoice may be.
            Throttled: Too many wait.
            Unavailable: PDFs cannot be read here now.
        """
        ...


class Days(Protocol):
    """The calendar on the tenant's wall."""

    def today(self, tenant: str) -> date:
        """Return the date in the tenant's time zone."""
        ...
