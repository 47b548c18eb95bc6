"""One line of an invoice against the line of the order that it means: unit, price, extras, tax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.matching.documents.papers import Line, plain
from services.matching.domain import units
from services.matching.domain.findings import Finding, amount, found, shown
from services.matching.domain.policy import Policy

CENT = Decimal("0.01")
PLACES = 6
"""Decimals of a quantity after conversion: a sixtieth of a carton, sixty times, is a carton."""
PACK_MOST = 10_000
NEAR = Decimal("0.02")
"""How far apart two prices may be that show how many are in a package."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a line asks for: its quantity in the order's unit, and what is wrong with it."""

    quantity: Decimal
    findings: tuple[Finding, ...]


def unit_factor(theirs: Line, ours: Line) -> Decimal | None:
    """Return how many of the order's units one of the line's is; None when nothing says so.

    Units of measure convert by their definition. Things that are counted differ without fault: the item's
    package size says how many are in one, else the prices do, else one is one.
    """
    known = units.factor(theirs.unit, ours.unit)
    if known is not None or not units.are_counted(theirs.unit, ours.unit):
        return known
    one = theirs.pack if units.is_pack(theirs.unit) else Decimal(1)
    other = ours.pack if units.is_pack(ours.unit) else Decimal(1)
    if one and other:
        return one / other
    by_price = _by_price(each(theirs), each(ours))
    return _whole(theirs.quantity, by_price) if by_price else Decimal(1)


def converted(theirs: Line, ours: Line) -> Decimal | None:
    """Return a line's quantity in the order's unit; None when nothing says how many that is."""
    factor = unit_factor(theirs, ours)
    return None if factor is None else plain(round(theirs.quantity * factor, PLACES))


def each(line: Line) -> Decimal | None:
    """Return what one unit costs, with the line's own extras."""
    worth = line.worth
    if worth is not None and line.quantity:
        return worth / line.quantity
    return None if line.price is None else line.price / line.base


def compare(theirs: Line, ours: Line, *, back: bool, policy: Policy, same_currency: bool = True) -> Compared:
    """Compare a line; `back` for one of a credit note."""
    factor = unit_factor(theirs, ours)
    if factor is None:
        sentence = f"Line {theirs.item}: {theirs.unit} cannot be converted to {ours.unit} of the order."
        return Compared(
            Decimal(0), (_told("UNIT-UNKNOWN", sentence, theirs, theirs.unit, ours.unit, policy),)
        )
    quantity = converted(theirs, ours) or Decimal(0)
    findings: list[Finding] = []
    if theirs.unit != ours.unit and factor != 1:
        sentence = f"Line {theirs.item}: 1 {theirs.unit} is {shown(factor)} {ours.unit}."
        findings.append(_told("UNIT-CONVERTED", sentence, theirs, theirs.unit, ours.unit, policy))
    one = each(ours)
    if one is not None and theirs.worth is not None and same_currency:
        expected = (one * quantity).quantize(CENT, ROUND_HALF_UP)
        returns = back or quantity < 0
        if returns and not _is_whole_return(theirs.worth, expected, policy):
            sentence = f"Line {theirs.item}: credits {amount(theirs.worth)}; no goods are given back."
            findings.append(_told("CREDIT-AMOUNT", sentence, theirs, theirs.worth, expected, policy))
            return Compared(Decimal(0), tuple(findings))
        if not returns:
            findings += _price(theirs, ours, factor, expected, policy)
    findings += _tax(theirs, ours, policy)
    return Compared(-quantity if back else quantity, tuple(findings))


def _price(theirs: Line, ours: Line, factor: Decimal, expected: Decimal, policy: Policy) -> Iterator[Finding]:
    worth = theirs.worth or Decimal(0)
    over = worth - expected
    rounding = Decimal(policy.rounding_cents) / 100
    if abs(over) <= rounding:
        return
    if over < 0:
        sentence = f"Line {theirs.item}: {amount(worth)} invoiced, {amount(expected)} ordered: less is fine."
        yield _told("PRICE-UNDER", sentence, theirs, worth, expected, policy)
        return
    both = f"{amount(worth)} invoiced, {amount(expected)} ordered"
    if policy.price.takes(over, expected):
        sentence = f"Line {theirs.item}: {both}: {amount(over)} over is within the tolerance."
        yield _told("WITHIN-TOLERANCE", sentence, theirs, worth, expected, policy)
        return
    code = _why_over(theirs, ours, factor, rounding)
    words = {
        "PRICE-OVER": "the price is higher than ordered",
        "CHARGE-OVER": "a charge was not ordered",
        "ALLOWANCE-MISSING": "the ordered discount is missing",
    }[code]
    sentence = f"Line {theirs.item}: {both}: {words}, by {amount(over)}."
    yield _told(code, sentence, theirs, worth, expected, policy)


def _why_over(theirs: Line, ours: Line, factor: Decimal, rounding: Decimal) -> str:
    if theirs.price is None or ours.price is None:
        return "PRICE-OVER"
    quantity = theirs.quantity * factor
    by_price = (theirs.price / theirs.base / factor - ours.price / ours.base) * quantity
    if by_price > rounding:
        return "PRICE-OVER"
    return "CHARGE-OVER" if theirs.extra > 0 or ours.extra >= 0 else "ALLOWANCE-MISSING"


def _tax(theirs: Line, ours: Line, policy: Policy) -> Iterator[Finding]:
    if theirs.rate is None or ours.rate is None or theirs.rate == ours.rate:
        return
    worth = abs(theirs.worth or Decimal(0))
    difference = worth * abs(theirs.rate - ours.rate) / 100
    if not policy.tax.takes(difference, worth):
        sentence = f"Line {theirs.item}: GST {shown(theirs.rate)} % invoiced, {shown(ours.rate)} % ordered."
        yield _told("TAX-DIFFERS", sentence, theirs, theirs.rate, ours.rate, policy)


def _is_whole_return(worth: Decimal, expected: Decimal, policy: Policy) -> bool:
    difference = abs(abs(worth) - abs(expected))
    return difference * 100 <= policy.rounding_cents or policy.price.takes(difference, expected)


def _by_price(theirs: Decimal | None, ours: Decimal | None) -> Decimal | None:
    """Return the whole number of items in a package that makes the prices agree."""
    if not theirs or not ours or theirs < 0 or ours < 0:
        return None
    high, low = max(theirs, ours), min(theirs, ours)
    count = (high / low).quantize(Decimal(1), ROUND_HALF_UP)
    if count > PACK_MOST or abs(low * count - high) > high * NEAR:
        return None
    return count if theirs >= ours else 1 / count


def _whole(quantity: Decimal, factor: Decimal) -> Decimal:
    """Return the factor that makes a whole number of our units, when one is near: prices are rounded."""
    whole = round(quantity * factor)
    near = whole and abs(quantity * factor - whole) <= abs(whole) * NEAR
    return Decimal(whole) / quantity if near else factor


def _told(code: str, sentence: str, line: Line, theirs: Any, ours: Any, policy: Policy) -> Finding:
    return found(code, sentence, line=line.id, theirs=theirs, ours=ours, owners=policy.owners)
