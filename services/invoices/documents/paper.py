"""What an invoice on paper says, as a person corrects and confirms it, and why that is no invoice yet.

Values are texts as people read them, amounts in integer minor units of `currency`; what is not known is None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from finnest.records import Record
from services.invoices.documents.identifiers import is_abn, normal_bsb
from services.invoices.documents.money import MAX_MINOR

LINES = 30
LINE_CHARS = 100
GST_PERCENT = 10

Text = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Cents = Annotated[int, Field(ge=0, le=MAX_MINOR)]


class PaperLine(Record):
    """One line: `price_cents` is for one, before GST; `net_cents` is quantity times price."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=LINE_CHARS, strip_whitespace=True)]
    quantity: Annotated[str, StringConstraints(pattern=r"^\d{1,9}(\.\d{1,4})?$")] = "1"
    price_cents: Cents
    net_cents: Cents
    taxed: bool = True
    """Whether GST at the standard rate is on it; without it the line is GST-free."""

    @field_validator("name")
    @classmethod
    def _printable(cls, text: str) -> str:
        return _plain(text)


class Paper(Record):
    """The values of one invoice on paper; an ABN is 11 digits, a BSB six."""

    number: Text | None = None
    supplier: Text | None = None
    supplier_abn: Annotated[str, StringConstraints(pattern=r"^\d{11}$")] | None = None
    buyer: Text | None = None
    buyer_abn: Annotated[str, StringConstraints(pattern=r"^\d{11}$")] | None = None
    issue_date: date | None = None
    due_date: date | None = None
    order_reference: Text | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^(AUD|NZD)$")] = "AUD"
    net_cents: Cents | None = None
    gst_cents: Cents | None = None
    total_cents: Cents | None = None
    bsb: Annotated[str, StringConstraints(pattern=r"^\d{6}$")] | None = None
    account: Annotated[str, StringConstraints(pattern=r"^\d{4,9}$")] | None = None
    account_name: Text | None = None
    lines: Annotated[tuple[PaperLine, ...], Field(max_length=LINES)] = ()

    @field_validator("number", "supplier", "buyer", "order_reference", "account_name")
    @classmethod
    def _printable(cls, text: str | None) -> str | None:
        return None if text is None else _plain(text) or None


NEEDED = (
    *("number", "supplier", "supplier_abn", "buyer", "buyer_abn"),
    *("issue_date", "due_date", "gst_cents", "total_cents", "lines"),
)
"""Without these it can be no invoice."""
WHOLE = "As on the paper"
"""Name of the one line of a paper whose lines were not read."""
READ = (*NEEDED, "order_reference", "net_cents", "bsb", "account")
"""What is looked for on paper."""


def unread(paper: Paper) -> tuple[str, ...]:
    """Return the names of what was looked for and is not there."""
    return tuple(name for name in READ if not getattr(paper, name))


def troubles(paper: Paper) -> list[str]:
    """Return why this is no invoice yet, in sentences; nothing when it can be sent in."""
    found = [f"{name} is missing" for name in NEEDED if getattr(paper, name) in (None, ())]
    for name in ("supplier_abn", "buyer_abn"):
        abn = getattr(paper, name)
        if abn and not is_abn(abn):
            found.append(f"{name} {abn} is no ABN: its check sum is wrong")
    if paper.bsb and normal_bsb(paper.bsb) is None:
        found.append(f"bsb {paper.bsb} is no BSB")
    if bool(paper.bsb) != bool(paper.account):
        found.append("bsb and account belong together")
    for number, line in enumerate(paper.lines, 1):
        if _net(line) != line.net_cents:
            found.append(f"line {number}: {line.quantity} x {money(line.price_cents)} is {money(_net(line))}")
    if paper.lines and paper.gst_cents is not None and paper.total_cents is not None:
        net, gst = net_of(paper.lines), _gst(paper)
        if gst != paper.gst_cents:
            found.append(f"GST on the lines is {money(gst)}, not {money(paper.gst_cents)}")
        if net + paper.gst_cents != paper.total_cents:
            found.append(
                f"the lines ({money(net)}) and GST ({money(paper.gst_cents)}) are {money(net + paper.gst_cents)}, "
                f"not {money(paper.total_cents)}"
            )
    return found


def _plain(text: str) -> str:
    """Return the text without what XML or a reader could not show."""
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()


def _net(line: PaperLine) -> int:
    exact = Decimal(line.quantity) * line.price_cents
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def net_of(lines: Sequence[PaperLine]) -> int:
    """Return what lines are together before GST, in minor units."""
    return sum(line.net_cents for line in lines)


def _gst(paper: Paper) -> int:
    taxed = net_of([line for line in paper.lines if line.taxed])
    return int((Decimal(taxed) * GST_PERCENT / 100).quantize(Decimal(1), ROUND_HALF_UP))


def money(cents: int) -> str:
    """Return an amount as decimal text."""
    return f"{Decimal(cents) / 100:.2f}"
