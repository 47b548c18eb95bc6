"""The facts of an invoice that every later step needs, taken from a UBL document.

Extraction is total: what is missing or unreadable is None, never an error. Whether the document
may be used is decided by the report of the rules, not here.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Literal

from finnest.nzaccounts import nz_account
from finnest.records import Record
from services.invoices.documents.identifiers import normal_bsb
from services.invoices.documents.money import minor_units
from services.invoices.documents.ubl import Document, UnknownDocument

if TYPE_CHECKING:
    from services.invoices.documents.ubl import Element

MAX_TEXT = 200
MAX_NOTE = 1000
MAX_NOTES = 10
MAX_PAYMENT_MEANS = 20
_IDENTITY_SCHEMES = ("0151", "0088")


class Party(Record):
    """A seller or buyer: `scheme` 0151 is an ABN, 0088 an NZBN (from PartyLegalEntity)."""

    name: str | None = None
    scheme: str | None = None
    identifier: str | None = None
    endpoint_scheme: str | None = None
    endpoint: str | None = None
    country: str | None = None


class PaymentMeans(Record):
    """One way to pay as the document states it; `branch` is a BSB, `NPP…`, `BPAY` or `URI`."""

    code: str | None = None
    account: str | None = None
    branch: str | None = None
    name: str | None = None
    payment_id: str | None = None

    @property
    def is_transfer(self) -> bool:
        """Whether it is a credit transfer (30, 58) to an Australian or New Zealand account."""
        digits = re.sub(r"[\s-]", "", self.account or "")
        australian = normal_bsb(self.branch or "") is not None and re.fullmatch(r"[0-9]{1,9}", digits)
        good = australian if self.branch else nz_account(digits)
        return self.code in ("30", "58") and bool(good)


class InvoiceFacts(Record):
    """An invoice or credit note in facts; amounts are integer minor units of `currency`.

    Amounts of a credit note are positive, as on the document. `net_cents` is before tax
    (TaxExclusiveAmount), `payable_cents` what is to be paid (PayableAmount).
    `references` are the invoices that this document corrects (BillingReference).
    """

    kind: Literal["invoice", "credit_note"]
    number: str | None = None
    issue_date: date | None = None
    due_date: date | None = None
    type_code: str | None = None
    customization_id: str | None = None
    profile_id: str | None = None
    currency: str | None = None
    supplier: Party = Party()
    buyer: Party = Party()
    order_reference: str | None = None
    line_orders: tuple[str, ...] = ()
    """Orders that single lines name."""
    buyer_reference: str | None = None
    references: tuple[str, ...] = ()
    payable_cents: int | None = None
    tax_cents: int | None = None
    net_cents: int | None = None
    payment_means: tuple[PaymentMeans, ...] = ()
    notes: tuple[str, ...] = ()
    line_count: int = 0

    @property
    def payee(self) -> PaymentMeans | None:
        """The way to pay that counts: the first transfer to an account, or else the first that is named."""
        transfers = (one for one in self.payment_means if one.is_transfer)
        return next(transfers, self.payment_means[0] if self.payment_means else None)


def facts(document: Document) -> InvoiceFacts:
    """The facts of an Invoice or CreditNote; UnknownDocument for any other UBL document."""
    if document.name not in ("Invoice", "CreditNote"):
        raise UnknownDocument(f"A {document.name} is no invoice; send an Invoice or a CreditNote here.")
    root = document.root
    credit = document.name == "CreditNote"
    currency = _text(root, "{*}DocumentCurrencyCode", 3)
    total = "{*}LegalMonetaryTotal/{*}"
    due = _text(root, "{*}DueDate") or _text(root, "{*}PaymentMeans/{*}PaymentDueDate")
    references = (
        _text(found, "{*}ID")
        for found in root.findall("{*}BillingReference/{*}InvoiceDocumentReference")[:MAX_NOTES]
    )
    notes = (_clean(note.text, MAX_NOTE) for note in root.findall("{*}Note")[:MAX_NOTES])
    return InvoiceFacts(
        kind="credit_note" if credit else "invoice",
        number=_text(root, "{*}ID"),
        issue_date=_date(_text(root, "{*}IssueDate")),
        due_date=_date(due),
        type_code=_text(root, f"{{*}}{document.name}TypeCode"),
        customization_id=_text(root, "{*}CustomizationID"),
        profile_id=_text(root, "{*}ProfileID"),
        currency=currency,
        supplier=_party(root.find("{*}AccountingSupplierParty/{*}Party")),
        buyer=_party(root.find("{*}AccountingCustomerParty/{*}Party")),
        order_reference=_text(root, "{*}OrderReference/{*}ID"),
        line_orders=_line_orders(root, "CreditNoteLine" if credit else "InvoiceLine"),
        buyer_reference=_text(root, "{*}BuyerReference"),
        references=tuple(reference for reference in references if reference),
        payable_cents=minor_units(root.findtext(f"{total}PayableAmount"), currency),
        tax_cents=_tax(root, currency),
        net_cents=minor_units(root.findtext(f"{total}TaxExclusiveAmount"), currency),
        payment_means=tuple(_means(found) for found in root.findall("{*}PaymentMeans")[:MAX_PAYMENT_MEANS]),
        notes=tuple(note for note in notes if note),
        line_count=len(root.findall("{*}CreditNoteLine" if credit else "{*}InvoiceLine")),
    )


def _clean(text: str | None, limit: int = MAX_TEXT) -> str | None:
    text = " ".join(text.split()) if text else ""
    return text[:limit] or None


def _text(node: Element, path: str, limit: int = MAX_TEXT) -> str | None:
    return _clean(node.findtext(path), limit)


def _line_orders(root: Element, line: str) -> tuple[str, ...]:
    named = root.iterfind(f"{{*}}{line}/{{*}}OrderLineReference/{{*}}OrderReference/{{*}}ID")
    orders = dict.fromkeys(order for node in named if (order := _clean(node.text)))
    return tuple(orders)[:MAX_NOTES]


def _date(text: str | None) -> date | None:
    if text is None or len(text) != len("YYYY-MM-DD"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tax(root: Element, currency: str | None) -> int | None:
    """The tax total in the document's currency; a second total in tax currency is not it."""
    amounts = root.findall("{*}TaxTotal/{*}TaxAmount")
    for found in amounts:
        if found.get("currencyID") == currency:
            return minor_units(found.text, currency)
    return None


