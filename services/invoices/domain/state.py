"""An invoice as its own stream keeps it."""

from __future__ import annotations

from typing import Literal

from finnest.records import Record
from services.invoices.documents.attachments import Attachment
from services.invoices.documents.likeness import Keys
from services.invoices.domain.messages import InvoiceDuplicate, Summary
from services.invoices.domain.telling import Told

Status = Literal["", "received", "validated", "invalid", "duplicate", "failed"]


class Invoice(Record):
    """An invoice as far as its own checks go."""

    status: Status = ""
    sha256: str = ""
    summary: Summary | None = None
    keys: Keys | None = None
    submitted_by: str = ""
    intake: bool = False
    reasons: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    attachments_left_out: int = 0
    duplicate: InvoiceDuplicate | None = None
    """Why it does not go on, as long as it is held as a duplicate; its files stand above."""
    told: Told = Told()
    """What its supplier was last to be told after it was found valid."""
