"""The XML text of a Bill: UBL 2.1 in the order the schema demands, by the PINT A-NZ profile."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from tests.data.ubl_documents import Bill, Company, Line

BILLING = "urn:peppol:pint:billing-1@aunz-1"


def render(bill: Bill) -> str:
    """The bill as UBL XML text."""
    root = "CreditNote" if bill.corrects else "Invoice"
    code = "381" if bill.corrects else "380"
    due = bill.due or bill.issued + timedelta(days=30)
    tax = bill.tax if bill.tax_total is None else bill.tax_total
    # UBL credit notes have no DueDate; the payment terms state it for both.
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"'
        ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
        ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">',
        f"<cbc:CustomizationID>{BILLING}</cbc:CustomizationID>",
        "<cbc:ProfileID>urn:peppol:bis:billing</cbc:ProfileID>",
        f"<cbc:ID>{escape(bill.number)}</cbc:ID>",
        f"<cbc:IssueDate>{bill.issued}</cbc:IssueDate>",
        "" if bill.corrects else f"<cbc:DueDate>{due}</cbc:DueDate>",
        f"<cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>",
        f"<cbc:Note>{escape(bill.note)}</cbc:Note>" if bill.note else "",
        f"<cbc:DocumentCurrencyCode>{bill.currency}</cbc:DocumentCurrencyCode>",
        f"<cbc:BuyerReference>{escape(bill.buyer_reference)}</cbc:BuyerReference>",
        f"<cac:OrderReference><cbc:ID>{escape(bill.order)}</cbc:ID></cac:OrderReference>"
        if bill.order
        else "",
        _billing_reference(bill.corrects),
        f"<cac:AccountingSupplierParty>{_party(bill.supplier)}</cac:AccountingSupplierParty>",
        f"<cac:AccountingCustomerParty>{_party(bill.buyer)}</cac:AccountingCustomerParty>",
        _payment(bill),
        f"<cac:PaymentTerms><cbc:Note>Net 30 days, due {due}</cbc:Note></cac:PaymentTerms>",
        f"<cac:TaxTotal>{_amount('TaxAmount', tax, bill.currency)}",
        *(_subtotal(*row, bill.currency) for row in bill.subtotals),
        "</cac:TaxTotal>",
        _total(bill.net, bill.net + tax, bill.currency),
        *(_line(bill, index, item) for index, item in enumerate(bill.lines, 1)),
        f"</{root}>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _amount(name: str, value: Decimal, currency: str) -> str:
    return f'<cbc:{name} currencyID="{currency}">{value:.2f}</cbc:{name}>'


def _billing_reference(corrects: str) -> str:
    if not corrects:
        return ""
    return (
        "<cac:BillingReference><cac:InvoiceDocumentReference>"
        f"<cbc:ID>{escape(corrects)}</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )


def _party(company: Company) -> str:
    return f"""<cac:Party>
<cbc:EndpointID schemeID="0151">{company.abn}</cbc:EndpointID>
<cac:PartyName><cbc:Name>{escape(company.name)}</cbc:Name></cac:PartyName>
<cac:PostalAddress>
<cbc:StreetName>{escape(company.street)}</cbc:StreetName>
<cbc:CityName>{escape(company.city)}</cbc:CityName>
<cbc:PostalZone>{company.postcode}</cbc:PostalZone>
<cbc:CountrySubentity>{company.state}</cbc:CountrySubentity>
<cac:Country><cbc:IdentificationCode>AU</cbc:IdentificationCode></cac:Country>
</cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>{company.abn}</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>GST</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity>
<cbc:RegistrationName>{escape(company.name)}</cbc:RegistrationName>
<cbc:CompanyID schemeID="0151">{company.abn}</cbc:CompanyID>
</cac:PartyLegalEntity>
</cac:Party>"""


def _payment(bill: Bill) -> str:
    bsb = bill.supplier.bsb if bill.bsb is None else bill.bsb
    account = bill.supplier.account if bill.account is None else bill.account
    if not account:
        return ""
    branch = f"<cbc:ID>{escape(bsb)}</cbc:ID>"
    branch = f"<cac:FinancialInstitutionBranch>{branch}</cac:FinancialInstitutionBranch>"
    return f"""<cac:PaymentMeans>
<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
<cbc:PaymentID>{escape(bill.payment_id or bill.number)}</cbc:PaymentID>
<cac:PayeeFinancialAccount>
<cbc:ID>{escape(account)}</cbc:ID>
<cbc:Name>{escape(bill.supplier.name)}</cbc:Name>
{branch if bsb else ""}
</cac:PayeeFinancialAccount>
</cac:PaymentMeans>"""


def _category(name: str, category: str, gst: Decimal) -> str:
    return (
        f"<cac:{name}><cbc:ID>{category}</cbc:ID><cbc:Percent>{gst}</cbc:Percent>"
        f"<cac:TaxScheme><cbc:ID>GST</cbc:ID></cac:TaxScheme></cac:{name}>"
    )


def _subtotal(category: str, gst: Decimal, net: Decimal, tax: Decimal, currency: str) -> str:
    return (
        f"<cac:TaxSubtotal>{_amount('TaxableAmount', net, currency)}"
        f"{_amount('TaxAmount', tax, currency)}"
        f"{_category('TaxCategory', category, gst)}</cac:TaxSubtotal>"
    )


def _total(net: Decimal, gross: Decimal, currency: str) -> str:
    return (
        f"<cac:LegalMonetaryTotal>{_amount('LineExtensionAmount', net, currency)}"
        f"{_amount('TaxExclusiveAmount', net, currency)}"
        f"{_amount('TaxInclusiveAmount', gross, currency)}"
        f"{_amount('PayableAmount', gross, currency)}</cac:LegalMonetaryTotal>"
    )


def _line(bill: Bill, index: int, item: Line) -> str:
    root, quantity = (
        ("CreditNoteLine", "CreditedQuantity") if bill.corrects else ("InvoiceLine", "InvoicedQuantity")
    )
    return f"""<cac:{root}>
<cbc:ID>{index}</cbc:ID>
<cbc:{quantity} unitCode="{item.unit}">{item.quantity}</cbc:{quantity}>
{_amount("LineExtensionAmount", item.net, bill.currency)}
<cac:Item><cbc:Name>{escape(item.name)}</cbc:Name>
{_category("ClassifiedTaxCategory", item.category, item.gst)}</cac:Item>
<cac:Price><cbc:PriceAmount currencyID="{bill.currency}">{item.price}</cbc:PriceAmount></cac:Price>
</cac:{root}>"""
