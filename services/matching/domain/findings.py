"""What a match can find wrong: code, numbers on both sides, a sentence, and who is to act."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from finnest.records import Record

KEPT = 10
"""Findings in an event; the whole report is kept by hash."""


class Finding(Record):
    """A mismatch: `theirs` is what the invoice says, `ours` what it was compared with."""

    code: str
    owner: str
    """The role that is to act."""
    weight: Literal["waits", "blocks", "note"]
    line: str = ""
    """The invoice's line; empty when the whole is meant."""
    theirs: str = ""
    ours: str = ""
    sentence: str


@dataclass(frozen=True, slots=True)
class _Kind:
    owner: str
    weight: Literal["waits", "blocks", "note"] = "blocks"


KINDS: dict[str, _Kind] = {
    "ORDER-MISSING": _Kind("clerk", "waits"),
    "RECEIPT-MISSING": _Kind("clerk", "waits"),
    "ORDER-NONE": _Kind("clerk"),
    "LINE-UNKNOWN": _Kind("approver"),
    "ORDER-REJECTED": _Kind("clerk"),
    "LINE-REJECTED": _Kind("clerk"),
    "ITEM-DIFFERS": _Kind("approver"),
    "QUANTITY-OVER": _Kind("approver"),
    "PRICE-OVER": _Kind("approver"),
    "PRICE-UNDER": _Kind("approver", "note"),
    "UNIT-UNKNOWN": _Kind("clerk"),
    "UNIT-CONVERTED": _Kind("clerk", "note"),
    "CHARGE-OVER": _Kind("approver"),
    "ALLOWANCE-MISSING": _Kind("approver"),
    "WITHIN-TOLERANCE": _Kind("approver", "note"),
    "TAX-DIFFERS": _Kind("clerk"),
    "CURRENCY-DIFFERS": _Kind("approver"),
    "CREDIT-OVER": _Kind("clerk"),
    "CREDIT-EARLY": _Kind("clerk"),
    "CREDIT-AMOUNT": _Kind("clerk", "note"),
    "CONTENDED": _Kind("clerk"),
    "DOCUMENT-UNREAD": _Kind("admin"),
}
"""Every code, who acts by default, and whether it blocks, waits for a paper, or only tells."""


def found(
    code: str,
    sentence: str,
    *,
    line: str = "",
    theirs: Decimal | str = "",
    ours: Decimal | str = "",
    owners: dict[str, str] | None = None,
) -> Finding:
    """Return a finding of a known code."""
    kind = KINDS[code]
    return Finding(
        code=code,
        owner=(owners or {}).get(code, kind.owner),
        weight=kind.weight,
        line=line,
        theirs=shown(theirs),
        ours=shown(ours),
        sentence=sentence[:300],
    )


def shown(value: Decimal | str) -> str:
    """Return a number as people write it: no exponent, no needless zeros."""
    if isinstance(value, str):
        return value
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text if text not in ("", "-0") else "0"


def amount(value: Decimal) -> str:
    """Return an amount with two decimals."""
    return f"{value:,.2f}"
