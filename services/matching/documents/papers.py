"""The papers of a purchase as matching compares them: order, delivery, invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from finnest.records import Record

MAX_LINES = 5_000
ID_CHARS = 40
CODES = {"AB": "acknowledged", "AP": "accepted", "CA": "accepted with changes", "RE": "rejected"}
"""What an order response says (UNCL4343, as Peppol uses it)."""


def plain(value: Decimal) -> Decimal:
    """Return the number in its shortest form: 5, not 5.00."""
    whole = value == value.to_integral_value()
    return value.quantize(Decimal(1)) if whole else value.normalize()


Number = Annotated[
    Decimal, AfterValidator(plain), Field(allow_inf_nan=False, max_digits=24, decimal_places=10)
]


class Party(Record):
    """A business; `identity` names it the same on every paper (`identity.py`)."""

    name: str = ""
    identity: str = ""


class Line(Record):
    """A line of any paper; amounts are in the paper's currency, `net` after the line's own extras."""

    id: str
    order: str = ""
    """Number of the order when the line names one itself."""
    order_line: str = ""
    name: str = ""
    sellers_id: str = ""
    standard_id: str = ""
    buyers_id: str = ""
    quantity: Number = Decimal(0)
    unit: str = ""
    """UN/ECE Recommendation 20 or 21."""
    price: Number | None = None
    """For `base` units."""
    base: Number = Decimal(1)
    net: Number | None = None
    extra: Number = Decimal(0)
    """Charges minus allowances of the line."""
    rate: Number | None = None
    """GST in percent."""
    pack: Number | None = None
    """Items in one unit (PackSizeNumeric)."""

    @property
    def worth(self) -> Decimal | None:
        """The line's net amount, stated or computed."""
        if self.net is not None:
            return self.net
        return None if self.price is None else self.price / self.base * self.quantity + self.extra

    @property
    def item(self) -> str:
        """The line as a person names it."""
        return f"{self.id} ({self.name[:60]})" if self.name else self.id


class _Paper(Record):
    number: str
    supplier: Party
    lines: tuple[Line, ...]


class Order(_Paper):
    """What was ordered; `charges` and `allowances` are those of the whole order."""

    buyer: Party = Party()
    currency: str = ""
    charges: Number = Decimal(0)
    allowances: Number = Decimal(0)


class ResponseLine(Line):
    """A line of an order response: `order_line` is the line that it answers."""

    status: str = ""
    """UNCL1229: 1 added, 3 changed, 5 accepted, 7 not accepted, 42 already delivered."""
    stated: bool = False
    """Whether it states a quantity."""
    substitute: bool = False
    """Whether another item takes the place of the one ordered; its ids are then those of the new one."""


class OrderResponse(_Paper):
    """What the supplier says about an order (Peppol T76); `code` is UNCL4343 AB, AP, CA or RE."""

    order: str
    """Number of the order."""
    code: str
    lines: tuple[ResponseLine, ...]  # pyright: ignore[reportIncompatibleVariableOverride]


class Receipt(_Paper):
    """What was sent (a despatch advice) or received; `delivery` is the despatch that both are about.

    A later paper about the same delivery of the same order takes the place of the earlier one.
    """

    kind: Literal["despatch", "receipt"]
    order: str = ""
    order_id: str = ""
    delivery: str = ""


class Bill(_Paper):
    """An invoice or credit note; quantities of a credit note are positive, as on the document."""

    kind: Literal["invoice", "credit_note"]
    order: str = ""
    currency: str = ""
    references: tuple[str, ...] = ()
    """Numbers of the invoices that it corrects."""
    charges: Number = Decimal(0)
    allowances: Number = Decimal(0)
    payable: Number | None = None
