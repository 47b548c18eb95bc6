"""The XML text of a Bill: UBL 2.1 in the order the schema demands, by the PINT A-NZ profile."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.data.ubl_parts import (
    amount,
    category,
    document,
    extra,
    group,
    item,
    order_line,
    party,
    price,
    text,
)

if TYPE_CHECKING:
    from tests.data.ubl_documents import Bill, Line

BILLING = "urn:peppol:pint:billing-1@aunz-1"
SELF_BILLING = "urn:peppol:pint:selfbilling-1@aunz-1"
_CODES = {("Invoice", False): "380", ("CreditNote", False): "381", ("Invoice", True): "389"}


def render(bill: Bill) -> str:
    """The bill as UBL XML text."""
    root = "CreditNote" if bill.corrects else "Invoice"
    code = _CODES.get((root, bill.self_billed), "261")
    due = bill.due or bill.issued + timedelta(days=30)
    tax = bill.tax if bill.tax_total is None else bill.tax_total
    parts = [
        text("CustomizationID", SELF_BILLING if bill.self_billed else BILLING),
        text("ProfileID", "urn:peppol:bis:selfbilling" if bill.self_billed else "urn:peppol:bis:billing"),
        text("ID", bill.number),
        text("IssueDate", bill.issued),
        # UBL credit notes have no DueDate; the payment terms state it for both.
        "" if bill.corrects else text("DueDate", due),
        text(f"{root}TypeCode", code),
        text("Note", bill.note),
        text("DocumentCurrencyCode", bill.currency),
        text("BuyerReference", bill.buyer_reference),
        group("OrderReference", text("ID", bill.order)),
        group("BillingReference", _corrected(bill.corrects or bill.replaces)),
        _attached(bill.attachment),
        group("AccountingSupplierParty", party(bill.supplier)),
        group("AccountingCustomerParty", party(bill.buyer)),
        _payment(bill),
        group("PaymentTerms", text("Note", bill.terms or f"Net 30 days, due {due}")),
        extra(bill.charge, bill.currency, category("TaxCategory", "S", Decimal(10))),
        f"<cac:TaxTotal>{amount('TaxAmount', tax, bill.currency)}",
        *(_subtotal(*row, bill.currency) for row in bill.subtotals),
        "</cac:TaxTotal>",
        _total(bill, tax),
        *(_line(bill, index, one) for index, one in enumerate(bill.lines, 1)),
    ]
    return document(root, parts)


def _corrected(number: str) -> str:
    return group("InvoiceDocumentReference", text("ID", number)) if number else ""


def _attached(content: bytes) -> str:
    if not content:
        return ""
    file = f'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="paper.pdf">{b64encode(content).decode()}'
    file += "</cbc:EmbeddedDocumentBinaryObject>"
    return group("AdditionalDocumentReference", text("ID", "1"), group("Attachment", file))


def _payment(bill: Bill) -> str:
    branch = bill.supplier.bsb if bill.bsb is None else bill.bsb
    account = bill.supplier.account if bill.account is None else bill.account
    if not account and bill.means == "30":
        return ""
    payee = group(
        "PayeeFinancialAccount",
        text("ID", account),
        text("Name", bill.supplier.name),
        group("FinancialInstitutionBranch", text("ID", branch)),
    )
    mandate = group("PaymentMandate", text("ID", "NA"))
    card = group("CardAccount", text("PrimaryAccountNumberID", "1234"), text("NetworkID", "NA"))
    return group(
        "PaymentMeans",
        text("PaymentMeansCode", bill.means),
        text("PaymentID", bill.payment_id or bill.number),
        payee if bill.means == "30" else mandate if bill.means == "49" else card,
    )


def _subtotal(code: str, gst: Decimal, net: Decimal, tax: Decimal, currency: str) -> str:
    return group(
        "TaxSubtotal",
        amount("TaxableAmount", net, currency),
        amount("TaxAmount", tax, currency),
        category("TaxCategory", code, gst),
    )


def _total(bill: Bill, tax: Decimal) -> str:
    def total(name: str, value: Decimal) -> str:
        return amount(name, value, bill.currency)

    charge = total("ChargeTotalAmount", bill.charge) if bill.charge > 0 else ""
    return group(
        "LegalMonetaryTotal",
        total("LineExtensionAmount", bill.net - bill.charge),
        total("TaxExclusiveAmount", bill.net),
        total("TaxInclusiveAmount", bill.net + tax),
        charge,
        total("PayableAmount", bill.net + tax),
    )


def _line(bill: Bill, index: int, line: Line) -> str:
    root, quantity = (
        ("CreditNoteLine", "CreditedQuantity") if bill.corrects else ("InvoiceLine", "InvoicedQuantity")
    )
    return group(
        root,
        text("ID", index),
        text(quantity, line.quantity, f' unitCode="{line.unit}"'),
        amount("LineExtensionAmount", line.net, bill.currency),
        order_line(line),
        extra(line.extra, bill.currency),
        item(line),
        price(line, bill.currency),
    )
