"""The life of an invoice until it is known whether it may be paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from finnest.records import Command, Event, Record
from finnest.turn import Claim, Decider, EffectFailed, Message, Start, Turn

FINDINGS_KEPT = 20
"""Findings in the event; the whole report is kept by hash."""

Status = Literal["", "received", "validated", "invalid", "duplicate", "failed"]


class Payee(Record):
    """Where the document asks to be paid."""

    code: str | None = None
    bsb: str | None = None
    account: str | None = None
    name: str | None = None
    reference: str | None = None


class Summary(Record):
    """What later steps need of a document; amounts in minor units of `currency`."""

    kind: Literal["invoice", "credit_note"]
    number: str | None = None
    supplier: str | None = None
    supplier_id: str | None = None
    """`scheme:identifier`, such as `0151:51824753556`."""
    currency: str | None = None
    payable_cents: int | None = None
    issue_date: date | None = None
    due_date: date | None = None
    payment: Payee | None = None
    order_reference: str | None = None


class FindingKept(Record):
    """A broken rule."""

    rule: str
    severity: Literal["fatal", "warning"]
    message: str
    location: str = ""


class SubmitInvoice(Command):
    """Take a document; its bytes are stored under `sha256`."""

    wire = "invoices.submit.v1"
    sha256: str
    summary: Summary
    duplicate_key: str | None = None
    """Seller, number and kind, normalised: what must not come twice."""


class RecordReport(Command):
    """The rules have been applied (result of the effect `check`)."""

    wire = "invoices.record_report.v1"
    valid: bool
    ruleset: str
    findings: tuple[FindingKept, ...]
    report_sha256: str


class InvoiceReceived(Event):
    """A document was taken in."""

    wire = "invoices.received.v1"
    sha256: str
    summary: Summary
    duplicate_key: str | None = None
    submitted_by: str
    intake: bool


class InvoiceValidated(Event):
    """The document keeps every rule and is no duplicate."""

    wire = "invoices.validated.v1"
    invoice_id: str
    number: str | None = None
    supplier: str | None = None
    supplier_id: str | None = None
    kind: Literal["invoice", "credit_note"]
    currency: str | None = None
    payable_cents: int | None = None
    issue_date: date | None = None
    due_date: date | None = None
    payment: Payee | None = None
    order_reference: str | None = None
    submitted_by: str
    intake: bool
    ruleset: str


class InvoiceInvalid(Event):
    """The document breaks rules."""

    wire = "invoices.invalid.v1"
    invoice_id: str
    ruleset: str
    findings: tuple[FindingKept, ...]
    report_sha256: str


class InvoiceDuplicate(Event):
    """Another document of the same seller has this number."""

    wire = "invoices.duplicate.v1"
    invoice_id: str
    of: str


class CheckFailed(Event):
    """The rules could not be applied; that is our fault, not the document's."""

    wire = "invoices.check_failed.v1"
    invoice_id: str
    reason: str


class Invoice(Record):
    """An invoice as far as its own checks go."""

    status: Status = ""
    sha256: str = ""
    summary: Summary | None = None
    duplicate_key: str | None = None
    submitted_by: str = ""
    intake: bool = False
    reasons: tuple[str, ...] = ()


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
                known = event.model_dump(exclude={"summary"})
                return Invoice(status="received", summary=event.summary, **known)
            case InvoiceValidated():
                return state.model_copy(update={"status": "validated"})
            case InvoiceInvalid():
                reasons = tuple(f"{f.rule}: {f.message}"[:300] for f in event.findings[:5])
                return state.model_copy(update={"status": "invalid", "reasons": reasons})
            case InvoiceDuplicate():
                reasons = (f"duplicate of {event.of}",)
                return state.model_copy(update={"status": "duplicate", "reasons": reasons})
            case CheckFailed():
                reasons = (f"the check failed: {event.reason}",)
                return state.model_copy(update={"status": "failed", "reasons": reasons})
            case _:
                return state


def _submit(state: Invoice, command: SubmitInvoice, message: Message) -> Turn:
    if state.status:
        return Turn(reply={"status": state.status, "known": True})
    received = InvoiceReceived(
        sha256=command.sha256,
        summary=command.summary,
        duplicate_key=command.duplicate_key,
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
        )
        return Turn([invalid])
    validated = InvoiceValidated(
        invoice_id=message.thing,
        submitted_by=state.submitted_by,
        intake=state.intake,
        ruleset=command.ruleset,
        **state.summary.model_dump(),
    )
    if state.duplicate_key is None:
        return Turn([validated])

    def duplicate(holder: str) -> Turn:
        return Turn([InvoiceDuplicate(invoice_id=message.thing, of=holder)])

    return Turn([validated], claims=[Claim(f"number/{state.duplicate_key}", duplicate)])
