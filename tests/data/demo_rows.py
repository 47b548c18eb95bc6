"""What a row of the demo table is, and how its documents are made."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from tests.data.demo_people import COUNCIL
from tests.data.ubl_documents import Bill, Line
from tests.data.ubl_orders import Purchase
from tests.data.ubl_parties import Company


class Row(NamedTuple):
    """One document; `status` is empty for orders and deliveries, which are simply kept."""

    name: str
    body: bytes
    status: str = ""
    reason: str = ""


def order(number: str, supplier: Company, *lines: Line, charge: str = "0") -> Purchase:
    """An order of the council."""
    return Purchase(number, supplier, lines, COUNCIL, charge=Decimal(charge))


def bill(number: str, what: Purchase | Company, *lines: Line, **more: object) -> Bill:
    """A bill for an order, or of a supplier without one."""
    supplier = what.supplier if isinstance(what, Purchase) else what
    named = what.number if isinstance(what, Purchase) else ""
    given = {"buyer": COUNCIL, "lines": lines, "order": named, **more}
    return Bill(number, supplier, **given)  # pyright: ignore[reportArgumentType]
