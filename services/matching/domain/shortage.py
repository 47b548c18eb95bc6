"""Why an invoice is over what may be matched of a line: ordered, confirmed by the supplier, received."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from services.matching.domain.findings import shown
from services.matching.domain.ledger import Counted
from services.matching.domain.responding import REJECTED, Answer


@dataclass(frozen=True, slots=True)
class Shortage:
    """The code of a finding, the end of its sentence, and our side's number in the order's unit."""

    code: str
    sentence: str
    ours: Decimal


def shortage(
    counted: Counted, limit: Decimal, quantity: Decimal, answer: Answer | None, rejected: bool
) -> Shortage:
    """Return why `quantity` is over `limit`; `rejected` when the supplier rejected the whole order."""
    ordered, came = counted.ordered, counted.received
    before = max(counted.matchable - limit, counted.invoiced)
    earlier = f" and {shown(before)} invoiced before" if before > 0 else ""
    if answer is not None and answer.status == REJECTED:
        what = "order" if rejected else "line"
        said = f": the supplier rejected the {what} over {shown(answer.ordered)}{earlier}."
        return Shortage(f"{what.upper()}-REJECTED", said, Decimal(0))
    left = max(ordered - before, Decimal(0))
    if quantity > left:
        changed = answer is not None and answer.ordered != ordered
        asked = f"{shown(answer.ordered)} ordered, " if answer is not None and changed else ""
        how = "confirmed by the supplier" if changed else "ordered"
        return Shortage("QUANTITY-OVER", f", {asked}{shown(ordered)} {how}{earlier}.", left)
    return Shortage("RECEIPT-MISSING", f", {shown(came)} received{earlier}.", came - before)
