"""What a row of the demo table is, and how its documents are made."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import NamedTuple

from tests.data.demo_people import COUNCIL
from tests.data.ubl_documents import Bill, Line
from tests.data.ubl_orders import Purchase
from tests.data.ubl_parties import Company


class Row(NamedTuple):
    """One document; `status` is empty for orders and deliveries, which are simply kept.

    In JSON it is a supplier with the account that two people confirm.
    """

    name: str
    body: bytes
    status: str = ""
    reason: str = ""

    @property
    def suffix(self) -> str:
        """The last part of its file's name."""
        return "json" if self.body.startswith(b"{") else "xml"


def confirmed(supplier: Company) -> bytes:
    """A supplier whose account two people confirm, as `POST /v1/suppliers` takes it."""
    account = {"bsb": supplier.bsb, "account": supplier.account, "name": supplier.name}
    return json.dumps(
        {"name": supplier.name, "abn": supplier.abn, "bank_account": account}, indent=1
    ).encode()


def order(number: str, supplier: Company, *lines: Line, charge: str = "0") -> Purchase:
    """An order of the council."""
    return Purchase(number, supplier, lines, COUNCIL, charge=Decimal(charge))


def bill(number: str, what: Purchase | Company, *lines: Line, **more: object) -> Bill:
    """A bill for an order, or of a supplier without one."""
    supplier = what.supplier if isinstance(what, Purchase) else what
    named = what.number if isinstance(what, Purchase) else ""
    given = {"buyer": COUNCIL, "lines": lines, "order": named, **more}
    return Bill(number, supplier, **given)  # pyright: ignore[reportArgumentType]
