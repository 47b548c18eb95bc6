"""What the gateway needs beyond the kernel's ports."""

from __future__ import annotations

from typing import Protocol

from finnest.context import Caller


class Identities(Protocol):
    """Who a credential stands for."""

    def caller(self, authorization: str) -> Caller:
        """Return the caller of an `Authorization` header.

        Raises:
            Unauthenticated: No credential, or one that nobody has.
        """
        ...
