"""The clerk's rules: a document is taken once, judged once, and never two for the same bill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from finnest.records import Command, Event, Record
from finnest.turn import Decider, EffectFailed, Message, Start, Turn
from services.invoices.documents.attachments import Attachment
from services.invoices.documents.likeness import Keys
from services.invoices.domain.accepting import FLAGS, accept
from services.invoices.domain.messages import (
    CheckFailed,
    InvoiceDuplicate,
    InvoiceInvalid,
    InvoiceReceived,
    InvoiceValidated,
    RecordReport,
    SubmitInvoice,
    Summary,
)
from services.invoices.domain.warnings import flagged, told

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


class Invoices(Decider[Invoice]):
    """The clerk's rules."""

    kind = "inv"
    schema = 1
    newborn = Invoice()
    commands: Sequence[type[Command]] = (SubmitInvoice, RecordReport)
    events: Sequence[type[Event]] = (
        InvoiceReceived,
        InvoiceValidated,
        InvoiceInvalid,
        InvoiceDuplicate,
        CheckFailed,
    )

    def decide(self, state: Invoice, command: Command, message: Message) -> Turn:
        match command:
            case SubmitInvoice():
                return _submit(state, command, message)
            case RecordReport():
                return _record(state, command, message)
            case EffectFailed():
                return Turn([CheckFailed(invoice_id=message.thing, reason=command.reason)])
            case _:
                return Turn()

    def evolve(self, state: Invoice, event: Event) -> Invoice:
        match event:
            case InvoiceReceived():
                known = event.model_dump(exclude={"summary", "keys"})
                return Invoice(status="received", summary=event.summary, keys=event.keys, **known)
            case InvoiceValidated():
                return _with(state, "validated", event.flags, event.attachments)
            case InvoiceInvalid():
                reasons = tuple(f"{f.rule}: {f.message}"[:300] for f in event.findings[:5])
                return _with(state, "invalid", reasons, event.attachments)
            case InvoiceDuplicate():
                return _with(state, "duplicate", (event.reason,), event.attachments)
            case CheckFailed():
                return _with(state, "failed", (f"the check failed: {event.reason}",), ())
            case _:
                return state


def _with(
    state: Invoice, status: Status, reasons: tuple[str, ...], attachments: tuple[Attachment, ...]
) -> Invoice:
    kept = {"status": status, "reasons": reasons, "attachments": attachments}
    return state.model_copy(update=kept)


def _submit(state: Invoice, command: SubmitInvoice, message: Message) -> Turn:
    if state.status:
        return Turn(reply={"status": state.status, "known": True})
    received = InvoiceReceived(
        sha256=command.sha256,
        summary=command.summary,
        keys=command.keys,
        submitted_by=message.by,
        intake=message.intake,
    )
    check = Start(effect="check", args={"sha256": command.sha256})
    return Turn([received], {"status": "received"}, [check])


def _record(state: Invoice, command: RecordReport, message: Message) -> Turn:
    if state.status != "received" or state.summary is None:
        return Turn()
    if not command.valid:
        invalid = InvoiceInvalid(
            invoice_id=message.thing,
            ruleset=command.ruleset,
            findings=command.findings,
            report_sha256=command.report_sha256,
            attachments=command.attachments,
        )
        return Turn([invalid])
    validated = InvoiceValidated(
        invoice_id=message.thing,
        submitted_by=state.submitted_by,
        intake=state.intake,
        ruleset=command.ruleset,
        flags=(*flagged(command.findings), *command.alike)[:FLAGS],
        attachments=command.attachments,
        warnings=told(command.findings),
        report_sha256=command.report_sha256,
        **state.summary.model_dump(),
    )
    return accept(validated, state.keys)