def _party(node: Element | None) -> Party:
    if node is None:
        return Party()
    endpoint = node.find("{*}EndpointID")
    company = node.find("{*}PartyLegalEntity/{*}CompanyID")
    if (company is None or not _clean(company.text)) and endpoint is not None:
        # Some senders give their ABN only as the network address.
        company = endpoint if endpoint.get("schemeID") in _IDENTITY_SCHEMES else None
    return Party(
        name=_text(node, "{*}PartyLegalEntity/{*}RegistrationName") or _text(node, "{*}PartyName/{*}Name"),
        scheme=None if company is None else _clean(company.get("schemeID")),
        identifier=None if company is None else _clean(company.text),
        endpoint_scheme=None if endpoint is None else _clean(endpoint.get("schemeID")),
        endpoint=None if endpoint is None else _clean(endpoint.text),
        country=_text(node, "{*}PostalAddress/{*}Country/{*}IdentificationCode"),
    )


def _means(node: Element) -> PaymentMeans:
    account = "{*}PayeeFinancialAccount/{*}"
    return PaymentMeans(
        code=_text(node, "{*}PaymentMeansCode"),
        account=_text(node, f"{account}ID"),
        branch=_text(node, f"{account}FinancialInstitutionBranch/{{*}}ID"),
        name=_text(node, f"{account}Name"),
        payment_id=_text(node, "{*}PaymentID"),
    )
