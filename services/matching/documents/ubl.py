"""Reads papers from UBL 2.1. Where the fields are: `fields.ORDER` and its siblings name them per document."""

from __future__ import annotations

from services.matching.documents import fields
from services.matching.documents.papers import (
    ID_CHARS,
    Bill,
    Order,
    OrderResponse,
    Party,
    Receipt,
    ResponseLine,
)
from services.matching.documents.xml import Node, read

ORDERS = ("Order",)
RESPONSES = ("OrderResponse",)
DELIVERIES = ("DespatchAdvice", "ReceiptAdvice")
_AGREEMENT = "urn:fdc:peppol.eu:poacc:trns:order_agreement"


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
    return _order(root, fields.needed(root.value("ID", ID_CHARS), "an order has a number (ID)"))


def response_in(root: Node) -> OrderResponse | Order:
    """Return the order response in a document that was read; an order agreement (T110) is an order.

    Raises:
        Invalid: A field that matching needs is missing.
    """
    named = root.value("OrderReference/ID", ID_CHARS)
    if is_agreement(root):
        number = named or root.value("SalesOrderID", ID_CHARS) or root.value("ID", ID_CHARS)
        return _order(
            root, fields.needed(number, "an order agreement has a number (OrderReference/ID or ID)")
        )
    return OrderResponse(
        number=fields.needed(root.value("ID", ID_CHARS), "an order response has a number (ID)"),
        supplier=fields.party(root, "SellerSupplierParty/Party"),
        order=fields.needed(named, "an order response names its order (OrderReference/ID)"),
        code=fields.needed(
            root.value("OrderResponseCode", 3), "an order response says yes or no (OrderResponseCode)"
        ),
        lines=tuple(_response_line(node, i) for i, node in enumerate(fields.bounded(root, fields.ORDER), 1)),
    )


def is_agreement(root: Node) -> bool:
    """Return whether a document is an order agreement (T110)."""
    return root.value("CustomizationID").startswith(_AGREEMENT)


def _response_line(outer: Node, index: int) -> ResponseLine:
    node = outer.first("LineItem") or outer
    line = fields.line(node, fields.ORDER, index)
    other = outer.first("SellerSubstitutedLineItem/Item")
    item = node if other is None else Node("LineItem", {}, [other])
    ids = {name: item.value(path, ID_CHARS) for name, path in fields.ITEM_IDS.items()}
    return ResponseLine.model_validate(
        {
            **line.model_dump(),
            **ids,
            "name": item.value("Item/Name") or line.name,
            "order_line": outer.value("OrderLineReference/LineID", ID_CHARS),
            "status": node.value("LineStatusCode", 3),
            "stated": node.first("Quantity") is not None,
            "substitute": other is not None,
        }
    )


def _order(root: Node, number: str) -> Order:
    charges, allowances = fields.extras(root)
    return Order(
        number=number,
        supplier=fields.party(root, "SellerSupplierParty/Party"),
        buyer=fields.party(root, "BuyerCustomerParty/Party"),
        currency=root.value("DocumentCurrencyCode", 3),
        charges=charges,
        allowances=allowances,
        lines=fields.lines(root, fields.ORDER),
    )


def receipt(body: bytes) -> Receipt:
    """Return the delivery in a UBL DespatchAdvice or ReceiptAdvice; raises as `order`."""
    return receipt_in(read(body, DELIVERIES))


def receipt_in(root: Node) -> Receipt:
    """Return the delivery in a document that was read; raises as `order_in`."""
    sent = root.name == "DespatchAdvice"
    number = fields.needed(root.value("ID", ID_CHARS), "a delivery has a number (ID)")
    sellers = [
        fields.party(root, path) for path in ("SellerSupplierParty/Party", "DespatchSupplierParty/Party")
    ]
    return Receipt(
        kind="despatch" if sent else "receipt",
        number=number,
        supplier=next((one for one in sellers if one.identity), Party()),
        order=root.value("OrderReference/ID", ID_CHARS),
        delivery=number if sent else root.value("DespatchDocumentReference/ID", ID_CHARS) or number,
        lines=fields.lines(root, fields.DESPATCH if sent else fields.RECEIPT),
    )


def bill(body: bytes) -> Bill:
    """Return the invoice or credit note of a document; raises as `order`."""
    root = read(body, ("Invoice", "CreditNote"))
    credit = root.name == "CreditNote"
    charges, allowances = fields.extras(root)
    references = root.all("BillingReference/InvoiceDocumentReference")
    return Bill(
        kind="credit_note" if credit else "invoice",
        number=root.value("ID"),
        supplier=fields.party(root, "AccountingSupplierParty/Party"),
        order=root.value("OrderReference/ID"),
        currency=root.value("DocumentCurrencyCode", 3),
        references=tuple(found for node in references if (found := node.value("ID")))[:10],
        charges=charges,
        allowances=allowances,
        payable=fields.number(root.value("LegalMonetaryTotal/PayableAmount")),
        lines=fields.lines(root, fields.CREDIT if credit else fields.INVOICE),
    )
