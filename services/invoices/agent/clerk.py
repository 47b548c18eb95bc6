"""The clerk: reads a document into facts, and has it judged after it was taken in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from finnest.context import Caller
from finnest.errors import Invalid, TooLarge, Unavailable, Unreadable
from finnest.ids import derived
from finnest.ports import Blobs, Commands, EffectCall
from finnest.records import Command
from services.invoices.documents import ubl
from services.invoices.documents.attachments import File, embedded, files
from services.invoices.documents.facts import InvoiceFacts, facts
from services.invoices.documents.findings import Report
from services.invoices.documents.identifiers import normal_bsb, normal_number
from services.invoices.documents.likeness import keys, seller
from services.invoices.domain.messages import (
    FINDINGS_KEPT,
    FindingKept,
    Payee,
    RecordReport,
    SubmitInvoice,
    Summary,
)
from services.invoices.domain.state import Invoice
from services.invoices.domain.totals import ALIKE_DAYS, NUMBER_CHARS, SightBill, Sighting, total_id
from services.invoices.domain.warnings import OWN
from services.invoices.ports import Days, Judge

ALIKE_TOLD = 3


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
    return SubmitInvoice(sha256=sha256, summary=_summary(found), keys=keys(document, found))


class Clerk:
    """Performs the clerk's effects."""

    def __init__(self, blobs: Blobs, commands: Commands, judge: Judge, days: Days) -> None:
        self._blobs = blobs
        self._commands = commands
        self._judge = judge
        self._days = days

    async def check(self, call: EffectCall) -> Command:
        """Judge a stored document and keep its files; repeating it changes nothing."""
        body = await self._blobs.get(call.tenant, call.args["sha256"])
        sender = call.state.submitted_by if isinstance(call.state, Invoice) else ""
        report = await self._judge.judge(f"{call.tenant}/{sender}", body, self._days.today(call.tenant))
        found, attached, left_out = await asyncio.to_thread(_looked_into, body)
        for file in attached:
            await self._blobs.put(call.tenant, file.content)
        return RecordReport(
            valid=report.valid,
            ruleset=report.ruleset,
            findings=_kept(report),
            report_sha256=await self._blobs.put(call.tenant, json.dumps(report.to_json()).encode()),
            attachments=tuple(file.about for file in attached),
            attachments_left_out=left_out,
            alike=await self._alike(call, found) if report.valid else (),
        )

    async def _alike(self, call: EffectCall, found: InvoiceFacts) -> tuple[str, ...]:
        """Return a sentence for each invoice that this one may repeat; it is remembered for those to come.

        What it corrects is none, nor is one of the same number: that is decided by claims.
        """
        if found.payable_cents is None or found.issue_date is None or found.currency is None:
            return ()
        party = found.supplier
        billed_by = seller(party.scheme, party.identifier, party.name)
        total = total_id(billed_by, found.kind, found.currency, found.payable_cents)
        sight = SightBill(invoice_id=call.thing, number=found.number or "", issue_date=found.issue_date)
        caller = Caller(tenant=call.tenant, user="agent:clerk")
        outcome = await self._commands.send(total, sight, caller, request=call.thing)
        if outcome is None:
            raise Unavailable("slow", "the outcome is not known yet")
        near = [Sighting.model_validate(other) for other in outcome.reply["alike"]]
        corrected = {reference[:NUMBER_CHARS] for reference in found.references}
        first = {normal_number(other.number): other for other in reversed(near)}
        first.pop(normal_number(sight.number), None)
        told = [
            f"looks like {other.invoice_id}: same supplier and total within {ALIKE_DAYS} days "
            f"({other.number or 'no number'}, {other.issue_date})"
            for other in sorted(first.values(), key=lambda other: other.issue_date, reverse=True)
            if other.number not in corrected
        ]
        return tuple(told[:ALIKE_TOLD])


def _looked_into(body: bytes) -> tuple[InvoiceFacts, Sequence[File], int]:
    document = ubl.read(body)
    attached = tuple(files(document))
    return facts(document), attached, embedded(document) - len(attached)


def _kept(report: Report) -> tuple[FindingKept, ...]:
    findings = [
        FindingKept(rule=f.rule, severity=f.severity, message=f.message[:300], location=f.location[:200])
        for f in sorted(report.findings, key=lambda f: (f.severity != "fatal", not f.rule.startswith(OWN)))
    ]
    return tuple(findings[:FINDINGS_KEPT])


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
        line_orders=found.line_orders,
    )


def _payee(found: InvoiceFacts) -> Payee | None:
    means = found.payee
    if means is None:
        return None
    return Payee(
        code=means.code,
        bsb=normal_bsb(means.branch or "") or means.branch,
        account=means.account,
        name=means.name or found.supplier.name,
        reference=means.payment_id or found.number,
    )
