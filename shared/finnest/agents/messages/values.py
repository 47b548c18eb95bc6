"""What messages of a run are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from finnest.agents.models.port import Call
from finnest.records import Record


class Limits(Record):
    """Bounds of one run."""

    steps: int = 12
    """Model answers at most."""
    tokens: int = 200_000
    micros: int = 2_000_000
    """Millionths of a US dollar."""
    wait_s: int = 24 * 3600
    """How long a person may take; then silence means no."""


class Origin(Record):
    """The run, and how far of it, that this one goes on from."""

    run: str
    version: int


class Waiting(Record):
    """The exact action that waits for a person."""

    call: Call
    args_hash: str
    by: Literal["user", "approvers"]
    preview: str
    why: str
    until: datetime
