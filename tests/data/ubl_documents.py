"""Makes UBL documents for tests: rule-clean PINT A-NZ invoices and credit notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from tests.data.ubl_parties import Company, abn, nzbn
from tests.data.ubl_text import render

__all__ = [
    "BUYER", "CLEANING", "EQUIPMENT", "ISSUED", "PAPER", "SUPPLIERS", "Bill", "Company", "Line", "abn", "line",
    "many_invoices", "nzbn",
]  # fmt: skip

CENT = Decimal("0.01")
ISSUED = date(2026, 6, 1)


@dataclass(frozen=True)
class Line:
    """A line of any paper; `gst` is the rate in percent, 0 means GST-free (category Z).

    `price` is for `base` units. `order` and `order_line` say where it was ordered; `extra` is a charge of
    the line, or below zero a discount.
    """

    name: str
    quantity: Decimal
    price: Decimal
    gst: Decimal = Decimal(10)
    unit: str = "EA"
    item: str = ""
    order_line: str = ""
    order: str = ""
    base: Decimal = Decimal(1)
    extra: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        """Quantity times price and the line's extra, rounded to cents."""
        return (self.quantity * self.price / self.base).quantize(CENT, ROUND_HALF_UP) + self.extra

    @property
    def category(self) -> str:
        """The GST category: S (standard) or Z (zero rated)."""
        return "S" if self.gst else "Z"


def line(name: str, price: str, quantity: str = "1", gst: str = "10", **more: str) -> Line:
    """A line from plain strings."""
    numbers = {key: Decimal(value) for key, value in more.items() if key in ("base", "extra")}
    texts = {key: value for key, value in more.items() if key not in numbers}
    return Line(name, Decimal(quantity), Decimal(price), Decimal(gst), **texts, **numbers)  # pyright: ignore[reportArgumentType]


BUYER = Company("Wattle Bay Council", abn(104_552_871), "1 Civic Parade", "Wattle Bay", "2290", "NSW")
PAPER = Company(
    "Kookaburra Paper Pty Ltd", abn(617_300_412), "18 Mill Lane", "Geelong", "3220", "VIC",
    "062-914", "10482217",
)  # fmt: skip
CLEANING = Company(
    "Bright Shores Cleaning Pty Ltd", abn(623_918_550), "7 Harbour Street", "Newcastle", "2300",
    "NSW", "082-401", "55730921",
)  # fmt: skip
EQUIPMENT = Company(
    "Ironbark Equipment Pty Ltd", abn(631_047_226), "204 Foundry Road", "Toowoomba", "4350",
    "QLD", "124-072", "20918843",
)  # fmt: skip
SUPPLIERS = (PAPER, CLEANING, EQUIPMENT)


@dataclass(frozen=True)
class Bill:
    """An invoice, or a credit note when `credit` or `corrects` (and not `replaces`) say so.

    `corrects` is the number of the invoice that a credit note corrects, `replaces` the one whose place an
    invoice takes. `tax_total` overrides the computed tax total, to make an invalid document. `account` and
    `bsb` default to the supplier's. `charge` is freight of the whole document, taxed at 10 %. `terms` replace
    the words about when it is due, and `attachment` is a PDF inside.
    """

    number: str
    supplier: Company = PAPER
    buyer: Company = BUYER
    lines: Sequence[Line] = (line("Copy paper A4, carton", "40.00", "10"),)
    issued: date = ISSUED
    due: date | None = None
    order: str = ""
    buyer_reference: str = "Facilities"
    bsb: str | None = None
    account: str | None = None
    payment_id: str | None = None
    means: str = "30"
    currency: str = "AUD"
    note: str = ""
    corrects: str = ""
    replaces: str = ""
    self_billed: bool = False
    charge: Decimal = Decimal(0)
    tax_total: Decimal | None = None
    terms: str = ""
    attachment: bytes = b""

    @property
    def net(self) -> Decimal:
        """The total before GST."""
        return sum((item.net for item in self.lines), Decimal(0)) + self.charge

    @property
    def tax(self) -> Decimal:
        """The GST total, counted per rate as the profile demands."""
        return sum((tax for _, _, _, tax in self.subtotals), Decimal(0))

    @property
    def subtotals(self) -> list[tuple[str, Decimal, Decimal, Decimal]]:
        """Category, rate, taxable amount and tax of each rate on the document."""
        rows: list[tuple[str, Decimal, Decimal, Decimal]] = []
        parts = [(item.gst, item.net) for item in self.lines]
        if self.charge:
            parts.append((Decimal(10), self.charge))
        for gst, group in groupby(sorted(parts), key=lambda part: part[0]):
            net = sum((amount for _, amount in group), Decimal(0))
            tax = (net * gst / 100).quantize(CENT, ROUND_HALF_UP)
            rows.append(("S" if gst else "Z", gst, net, tax))
        return rows

    def xml(self) -> bytes:
        """The document in UTF-8."""
        return render(self).encode()


def many_invoices(count: int, *, first: int = 1, cents: int = 10_000, step: int = 10) -> Iterator[bytes]:
    """`count` distinct clean invoices of several suppliers, `cents` net and `step` more each.

    Fast: one document per supplier is made, and number and amounts are put into its text.
    """
    templates = [
        render(Bill("@NUMBER@", supplier, lines=(line("Service", "0.01", "1", "10"),)))
        for supplier in SUPPLIERS
    ]
    for index in range(first, first + count):
        net = Decimal(cents + index * step % 50_000) / 100
        tax = (net / 10).quantize(CENT, ROUND_HALF_UP)
        text = templates[index % len(templates)].replace("@NUMBER@", f"LOAD-{index:07d}")
        text = text.replace(">0.00<", f">{tax:.2f}<")
        for name in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxableAmount", "PriceAmount"):
            text = text.replace(f'{name} currencyID="AUD">0.01<', f'{name} currencyID="AUD">{net:.2f}<')
        text = text.replace(">0.01<", f">{net + tax:.2f}<")
        yield text.encode()
