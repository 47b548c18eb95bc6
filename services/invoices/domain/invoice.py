"""The clerk's rules: a document is taken once, judged once, and never two for the same bill."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from finnest.records import Command, Event
from finnest.turn import Decider, EffectFailed, Message, Start, Turn
from services.invoices.domain.accepting import FLAGS, accept
from services.invoices.domain.differing import say_different
from services.invoices.domain.messages import (
    CheckFailed,
    FindingKept,
    FoundDifferent,
    InvoiceDuplicate,
    InvoiceInvalid,
    InvoiceReceived,
    InvoiceValidated,
    RecordReport,
    SayDifferent,
    SubmitInvoice,
)
from services.invoices.domain.state import Invoice, Status
from services.invoices.domain.telling import (
    TELL,
    TELLS,
    RecordResponse,
    SupplierNotTold,
    SupplierTold,
    SupplierToTell,
    TellSupplier,
    Told,
    is_news,
    recorded,
    telling,
)
from services.invoices.domain.warnings import flagged, warned


class Invoices(Decider[Invoice]):
    """The clerk's rules."""

    kind = "inv"
    schema = 2
    newborn = Invoice()
    commands: Sequence[type[Command]] = (SubmitInvoice, RecordReport, SayDifferent, RecordResponse, *TELLS)
    events: Sequence[type[Event]] = (
        InvoiceReceived,
        InvoiceValidated,
        InvoiceInvalid,
        InvoiceDuplicate,
        FoundDifferent,
        CheckFailed,
        SupplierToTell,
        SupplierTold,
        SupplierNotTold,
    )

    def decide(self, state: Invoice, command: Command, message: Message) -> Turn:
        match command:
            case SubmitInvoice():
                return _submit(state, command, message)
            case RecordReport():
                return _record(state, command, message)
            case SayDifferent():
                return say_different(state, command, message)
            case RecordResponse():
                return Turn([recorded(message.thing, command)])
            case TellSupplier():
                return _tell(state, command, message)
            case EffectFailed() if command.effect == TELL:
                return Turn([_not_written(command, message)])
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
                return _with(state, "validated", event.flags, event)
            case InvoiceInvalid():
                return _with(state, "invalid", _reasons(event.findings), event)
            case InvoiceDuplicate():
                after = _with(state, "duplicate", (event.reason,), event)
                return after.model_copy(update={"duplicate": event.model_copy(update={"attachments": ()})})
            case CheckFailed():
                reasons = (f"the check failed: {event.reason}",)
                return state.model_copy(update={"status": "failed", "reasons": reasons})
            case SupplierToTell():
                told = Told.model_validate(event.model_dump())
                return state.model_copy(update={"told": told})
            case _:
                return state


def _with(
    state: Invoice,
    status: Status,
    reasons: tuple[str, ...],
    event: InvoiceValidated | InvoiceInvalid | InvoiceDuplicate,
) -> Invoice:
    files = {"attachments": event.attachments, "attachments_left_out": event.attachments_left_out}
    return state.model_copy(update={"status": status, "reasons": reasons, "duplicate": None, **files})


def _reasons(findings: Sequence[FindingKept]) -> tuple[str, ...]:
    return tuple(f"{f.rule}: {f.message}"[:300] for f in findings[:5])


def _tell(state: Invoice, command: TellSupplier, message: Message) -> Turn:
    """Have the supplier told where the invoice stands, when that is news; nobody else decides anything by it."""
    if state.status != "validated" or not is_news(state.told, command):
        return Turn()
    to_tell = SupplierToTell(
        invoice_id=message.thing, code=command.code, reasons=command.reasons, stage=command.stage
    )
    return Turn([to_tell], starts=[telling(command.code, message.at, command.reasons)])


def _not_written(failed: EffectFailed, message: Message) -> SupplierNotTold:
    return SupplierNotTold(
        invoice_id=message.thing,
        code=failed.args["code"],
        told_at=datetime.fromisoformat(failed.args["at"]),
        unanswerable=f"it could not be written: {failed.reason}"[:200],
    )


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
            attachments_left_out=command.attachments_left_out,
        )
        return Turn([invalid], starts=[telling("RE", message.at, _reasons(command.findings))])
    validated = InvoiceValidated(
        invoice_id=message.thing,
        submitted_by=state.submitted_by,
        intake=state.intake,
        ruleset=command.ruleset,
        flags=(*flagged(command.findings), *command.alike)[:FLAGS],
        attachments=command.attachments,
        attachments_left_out=command.attachments_left_out,
        warnings=warned(command.findings),
        report_sha256=command.report_sha256,
        **state.summary.model_dump(),
    )
    return accept(validated, state.keys, message.at)
