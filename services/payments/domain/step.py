"""A step of a payment: what all its events have, and the statuses that they lead to."""

from __future__ import annotations

from typing import ClassVar, Literal

from finnest.records import Event

Status = Literal[
    "",
    "proposed",
    "exception",
    "credit",
    "awaiting_approval",
    "approved",
    "scheduled",
    "included",
    "paid",
    "failed",
    "cancelled",
    "stopped",
    "rejected",
]


class PaymentEvent(Event):
    """A step of a payment."""

    leads_to: ClassVar[Status] = ""
    """The status after it; empty when it stays."""
    carries: ClassVar[tuple[str, ...]] = ()
    """Fields that the payment keeps."""
    invoice_id: str
    summary: str
