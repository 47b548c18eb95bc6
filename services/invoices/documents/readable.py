"""An invoice as people read it: its facts, lines and totals as plain values, in the document's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.invoices.documents.attachments import embedded, files
from services.invoices.documents.extras import MAX_TEXT, allowances_and_charges, delivery, taxes, text
from services.invoices.documents.facts import facts
from services.invoices.documents.ubl import Document

if TYPE_CHECKING:
    from services.invoices.documents.ubl import Element

MAX_LINES = 1_000

_LINE = {
    "id": "{*}ID",
    "item": "{*}Item/{*}Name",
    "description": "{*}Item/{*}Description",
    "price": "{*}Price/{*}PriceAmount",
    "net": "{*}LineExtensionAmount",
    "tax_category": "{*}Item/{*}ClassifiedTaxCategory/{*}ID",
    "tax_percent": "{*}Item/{*}ClassifiedTaxCategory/{*}Percent",
    "order_line": "{*}OrderLineReference/{*}LineID",
}
_TOTALS = {
    "lines": "{*}LegalMonetaryTotal/{*}LineExtensionAmount",
    "allowances": "{*}LegalMonetaryTotal/{*}AllowanceTotalAmount",
    "charges": "{*}LegalMonetaryTotal/{*}ChargeTotalAmount",
    "without_tax": "{*}LegalMonetaryTotal/{*}TaxExclusiveAmount",
    "tax": "{*}TaxTotal/{*}TaxAmount",
    "with_tax": "{*}LegalMonetaryTotal/{*}TaxInclusiveAmount",
    "prepaid": "{*}LegalMonetaryTotal/{*}PrepaidAmount",
    "rounding": "{*}LegalMonetaryTotal/{*}PayableRoundingAmount",
    "payable": "{*}LegalMonetaryTotal/{*}PayableAmount",
}
_OWN = ("number", "issue_date", "due_date", "type_code", "currency", "order_reference", "buyer_reference")


def readable(document: Document) -> dict[str, Any]:
    """The document as JSON-ready values; amounts are texts as they are written there.

    Holds at most 1,000 lines and what of the attachments is within their bounds; `lines_left_out` and
    `attachments_left_out` say how many more there are.
    """
    found = facts(document)
    plain = found.wire_data()
    kind = "CreditNote" if found.kind == "credit_note" else "Invoice"
    attached = [file.about for file in files(document)]
    lines = document.root.findall(f"{{*}}{kind}Line")
    return {
        "kind": found.kind,
        **{name: plain.get(name) for name in _OWN},
        "corrects": list(found.references),
        "supplier": plain["supplier"],
        "buyer": plain["buyer"],
        "payment": plain["payment_means"],
        "payment_terms": text(document.root, "{*}PaymentTerms/{*}Note"),
        "notes": list(found.notes),
        "lines": [_line(line, kind) for line in lines[:MAX_LINES]],
        "lines_left_out": max(len(lines) - MAX_LINES, 0),
        **allowances_and_charges(document.root),
        "taxes": taxes(document.root, found.currency),
        "delivery": delivery(document.root),
        "totals": {name: text(document.root, path) for name, path in _TOTALS.items()},
        "attachments": [file.wire_data() for file in attached],
        "attachments_left_out": embedded(document) - len(attached),
    }


def _line(line: Element, kind: str) -> dict[str, Any]:
    quantity = line.find("{*}CreditedQuantity" if kind == "CreditNote" else "{*}InvoicedQuantity")
    return {
        **{name: text(line, path) for name, path in _LINE.items()},
        "quantity": None if quantity is None else (quantity.text or "").strip()[:MAX_TEXT],
        "unit": None if quantity is None else quantity.get("unitCode"),
        **allowances_and_charges(line),
    }
