"""What the steward needs beyond the kernel's ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class HeldPage:
    """Some of the invoices of a supplier that wait, in the order in which they came."""

    invoices: tuple[dict[str, Any], ...]
    after: str
    """Where the next page begins; empty on the last."""


class Waiting(Protocol):
    """Finds the invoices of a supplier that wait."""

    async def held(self, tenant: str, supplier: str, after: str, limit: int) -> HeldPage:
        """Return a page of them, all that the supplier's stream holds at the time of the call.

        Raises:
            NotYet: The view has not heard the newest of the stream.
        """
        ...
