"""What the matcher needs besides the kernel's ports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.matching.documents.rulings import Ruling


class Documents(Protocol):
    """The documents of invoices."""

    async def document(self, tenant: str, invoice_id: str) -> bytes:
        """Return the document as it came.

        Raises:
            Unavailable, TimedOut: Not now; ask again.
            Missing: There is none.
        """
        ...


class Rules(Protocol):
    """The official rules for orders, order responses and despatch advices."""

    async def judge(self, tenant: str, body: bytes) -> Ruling:
        """Return what the rules that a UBL document asks for say about it; nothing is kept.

        Raises:
            Unreadable, TooLarge, Invalid: It is no document that can be judged.
            Unavailable: The rules cannot be applied now; ask again.
        """
        ...


class Register(Protocol):
    """Finds matches by what is written on papers; it may lag, so what it says is only tried."""

    async def of_number(self, tenant: str, supplier: str, number: str) -> Sequence[str]:
        """Return the ids of the matches of this supplier's invoices with this number."""
        ...
