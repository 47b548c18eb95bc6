"""A clock that stands still until told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from finnest.ports import Clock

MORNING = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


class ManualClock(Clock):
    """Shows what it was set to."""

    def __init__(self, at: datetime = MORNING) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, seconds: float) -> datetime:
        """Move on; return the new time."""
        self._at += timedelta(seconds=seconds)
        return self._at
