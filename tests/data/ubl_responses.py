"""Makes UBL order responses (Peppol T76) and order agreements (T110)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tests.data.ubl_orders import ORDERED, Purchase
from tests.data.ubl_parties import Company
from tests.data.ubl_parts import amount, document, group, item, party, price, text

_TRANSACTIONS = "urn:fdc:peppol.eu:poacc:trns"
_PROFILES = "urn:fdc:peppol.eu:poacc:bis"

_TOTALS = ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount")


class Said(NamedTuple):
    """What is said about a line of the order: its status (UNCL1229), and what is confirmed where that differs."""

    line: str
    status: str
    quantity: str = ""
    price: str = ""
    substitute: str = ""
    """The supplier's id of another item that comes instead."""


@dataclass(frozen=True)
class Response:
    """An order response; `code` is AB, AP, CA or RE."""

    number: str
    order: Purchase
    code: str
    said: Sequence[Said] = ()
    at: date = ORDERED

    def xml(self) -> bytes:
        """The order response in UTF-8."""
        parts = [
            text("CustomizationID", f"{_TRANSACTIONS}:order_response:3"),
            text("ProfileID", f"{_PROFILES}:ordering:3"),
            text("ID", self.number),
            text("IssueDate", self.at),
            text("OrderResponseCode", self.code),
            text("DocumentCurrencyCode", self.order.currency),
            group("OrderReference", text("ID", self.order.number)),
            group("SellerSupplierParty", _known(self.order.supplier)),
            group("BuyerCustomerParty", _known(self.order.buyer)),
            *(self._line(index, said) for index, said in enumerate(self.said, 1)),
        ]
        return document("OrderResponse", parts).encode()

    def _line(self, index: int, said: Said) -> str:
        known = len(self.order.lines) >= int(said.line)
        line = self.order.lines[int(said.line) - 1 if known else 0]
        changed = said.price and group(
            "Price", text("PriceAmount", said.price, f' currencyID="{self.order.currency}"')
        )
        other = group(
            "Item",
            text("Name", "A substitute"),
            group("SellersItemIdentification", text("ID", said.substitute)),
        )
        return group(
            "OrderLine",
            group(
                "LineItem",
                text("ID", index),
                text("LineStatusCode", said.status),
                text("Quantity", said.quantity, f' unitCode="{line.unit}"'),
                changed,
                item(line, taxed=False),
            ),
            group("SellerSubstitutedLineItem", text("ID", "1"), other) if said.substitute else "",
            group("OrderLineReference", text("LineID", said.line)),
        )


def _known(company: Company) -> str:
    """A party by its number and name; the profile lets no more of it be said."""
    number = f' schemeID="{company.scheme}"'
    return group(
        "Party",
        text("EndpointID", company.abn, number),
        group("PartyIdentification", text("ID", company.abn, number)),
        group("PartyLegalEntity", text("RegistrationName", company.name)),
    )


def agreement(order: Purchase) -> bytes:
    """The order agreement that says what the order says, in UTF-8."""
    net = sum((line.net for line in order.lines), Decimal(0))
    parts = [
        text("CustomizationID", f"{_TRANSACTIONS}:order_agreement:3"),
        text("ProfileID", f"{_PROFILES}:order_agreement:3"),
        text("ID", f"OA-{order.number}"),
        text("IssueDate", order.ordered),
        text("DocumentCurrencyCode", order.currency),
        group("OrderReference", text("ID", order.number)),
        group("SellerSupplierParty", party(order.supplier, taxed=False, named=False)),
        group("BuyerCustomerParty", party(order.buyer, taxed=False, named=False)),
        group(
            "LegalMonetaryTotal",
            *(amount(name, net, order.currency) for name in _TOTALS),
        ),
        *(
            group(
                "OrderLine",
                group(
                    "LineItem",
                    text("ID", index),
                    text("Quantity", line.quantity, f' unitCode="{line.unit}"'),
                    amount("LineExtensionAmount", line.net, order.currency),
                    price(line, order.currency),
                    item(line),
                ),
            )
            for index, line in enumerate(order.lines, 1)
        ),
    ]
    return document("OrderResponse", parts).encode()
