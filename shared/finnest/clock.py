"""The real clock and real chance; the only place that reads either."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from finnest.ports import Clock


class SystemClock(Clock):
    """The machine's time in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def fresh_id() -> str:
    """Return 26 random characters (130 bits)."""
    return secrets.token_hex(13)
