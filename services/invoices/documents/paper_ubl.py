"""Writes a confirmed invoice on paper as a UBL invoice (PINT A-NZ), with a copy of the paper inside."""

from __future__ import annotations

from base64 import b64encode
from xml.sax.saxutils import escape

from services.invoices.documents.identifiers import ABN_SCHEME
from services.invoices.documents.paper import GST_PERCENT, Paper, PaperLine, money, net_of

_UBL = "urn:oasis:names:specification:ubl:schema:xsd"


def written(paper: Paper, copy: bytes = b"") -> bytes:
    """Return the UBL invoice (PINT A-NZ) of these values in UTF-8, with the paper's copy inside.

    What is missing is left out: whether that is an invoice the rules say.
    """
    currency = paper.currency
    net, gst = net_of(paper.lines), paper.gst_cents or 0
    taxed = net_of([line for line in paper.lines if line.taxed])
    due = f"Due {paper.due_date}" if paper.due_date else "As agreed"
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<Invoice xmlns="{_UBL}:Invoice-2" xmlns:cac="{_UBL}:CommonAggregateComponents-2"',
        f' xmlns:cbc="{_UBL}:CommonBasicComponents-2">',
        _text("CustomizationID", "urn:peppol:pint:billing-1@aunz-1"),
        _text("ProfileID", "urn:peppol:bis:billing"),
        _text("ID", paper.number),
        _text("IssueDate", paper.issue_date),
        _text("DueDate", paper.due_date),
        _text("InvoiceTypeCode", "380"),
        _text("DocumentCurrencyCode", currency),
        _text("BuyerReference", paper.order_reference or "on paper"),
        _group("OrderReference", _text("ID", paper.order_reference)),
        _copy(copy),
        _group("AccountingSupplierParty", _party(paper.supplier, paper.supplier_abn)),
        _group("AccountingCustomerParty", _party(paper.buyer, paper.buyer_abn)),
        _means(paper),
        _group("PaymentTerms", _text("Note", due)),
        "<cac:TaxTotal>",
        _amount("TaxAmount", gst, currency),
        _subtotal("S", GST_PERCENT, taxed, gst, currency) if any(line.taxed for line in paper.lines) else "",
        _subtotal("Z", 0, net - taxed, 0, currency) if not all(line.taxed for line in paper.lines) else "",
        "</cac:TaxTotal>",
        _group(
            "LegalMonetaryTotal",
            _amount("LineExtensionAmount", net, currency),
            _amount("TaxExclusiveAmount", net, currency),
            _amount("TaxInclusiveAmount", net + gst, currency),
            _amount("PayableAmount", net + gst, currency),
        ),
        *(_line(number, line, currency) for number, line in enumerate(paper.lines, 1)),
        "</Invoice>",
    ]
    return "\n".join(part for part in parts if part).encode()


def _text(name: str, value: object, attributes: str = "") -> str:
    return "" if value is None else f"<cbc:{name}{attributes}>{escape(str(value))}</cbc:{name}>"


def _group(name: str, *inside: str) -> str:
    content = "".join(inside)
    return f"<cac:{name}>{content}</cac:{name}>" if content else ""


def _amount(name: str, cents: int, currency: str) -> str:
    return f'<cbc:{name} currencyID="{currency}">{money(cents)}</cbc:{name}>'


def _party(name: str | None, abn: str | None) -> str:
    scheme = f' schemeID="{ABN_SCHEME}"'
    gst = _group("TaxScheme", _text("ID", "GST"))
    return _group(
        "Party",
        _text("EndpointID", abn, scheme),
        _group("PartyName", _text("Name", name)),
        _group("PostalAddress", _group("Country", _text("IdentificationCode", "AU"))),
        _group("PartyTaxScheme", _text("CompanyID", abn), gst) if abn else "",
        _group("PartyLegalEntity", _text("RegistrationName", name), _text("CompanyID", abn, scheme)),
    )


def _copy(content: bytes) -> str:
    if not content:
        return ""
    file = (
        '<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="invoice.pdf">'
        f"{b64encode(content).decode()}</cbc:EmbeddedDocumentBinaryObject>"
    )
    return _group("AdditionalDocumentReference", _text("ID", "paper"), _group("Attachment", file))


def _means(paper: Paper) -> str:
    if not paper.bsb or not paper.account:
        return ""
    account = _group(
        "PayeeFinancialAccount",
        _text("ID", paper.account),
        _text("Name", paper.account_name or paper.supplier),
        _group("FinancialInstitutionBranch", _text("ID", paper.bsb)),
    )
    return _group("PaymentMeans", _text("PaymentMeansCode", "30"), _text("PaymentID", paper.number), account)


def _category(name: str, code: str, percent: int) -> str:
    return _group(name, _text("ID", code), _text("Percent", percent), _group("TaxScheme", _text("ID", "GST")))


def _subtotal(code: str, percent: int, net: int, gst: int, currency: str) -> str:
    return _group(
        "TaxSubtotal",
        _amount("TaxableAmount", net, currency),
        _amount("TaxAmount", gst, currency),
        _category("TaxCategory", code, percent),
    )


def _line(number: int, line: PaperLine, currency: str) -> str:
    code, percent = ("S", GST_PERCENT) if line.taxed else ("Z", 0)
    return _group(
        "InvoiceLine",
        _text("ID", number),
        _text("InvoicedQuantity", line.quantity, ' unitCode="EA"'),
        _amount("LineExtensionAmount", line.net_cents, currency),
        _group("Item", _text("Name", line.name), _category("ClassifiedTaxCategory", code, percent)),
        _group("Price", _amount("PriceAmount", line.price_cents, currency)),
    )
