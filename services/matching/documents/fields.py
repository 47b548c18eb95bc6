"""The fields that all UBL documents have in common: lines, parties, extras, numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from finnest.errors import Invalid
from services.matching.documents.identity import identity
from services.matching.documents.papers import ID_CHARS, MAX_LINES, Line, Party
from services.matching.documents.xml import Node

_NUMBER = re.compile(r"[+-]?(\d{1,14}(\.\d{0,10})?|\.\d{1,10})")
_SCHEMES = ("0151", "0088")
ITEM_IDS = {
    "sellers_id": "Item/SellersItemIdentification/ID",
    "standard_id": "Item/StandardItemIdentification/ID",
    "buyers_id": "Item/BuyersItemIdentification/ID",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a kind of document keeps its lines."""

    line: str
    quantity: tuple[str, ...]
    inner: str = ""
    """The element inside the line that holds its fields."""


ORDER = Shape("OrderLine", ("Quantity",), "LineItem")
DESPATCH = Shape("DespatchLine", ("DeliveredQuantity",))
RECEIPT = Shape("ReceiptLine", ("ReceivedQuantity",))
INVOICE = Shape("InvoiceLine", ("InvoicedQuantity",))
CREDIT = Shape("CreditNoteLine", ("CreditedQuantity",))


def bounded(root: Node, shape: Shape) -> list[Node]:
    nodes = list(root.all(shape.line))
    if len(nodes) > MAX_LINES:
        raise Invalid("too-many-lines", f"a document has at most {MAX_LINES:,} lines here")
    return nodes


def lines(root: Node, shape: Shape) -> tuple[Line, ...]:
    found = [node.first(shape.inner) if shape.inner else node for node in bounded(root, shape)]
    nodes = [node for node in found if node is not None]
    return tuple(line(node, shape, index) for index, node in enumerate(nodes, 1))


def line(node: Node, shape: Shape, index: int) -> Line:
    quantity = next((q for path in shape.quantity if (q := node.first(path))), None)
    amount = number(quantity.text if quantity else "") or Decimal(0)
    charges, allowances = extras(node)
    base = number(node.value("Price/BaseQuantity"))
    return Line(
        id=node.value("ID", ID_CHARS) or str(index),
        order=node.value("OrderLineReference/OrderReference/ID", ID_CHARS),
        order_line=node.value("OrderLineReference/LineID", ID_CHARS),
        name=node.value("Item/Name") or node.value("Item/Description"),
        **{name: node.value(path, ID_CHARS) for name, path in ITEM_IDS.items()},
        quantity=amount - (number(node.value("RejectedQuantity")) or Decimal(0)),
        unit=quantity.attributes.get("unitCode", "")[:8] if quantity else "",
        price=number(node.value("Price/PriceAmount")),
        base=base if base and base > 0 else Decimal(1),
        net=number(node.value("LineExtensionAmount")),
        extra=charges - allowances,
        rate=number(node.value("Item/ClassifiedTaxCategory/Percent")),
        pack=number(node.value("Item/PackSizeNumeric")),
    )


def extras(node: Node) -> tuple[Decimal, Decimal]:
    """Return the charges and the allowances that stand directly under a node."""
    sums = {True: Decimal(0), False: Decimal(0)}
    for one in node.all("AllowanceCharge"):
        charge = one.value("ChargeIndicator") in ("true", "1")
        sums[charge] += number(one.value("Amount")) or Decimal(0)
    return sums[True], sums[False]


def party(root: Node, path: str) -> Party:
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


def number(text: str) -> Decimal | None:
    text = text.strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def needed(text: str, why: str) -> str:
    if not text:
        raise Invalid("field-missing", why)
    return text
