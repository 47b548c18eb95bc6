"""What an invoice is asked and what it says."""

from __future__ import annotations

from datetime import date
from typing import Literal

from finnest.records import Command, Event, Record
from services.invoices.documents.attachments import Attachment
from services.invoices.documents.likeness import Keys

FINDINGS_KEPT = 20
"""Findings in the event; the whole report is kept by hash."""
WARNINGS_KEPT = 5
"""Warnings in the event of a valid document: it travels through every later feature."""


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
    line_orders: tuple[str, ...] = ()
    """Orders that single lines name."""


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
    keys: Keys | None = None
    """What must not come twice, and what makes another one alike."""


class RecordReport(Command):
    """The rules have been applied (result of the effect `check`)."""

    wire = "invoices.record_report.v1"
    valid: bool
    ruleset: str
    findings: tuple[FindingKept, ...]
    report_sha256: str
    attachments: tuple[Attachment, ...] = ()
    """The files of the document, kept by hash."""
    attachments_left_out: int = 0
    """Files over the bounds, which stay inside the document only."""
    alike: tuple[str, ...] = ()
    """Sentences about invoices of the same supplier and total."""


class SayDifferent(Command):
    """This is no duplicate, though it looks like one."""

    wire = "invoices.say_different.v1"
    reason: str


class InvoiceReceived(Event):
    """A document was taken in."""

    wire = "invoices.received.v1"
    sha256: str
    summary: Summary
    keys: Keys | None = None
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
    line_orders: tuple[str, ...] = ()
    submitted_by: str
    intake: bool
    ruleset: str
    flags: tuple[str, ...] = ()
    """Sentences that ask for a person: `FN-…: …` for what our own rules warn of, and what makes it look like
    another invoice without being the same."""
    attachments: tuple[Attachment, ...] = ()
    attachments_left_out: int = 0
    warnings: tuple[FindingKept, ...] = ()
    """At most five findings that are not fatal, our own first: message up to 200 characters, location up to 120."""
    report_sha256: str = ""
    """Hash of the whole report; empty when it was judged before reports of valid documents were named."""


class InvoiceInvalid(Event):
    """The document breaks rules."""

    wire = "invoices.invalid.v1"
    invoice_id: str
    ruleset: str
    findings: tuple[FindingKept, ...]
    report_sha256: str
    attachments: tuple[Attachment, ...] = ()
    attachments_left_out: int = 0


class InvoiceDuplicate(Event):
    """Another document is the same bill."""

    wire = "invoices.duplicate.v1"
    invoice_id: str
    of: str
    because: str = ""
    """What is the same although the number is missing; empty for the same number and total."""
    attachments: tuple[Attachment, ...] = ()
    attachments_left_out: int = 0
    warnings: tuple[FindingKept, ...] = ()
    """As of `InvoiceValidated`, and so are those that follow."""
    report_sha256: str = ""
    ruleset: str = ""
    flags: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The sentence that people read."""
        return f"duplicate of {self.of}: {self.because}" if self.because else f"duplicate of {self.of}"


class FoundDifferent(Event):
    """A person says that a duplicate is a bill of its own; it goes on, flagged."""

    wire = "invoices.found_different.v1"
    invoice_id: str
    of: str
    by: str
    reason: str


class CheckFailed(Event):
    """The rules could not be applied; that is our fault, not the document's."""

    wire = "invoices.check_failed.v1"
    invoice_id: str
    reason: str
