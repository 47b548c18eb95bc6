"""Makes UBL documents for tests: rule-clean PINT A-NZ invoices and credit notes.

All parties are made up; their ABNs are computed from a number, so that the check digits are right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from tests.data.ubl_text import render

CENT = Decimal("0.01")
ISSUED = date(2026, 6, 1)

_ABN_WEIGHTS = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)


def abn(seed: int) -> str:
    """The ABN whose last nine digits are `seed`."""
    tail = f"{seed:09d}"
    rest = sum(w * int(d) for w, d in zip(_ABN_WEIGHTS[2:], tail, strict=True))
    # The first two digits ab weigh 10 * (a - 1) + b, which is ab - 10.
    first = next(n for n in range(10, 99) if (n - 10 + rest) % 89 == 0)
    return f"{first}{tail}"


@dataclass(frozen=True)
class Company:
    """A made-up Australian company; `bsb` and `account` are where it wants to be paid."""

    name: str
    abn: str
    street: str
    city: str
    postcode: str
    state: str
    bsb: str = ""
    account: str = ""


@dataclass(frozen=True)
class Line:
    """An invoice line; `gst` is the rate in percent, 0 means GST-free (category Z)."""

    name: str
    quantity: Decimal
    price: Decimal
    gst: Decimal = Decimal(10)
    unit: str = "EA"

    @property
    def net(self) -> Decimal:
        """Quantity times price, rounded to cents."""
        return (self.quantity * self.price).quantize(CENT, ROUND_HALF_UP)

    @property
    def category(self) -> str:
        """The GST category: S (standard) or Z (zero rated)."""
        return "S" if self.gst else "Z"


def line(name: str, price: str, quantity: str = "1", gst: str = "10") -> Line:
    """A line from plain strings."""
    return Line(name, Decimal(quantity), Decimal(price), Decimal(gst))


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
    """An invoice, or a credit note that corrects the invoice number in `corrects`.

    `tax_total` overrides the computed tax total, to make an invalid document. `account` and `bsb`
    default to the supplier's.
    """

    number: str
    supplier: Company = PAPER
    buyer: Company = BUYER
    lines: Sequence[Line] = (line("Copy paper A4, carton", "40.00", "10"),)
    issued: date = ISSUED
    due: date | None = None
    order: str = "PO-2026-0117"
    buyer_reference: str = "Facilities"
    bsb: str | None = None
    account: str | None = None
    payment_id: str | None = None
    currency: str = "AUD"
    note: str = ""
    corrects: str = ""
    tax_total: Decimal | None = None

    @property
    def net(self) -> Decimal:
        """The total before GST."""
        return sum((item.net for item in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """The GST total, counted per rate as the profile demands."""
        return sum((tax for _, _, _, tax in self.subtotals), Decimal(0))

    @property
    def subtotals(self) -> list[tuple[str, Decimal, Decimal, Decimal]]:
        """Category, rate, taxable amount and tax of each rate on the document."""
        rows: list[tuple[str, Decimal, Decimal, Decimal]] = []
        ordered = sorted(self.lines, key=lambda item: item.gst)
        for gst, group in groupby(ordered, key=lambda item: item.gst):
            net = sum((item.net for item in group), Decimal(0))
            tax = (net * gst / 100).quantize(CENT, ROUND_HALF_UP)
            rows.append(("S" if gst else "Z", gst, net, tax))
        return rows

    def xml(self) -> bytes:
        """The document in UTF-8."""
        return render(self).encode()


def many_invoices(count: int, *, first: int = 1, cents: int = 10_000) -> Iterator[bytes]:
    """`count` distinct clean invoices of several suppliers, `cents` net and a little more each.

    Fast: one document per supplier is made, and number and amounts are put into its text.
    """
    templates = [
        render(Bill("@NUMBER@", supplier, lines=(line("Service", "0.01", "1", "10"),)))
        for supplier in SUPPLIERS
    ]
    for index in range(first, first + count):
        net = Decimal(cents + index % 5_000 * 10) / 100
        tax = (net / 10).quantize(CENT, ROUND_HALF_UP)
        text = templates[index % len(templates)].replace("@NUMBER@", f"LOAD-{index:07d}")
        text = text.replace(">0.00<", f">{tax:.2f}<")
        for name in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxableAmount", "PriceAmount"):
            text = text.replace(f'{name} currencyID="AUD">0.01<', f'{name} currencyID="AUD">{net:.2f}<')
        text = text.replace(">0.01<", f">{net + tax:.2f}<")
        yield text.encode()
