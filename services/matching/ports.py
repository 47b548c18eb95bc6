"""What the matcher needs besides the kernel's ports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Documents(Protocol):
    """The documents of invoices."""

    async def document(self, tenant: str, invoice_id: str) -> bytes:
        """Return the document as it came.

        Raises:
            Unavailable, TimedOut: Not now; ask again.
            Missing: There is none.
        """
        ...


class Register(Protocol):
    """Finds matches by what is written on papers; it may lag, so what it says is only tried."""

    async def of_number(self, tenant: str, supplier: str, number: str) -> Sequence[str]:
        """Return the ids of the matches of this supplier's invoices with this number."""
        ...
