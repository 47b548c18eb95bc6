"""Pieces of UBL text that all documents share."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from tests.data.ubl_documents import Line
    from tests.data.ubl_parties import Company


def document(root: str, parts: list[str]) -> str:
    """A whole document around its parts; empty parts are left out."""
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}'
        f' xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"'
        ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
        ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
    )
    return "\n".join([head, *(part for part in parts if part), f"</{root}>"]) + "\n"


def text(name: str, value: object, attributes: str = "") -> str:
    """One basic element; nothing when the value is empty."""
    return f"<cbc:{name}{attributes}>{escape(str(value))}</cbc:{name}>" if str(value) else ""


def group(name: str, *inside: str) -> str:
    """One aggregate element; nothing when nothing is inside."""
    content = "".join(inside)
    return f"<cac:{name}>{content}</cac:{name}>" if content else ""


def amount(name: str, value: Decimal, currency: str) -> str:
    """An amount with two decimals."""
    return f'<cbc:{name} currencyID="{currency}">{value:.2f}</cbc:{name}>'


def party(company: Company, *, taxed: bool = True, named: bool = True) -> str:
    """A party by the A-NZ profile; orders and despatch advices say less of some."""
    scheme = f' schemeID="{company.scheme}"'
    gst = group("TaxScheme", text("ID", "GST"))
    tax = group("PartyTaxScheme", text("CompanyID", company.gst_number or company.abn), gst)
    number = text("CompanyID", company.abn, scheme)
    identified = group("PartyIdentification", text("ID", company.abn, scheme))
    known = group("PartyName", text("Name", company.name)) if named else identified
    return f"""<cac:Party>
{text("EndpointID", company.abn, scheme)}
{known}
<cac:PostalAddress>
{text("StreetName", company.street)}
{text("CityName", company.city)}
{text("PostalZone", company.postcode)}
{text("CountrySubentity", company.state)}
<cac:Country><cbc:IdentificationCode>{company.country}</cbc:IdentificationCode></cac:Country>
</cac:PostalAddress>
{tax if taxed else ""}
<cac:PartyLegalEntity>
{text("RegistrationName", company.name)}
{number if named else ""}
</cac:PartyLegalEntity>
</cac:Party>"""


def category(name: str, code: str, gst: Decimal) -> str:
    """A GST category with its rate."""
    scheme = group("TaxScheme", text("ID", "GST"))
    return group(name, text("ID", code), text("Percent", gst), scheme)


def extra(value: Decimal, currency: str, tax: str = "") -> str:
    """A charge, or below zero an allowance."""
    if not value:
        return ""
    reason = "Freight" if value > 0 else "Discount"
    return group(
        "AllowanceCharge",
        text("ChargeIndicator", "true" if value > 0 else "false"),
        text("AllowanceChargeReasonCode", "FC" if value > 0 else "95"),
        text("AllowanceChargeReason", reason),
        amount("Amount", abs(value), currency),
        tax,
    )


def item(line: Line, taxed: bool = True) -> str:
    """What is bought."""
    return group(
        "Item",
        text("Name", line.name),
        group("SellersItemIdentification", text("ID", line.item)),
        category("ClassifiedTaxCategory", line.category, line.gst) if taxed else "",
    )


def price(line: Line, currency: str) -> str:
    """The net price, per base quantity where that is not one."""
    base = text("BaseQuantity", line.base, f' unitCode="{line.unit}"') if line.base != 1 else ""
    return group("Price", text("PriceAmount", line.price, f' currencyID="{currency}"'), base)


def order_line(line: Line) -> str:
    """Where the line was ordered."""
    order = group("OrderReference", text("ID", line.order))
    reference = text("LineID", line.order_line)
    return group("OrderLineReference", reference, order) if line.order_line else ""
