"""Reads papers from UBL 2.1. Where the fields are: `ORDER` and its siblings name them per document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from finnest.errors import Invalid
from services.matching.documents.identity import identity
from services.matching.documents.papers import ID_CHARS, MAX_LINES, Bill, Line, Order, Party, Receipt
from services.matching.documents.xml import Node, read

ORDERS = ("Order",)
DELIVERIES = ("DespatchAdvice", "ReceiptAdvice")
_NUMBER = re.compile(r"[+-]?(\d{1,14}(\.\d{0,10})?|\.\d{1,10})")
_SCHEMES = ("0151", "0088")


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where a kind of document keeps its lines."""

    line: str
    quantity: tuple[str, ...]
    inner: str = ""
    """The element inside the line that holds its fields."""


_ORDER = _Shape("OrderLine", ("Quantity",), "LineItem")
_DESPATCH = _Shape("DespatchLine", ("DeliveredQuantity",))
_RECEIPT = _Shape("ReceiptLine", ("ReceivedQuantity",))
_INVOICE = _Shape("InvoiceLine", ("InvoicedQuantity",))
_CREDIT = _Shape("CreditNoteLine", ("CreditedQuantity",))


def order(body: bytes) -> Order:
    """Return the order in a UBL Order.

    Raises:
        Unreadable, TooLarge, Invalid: As `xml.read`; or a field that matching needs is missing.
    """
    return order_in(read(body, ORDERS))


def order_in(root: Node) -> Order:
    """Return the order in a document that was read.

    Raises:
        Invalid: A field that matching needs is missing.
    """
    charges, allowances = _extras(root)
    return Order(
        number=_needed(root.value("ID", ID_CHARS), "an order has a number (ID)"),
        supplier=_party(root, "SellerSupplierParty/Party"),
        buyer=_party(root, "BuyerCustomerParty/Party"),
        currency=root.value("DocumentCurrencyCode", 3),
        charges=charges,
        allowances=allowances,
        lines=_lines(root, _ORDER),
    )


def receipt(body: bytes) -> Receipt:
    """Return the delivery in a UBL DespatchAdvice or ReceiptAdvice; raises as `order`."""
    return receipt_in(read(body, DELIVERIES))


def receipt_in(root: Node) -> Receipt:
    """Return the delivery in a document that was read; raises as `order_in`."""
    sent = root.name == "DespatchAdvice"
    number = _needed(root.value("ID", ID_CHARS), "a delivery has a number (ID)")
    sellers = [_party(root, path) for path in ("SellerSupplierParty/Party", "DespatchSupplierParty/Party")]
    return Receipt(
        kind="despatch" if sent else "receipt",
        number=number,
        supplier=next((one for one in sellers if one.identity), Party()),
        order=root.value("OrderReference/ID", ID_CHARS),
        delivery=number if sent else root.value("DespatchDocumentReference/ID", ID_CHARS) or number,
        lines=_lines(root, _DESPATCH if sent else _RECEIPT),
    )


def bill(body: bytes) -> Bill:
    """Return the invoice or credit note of a document; raises as `order`."""
    root = read(body, ("Invoice", "CreditNote"))
    credit = root.name == "CreditNote"
    charges, allowances = _extras(root)
    references = root.all("BillingReference/InvoiceDocumentReference")
    return Bill(
        kind="credit_note" if credit else "invoice",
        number=root.value("ID"),
        supplier=_party(root, "AccountingSupplierParty/Party"),
        order=root.value("OrderReference/ID"),
        currency=root.value("DocumentCurrencyCode", 3),
        references=tuple(found for node in references if (found := node.value("ID")))[:10],
        charges=charges,
        allowances=allowances,
        payable=_number(root.value("LegalMonetaryTotal/PayableAmount")),
        lines=_lines(root, _CREDIT if credit else _INVOICE),
    )


def _lines(root: Node, shape: _Shape) -> tuple[Line, ...]:
    found = [node.first(shape.inner) if shape.inner else node for node in root.all(shape.line)]
    nodes = [node for node in found if node is not None]
    if len(nodes) > MAX_LINES:
        raise Invalid("too-many-lines", f"a document has at most {MAX_LINES:,} lines here")
    return tuple(_line(node, shape, index) for index, node in enumerate(nodes, 1))


def _line(node: Node, shape: _Shape, index: int) -> Line:
    quantity = next((q for path in shape.quantity if (q := node.first(path))), None)
    amount = _number(quantity.text if quantity else "") or Decimal(0)
    charges, allowances = _extras(node)
    base = _number(node.value("Price/BaseQuantity"))
    return Line(
        id=node.value("ID", ID_CHARS) or str(index),
        order=node.value("OrderLineReference/OrderReference/ID", ID_CHARS),
        order_line=node.value("OrderLineReference/LineID", ID_CHARS),
        name=node.value("Item/Name") or node.value("Item/Description"),
        sellers_id=node.value("Item/SellersItemIdentification/ID", ID_CHARS),
        standard_id=node.value("Item/StandardItemIdentification/ID", ID_CHARS),
        buyers_id=node.value("Item/BuyersItemIdentification/ID", ID_CHARS),
        quantity=amount - (_number(node.value("RejectedQuantity")) or Decimal(0)),
        unit=quantity.attributes.get("unitCode", "")[:8] if quantity else "",
        price=_number(node.value("Price/PriceAmount")),
        base=base if base and base > 0 else Decimal(1),
        net=_number(node.value("LineExtensionAmount")),
        extra=charges - allowances,
        rate=_number(node.value("Item/ClassifiedTaxCategory/Percent")),
        pack=_number(node.value("Item/PackSizeNumeric")),
    )


def _extras(node: Node) -> tuple[Decimal, Decimal]:
    """Return the charges and the allowances that stand directly under a node."""
    sums = {True: Decimal(0), False: Decimal(0)}
    for one in node.all("AllowanceCharge"):
        charge = one.value("ChargeIndicator") in ("true", "1")
        sums[charge] += _number(one.value("Amount")) or Decimal(0)
    return sums[True], sums[False]


def _party(root: Node, path: str) -> Party:
    node = root.first(path)
    if node is None:
        return Party()
    name = node.value("PartyLegalEntity/RegistrationName") or node.value("PartyName/Name")
    ids = [node.first("PartyLegalEntity/CompanyID"), *node.all("PartyIdentification/ID")]
    known = [one for one in [*ids, node.first("EndpointID")] if one is not None and one.text.strip()]
    # The business number goes before any other number that the sender has for the party.
    known.sort(key=lambda one: one.attributes.get("schemeID") not in _SCHEMES)
    scheme = known[0].attributes.get("schemeID", "") if known else ""
    return Party(name=name, identity=identity(scheme, known[0].text if known else "", name))


def _number(text: str) -> Decimal | None:
    text = text.strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _needed(text: str, why: str) -> str:
    if not text:
        raise Invalid("field-missing", why)
    return text
