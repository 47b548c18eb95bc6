"""Writes the answer to a supplier: the Peppol invoice response (ApplicationResponse, transaction T111)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from services.invoices.documents.facts import InvoiceFacts, Party
from services.invoices.documents.identifiers import is_abn, is_nzbn, normal_party_id

Code = Literal["AB", "IP", "UQ", "AP", "PD", "RE"]
"""UNCL4343: acknowledged, in process, under query, accepted, paid, rejected."""
MAX_REASONS = 5
_SELF_BILLED = frozenset({"389", "261"})
_TYPE_CODES = frozenset({"380", "381", "383", "384", "386", "393", "396", "751", *_SELF_BILLED})
_ORDER_RULES = ("aligned-ibrp-003", "ibr-order")
_LEGAL_RULES = ("ibr-120", "ibr-068", "aligned-ibr-00", "FN-NZBN", "FN-RETIRED", "aligned-ibrp-001", "ibr-06")
_NEEDS_REASON = frozenset({"RE", "UQ"})
_UBL = "urn:oasis:names:specification:ubl:schema:xsd"


class Unanswerable(ValueError):
    """The document does not say whom to answer, or about what."""


def respond(found: InvoiceFacts, id: str, code: Code, reasons: Sequence[str], at: datetime) -> bytes:
    """The response `id` about a document, as UTF-8 XML; `at` is its instant (UTC).

    Raises:
        Unanswerable: A name, network address or number that the response needs is missing.
    """
    sender, receiver = found.buyer, found.supplier
    if found.type_code in _SELF_BILLED:
        sender, receiver = receiver, sender
    if not found.number:
        raise Unanswerable("the document has no number")
    issued = f"<cbc:IssueDate>{found.issue_date}</cbc:IssueDate>" if found.issue_date else ""
    kind = found.type_code or ""
    if kind not in _TYPE_CODES:
        kind = "381" if found.kind == "credit_note" else "380"
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<ApplicationResponse xmlns="{_UBL}:ApplicationResponse-2"',
        f' xmlns:cac="{_UBL}:CommonAggregateComponents-2" xmlns:cbc="{_UBL}:CommonBasicComponents-2">',
        "<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:invoice_response:3</cbc:CustomizationID>",
        "<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:invoice_response:3</cbc:ProfileID>",
        f"<cbc:ID>{escape(id)}</cbc:ID>",
        f"<cbc:IssueDate>{at:%Y-%m-%d}</cbc:IssueDate><cbc:IssueTime>{at:%H:%M:%S}</cbc:IssueTime>",
        f"<cac:SenderParty>{_party(sender, 'buyer')}</cac:SenderParty>",
        f"<cac:ReceiverParty>{_party(receiver, 'supplier')}</cac:ReceiverParty>",
        "<cac:DocumentResponse><cac:Response>",
        f'<cbc:ResponseCode listID="UNCL4343OpSubset">{code}</cbc:ResponseCode>',
        f"<cbc:EffectiveDate>{at:%Y-%m-%d}</cbc:EffectiveDate>",
        *_statuses(code, reasons),
        "</cac:Response><cac:DocumentReference>",
        f"<cbc:ID>{escape(found.number)}</cbc:ID>{issued}",
        f'<cbc:DocumentTypeCode listID="UNECE1001">{escape(kind)}</cbc:DocumentTypeCode>',
        "</cac:DocumentReference>",
        "</cac:DocumentResponse></ApplicationResponse>",
    ]
    return "\n".join(parts).encode()


def reason_code(reason: str) -> str:
    """The OPStatusReason of a reason: REF order, LEG legal data, else OTH (A-NZ: duplicate, tax, bank)."""
    if reason.startswith(_ORDER_RULES):
        return "REF"
    return "LEG" if reason.startswith(_LEGAL_RULES) else "OTH"


def _statuses(code: str, reasons: Sequence[str]) -> list[str]:
    if code not in _NEEDS_REASON:
        return []
    told = list(reasons[:MAX_REASONS]) or ["No reason was given."]
    parts = [_status("OPStatusReason", reason_code(reason), reason) for reason in told]
    if code == "RE":
        parts.append(_status("OPStatusAction", "NOA" if told[0].startswith("duplicate") else "NIN"))
    return parts


def _status(listed: str, code: str, text: str = "") -> str:
    words = " ".join(text.split())[:300]
    reason = f"<cbc:StatusReason>{escape(words)}</cbc:StatusReason>" if words else ""
    coded = f'<cbc:StatusReasonCode listID="{listed}">{code}</cbc:StatusReasonCode>'
    return f"<cac:Status>{coded}{reason}</cac:Status>"


def _party(party: Party, role: str) -> str:
    if not party.endpoint or not party.endpoint_scheme or not party.name:
        raise Unanswerable(f"the {role}'s name or network address is missing")
    endpoint = escape(party.endpoint)
    legal = f"<cbc:RegistrationName>{escape(party.name)}</cbc:RegistrationName>"
    return (
        f"<cbc:EndpointID schemeID={quoteattr(party.endpoint_scheme)}>{endpoint}</cbc:EndpointID>"
        f"{_identity(party)}<cac:PartyLegalEntity>{legal}</cac:PartyLegalEntity>"
    )


def _identity(party: Party) -> str:
    """The business number, where it is a right one: the rules of the response refuse a wrong one."""
    scheme, _, number = normal_party_id(party.scheme, party.identifier or "").partition(":")
    if not (is_abn(number) or is_nzbn(number)):
        return ""
    identity = f"<cbc:ID schemeID={quoteattr(scheme)}>{escape(number)}</cbc:ID>"
    return f"<cac:PartyIdentification>{identity}</cac:PartyIdentification>"
