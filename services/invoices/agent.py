"""The clerk: reads a document into facts, and has it judged after it was taken in."""

from __future__ import annotations

import json

from finnest.errors import Invalid, TooLarge, Unreadable
from finnest.ids import derived
from finnest.ports import Blobs, EffectCall
from finnest.records import Command
from services.invoices.documents import ubl
from services.invoices.documents.facts import InvoiceFacts, facts
from services.invoices.documents.identifiers import duplicate_key, normal_bsb
from services.invoices.domain import (
    FINDINGS_KEPT,
    FindingKept,
    Payee,
    RecordReport,
    SubmitInvoice,
    Summary,
)
from services.invoices.ports import Judge


def read_document(body: bytes) -> ubl.Document:
    """Return the document in a body.

    Raises:
        Unreadable: Not well-formed, or with a DOCTYPE.
        TooLarge: Over the size limit.
        Invalid: Not a document that this system knows.
    """
    try:
        return ubl.read(body)
    except ubl.TooLarge as error:
        raise TooLarge(error.slug, str(error)) from error
    except ubl.UnknownDocument as error:
        raise Invalid(error.slug, str(error)) from error
    except ubl.DocumentError as error:
        raise Unreadable(error.slug, str(error)) from error


def invoice_id(sha256: str) -> str:
    """Return the id of the invoice with these bytes: the same bytes are the same invoice."""
    return derived("inv", sha256)


def submission(document: ubl.Document, sha256: str) -> SubmitInvoice:
    """Return the command that takes a document in.

    Raises:
        Invalid: The document is no invoice or credit note.
    """
    try:
        found = facts(document)
    except ubl.UnknownDocument as error:
        raise Invalid(error.slug, str(error)) from error
    return SubmitInvoice(sha256=sha256, summary=_summary(found), duplicate_key=duplicate_key(found))


class Clerk:
    """Performs the clerk's effects."""

    def __init__(self, blobs: Blobs, judge: Judge) -> None:
        self._blobs = blobs
        self._judge = judge

    async def check(self, call: EffectCall) -> Command:
        """Judge a stored document; pure, so repeating it changes nothing."""
        body = await self._blobs.get(call.tenant, call.args["sha256"])
        report = await self._judge.judge(body)
        whole = json.dumps(report.to_json()).encode()
        findings = [
            FindingKept(rule=f.rule, severity=f.severity, message=f.message[:300], location=f.location[:200])
            for f in sorted(report.findings, key=lambda f: f.severity != "fatal")
        ]
        return RecordReport(
            valid=report.valid,
            ruleset=report.ruleset,
            findings=tuple(findings[:FINDINGS_KEPT]),
            report_sha256=await self._blobs.put(call.tenant, whole),
        )


def _summary(found: InvoiceFacts) -> Summary:
    supplier = found.supplier
    known = supplier.scheme and supplier.identifier
    return Summary(
        kind=found.kind,
        number=found.number,
        supplier=supplier.name,
        supplier_id=f"{supplier.scheme}:{supplier.identifier}" if known else None,
        currency=found.currency,
        payable_cents=found.payable_cents,
        issue_date=found.issue_date,
        due_date=found.due_date,
        payment=_payee(found),
        order_reference=found.order_reference,
    )


def _payee(found: InvoiceFacts) -> Payee | None:
    if not found.payment_means:
        return None
    means = found.payment_means[0]
    return Payee(
        code=means.code,
        bsb=normal_bsb(means.branch) if means.branch else None,
        account=means.account,
        name=means.name or found.supplier.name,
        reference=means.payment_id or found.number,
    )
