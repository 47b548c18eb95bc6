"""What suppliers are told, and when: once for each thing that becomes of an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator

from finnest.records import Command, Event, Record
from finnest.texts import shortened
from finnest.turn import Start
from services.invoices.documents.response import Code

TELL = "tell"
"""The effect that writes a response."""
REASONS = 5
REASON_BYTES = 200
"""Of a reason in JSON, where a foreign letter takes six: no name makes a stream too big."""


def _cut(text: str) -> str:
    return shortened(" ".join(text.split()), REASON_BYTES)


Reasons = Annotated[
    tuple[str, ...], AfterValidator(lambda told: tuple(_cut(reason) for reason in told[:REASONS]))
]


class Told(Record):
    """The last thing that a supplier was to be told."""

    code: Code = "AB"
    reasons: Reasons = ()
    stage: int = 0


class TellSupplier(Command):
    """Base of what is made of another feature's event: something that a supplier is told of."""

    code: ClassVar[Code]
    stage: ClassVar[int]
    """How far on the way its feature stands: what an earlier one said late is not told any more."""
    invoice_id: str

    def address(self) -> str | None:
        """Return the invoice."""
        return self.invoice_id

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is so, in sentences."""
        return ()


class _WithReason(TellSupplier):
    reason: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        return (self.reason,) if self.reason else ()


class TellHeld(TellSupplier):
    """Its supplier's side holds it."""

    wire = "invoices.tell_held.v1"
    code, stage = "UQ", 1
    hold: str

    @property
    def reasons(self) -> tuple[str, ...]:
        return (self.hold,)


class TellMismatch(TellSupplier):
    """It waits for an order or a receipt, or differs from them."""

    wire = "invoices.tell_mismatch.v1"
    code, stage = "UQ", 2
    findings: tuple[dict[str, Any], ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        wrong = [finding for finding in self.findings if finding.get("weight") != "note"]
        return tuple(f"{finding.get('code')}: {finding.get('sentence')}" for finding in wrong)


class TellRefused(_WithReason):
    """A person refuses it for what it was compared with, or another document took its place."""

    wire = "invoices.tell_refused.v1"
    code, stage = "RE", 2


class TellAsked(TellSupplier):
    """People are asked whether it is paid."""

    wire = "invoices.tell_asked.v1"
    code, stage = "IP", 3


class TellApproved(TellSupplier):
    """It will be paid; a credit note will go off."""

    wire = "invoices.tell_approved.v1"
    code, stage = "AP", 3


class TellStopped(_WithReason):
    """It cannot be paid as things are."""

    wire = "invoices.tell_stopped.v1"
    code, stage = "UQ", 3


class TellRejected(_WithReason):
    """It will not be paid."""

    wire = "invoices.tell_rejected.v1"
    code, stage = "RE", 3


class TellPaid(TellSupplier):
    """It is paid; of a credit note, nothing is left."""

    wire = "invoices.tell_paid.v1"
    code, stage = "PD", 3
    open_cents: int = 0
    """What of a credit note is not used yet; then there is nothing to tell."""

    def address(self) -> str | None:
        return None if self.open_cents else self.invoice_id


class RecordResponse(Command):
    """A response was written, or none can be (result of the effect `tell`)."""

    wire = "invoices.record_response.v1"
    code: Code
    told_at: datetime
    reasons: Reasons = ()
    sha256: str = ""
    unanswerable: str = ""


class SupplierToTell(Event):
    """Something has become of the invoice that its supplier is told."""

    wire = "invoices.supplier_to_tell.v1"
    invoice_id: str
    code: Code
    reasons: Reasons = ()
    stage: int


class SupplierTold(Event):
    """The response is written and kept; it never changes."""

    wire = "invoices.supplier_told.v1"
    invoice_id: str
    code: Code
    told_at: datetime
    """The instant that stands in it (UTC)."""
    reasons: Reasons = ()
    sha256: str
    """Hash of its bytes (Peppol T111, XML)."""


class SupplierNotTold(Event):
    """No response can be written about this document."""

    wire = "invoices.supplier_not_told.v1"
    invoice_id: str
    code: Code
    told_at: datetime
    reasons: Reasons = ()
    unanswerable: str
    """Why, in a sentence."""


TELLS: tuple[type[TellSupplier], ...] = (
    TellHeld,
    TellMismatch,
    TellRefused,
    TellAsked,
    TellApproved,
    TellStopped,
    TellRejected,
    TellPaid,
)


def telling(code: Code, at: datetime, reasons: Sequence[str] = ()) -> Start:
    """Return the effect that writes what a supplier is told; it runs under the key of the event before it."""
    told = Told(code=code, reasons=tuple(reasons))
    return Start(effect=TELL, args={"code": code, "reasons": list(told.reasons), "at": at.isoformat()})


def is_news(last: Told, command: TellSupplier) -> bool:
    """Return whether it differs from what was told last, and comes from nobody earlier on the way."""
    told = Told(code=command.code, reasons=command.reasons, stage=command.stage)
    return command.stage >= last.stage and (told.code, told.reasons) != (last.code, last.reasons)


def recorded(invoice_id: str, command: RecordResponse) -> SupplierTold | SupplierNotTold:
    """Return what became of a response."""
    said = command.model_dump(include={"code", "told_at", "reasons"})
    if command.unanswerable:
        return SupplierNotTold(invoice_id=invoice_id, unanswerable=_cut(command.unanswerable), **said)
    return SupplierTold(invoice_id=invoice_id, sha256=command.sha256, **said)
