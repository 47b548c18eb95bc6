"""Makes UBL orders, despatch advices and receipt advices (Peppol T01 and T16 where there are rules)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.data.ubl_documents import BUYER, PAPER, Line
from tests.data.ubl_parties import Company
from tests.data.ubl_parts import amount, document, extra, group, item, party, price, text

ORDERED = date(2026, 5, 4)
_ORDER = "urn:fdc:peppol.eu:poacc:trns:order:3"
_DESPATCH = "urn:fdc:peppol.eu:poacc:trns:despatch_advice:3"


@dataclass(frozen=True)
class Purchase:
    """An order; its lines are numbered from 1."""

    number: str
    supplier: Company = PAPER
    lines: Sequence[Line] = ()
    buyer: Company = BUYER
    ordered: date = ORDERED
    currency: str = "AUD"
    charge: Decimal = Decimal(0)

    def xml(self) -> bytes:
        """The order in UTF-8."""
        net = sum((line.net for line in self.lines), Decimal(0))
        total = group(
            "AnticipatedMonetaryTotal",
            amount("LineExtensionAmount", net, self.currency),
            amount("ChargeTotalAmount", self.charge, self.currency) if self.charge else "",
            amount("PayableAmount", net + self.charge, self.currency),
        )
        parts = [
            text("CustomizationID", _ORDER),
            text("ProfileID", "urn:fdc:peppol.eu:poacc:bis:order_only:3"),
            text("ID", self.number),
            text("IssueDate", self.ordered),
            text("OrderTypeCode", "220"),
            text("DocumentCurrencyCode", self.currency),
            text("CustomerReference", "Facilities"),
            group("ValidityPeriod", text("EndDate", self.ordered + timedelta(days=90))),
            group("BuyerCustomerParty", party(self.buyer)),
            group("SellerSupplierParty", party(self.supplier, taxed=False)),
            extra(self.charge, self.currency),
            total,
            *(self._line(index, line) for index, line in enumerate(self.lines, 1)),
        ]
        return document("Order", parts).encode()

    def _line(self, index: int, line: Line) -> str:
        inside = (
            text("ID", index),
            text("Quantity", line.quantity, f' unitCode="{line.unit}"'),
            amount("LineExtensionAmount", line.net, self.currency),
            extra(line.extra, self.currency),
            price(line, self.currency),
            item(line),
        )
        return group("OrderLine", group("LineItem", *inside))


@dataclass(frozen=True)
class Delivery:
    """What came: for each line of the order its number, quantity, and the line itself.

    `despatch` is the number of the despatch advice that a receipt is about.
    """

    number: str
    order: Purchase
    came: Sequence[tuple[str, str]]
    """Line of the order and quantity."""
    at: date = ORDERED
    despatch: str = ""

    def advice(self) -> bytes:
        """The despatch advice: what the supplier says it sent."""
        parts = [
            text("CustomizationID", _DESPATCH),
            text("ProfileID", "urn:fdc:peppol.eu:poacc:bis:despatch_advice:3"),
            text("ID", self.number),
            text("IssueDate", self.at),
            group("OrderReference", text("ID", self.order.number)),
            group("DespatchSupplierParty", party(self.order.supplier, taxed=False, named=False)),
            group("DeliveryCustomerParty", party(self.order.buyer, taxed=False, named=False)),
            self._shipment(),
            *(self._line("DespatchLine", "DeliveredQuantity", *row) for row in enumerate(self.came, 1)),
        ]
        return document("DespatchAdvice", parts).encode()

    def receipt(self) -> bytes:
        """The receipt advice: what the buyer counted."""
        despatch = group("DespatchDocumentReference", text("ID", self.despatch))
        parts = [
            text("ID", self.number),
            text("IssueDate", self.at),
            group("OrderReference", text("ID", self.order.number)),
            despatch,
            group("DeliveryCustomerParty", party(self.order.buyer)),
            group("DespatchSupplierParty", party(self.order.supplier)),
            *(self._line("ReceiptLine", "ReceivedQuantity", *row) for row in enumerate(self.came, 1)),
        ]
        return document("ReceiptAdvice", parts).encode()

    def _shipment(self) -> str:
        return group("Shipment", text("ID", "1"))

    def _line(self, root: str, quantity: str, index: int, came: tuple[str, str]) -> str:
        number, count = came
        line = self.order.lines[int(number) - 1]
        order = group("OrderReference", text("ID", self.order.number))
        return group(
            root,
            text("ID", index),
            text(quantity, count, f' unitCode="{line.unit}"'),
            group("OrderLineReference", text("LineID", number), order),
            item(line, taxed=False),
        )
