"""What an invoice adds to or takes from its lines as a whole, against the same of its orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from services.matching.documents.papers import Bill, Line, Order
from services.matching.domain.findings import Finding, amount, found
from services.matching.domain.ledger import ZERO, Ledger
from services.matching.domain.policy import Policy

CHARGES = "$charges"
"""The ledger line that counts an order's charges, in money: they too are never matched twice."""


class Placed(Protocol):
    """An order and the ledger of its charges."""

    @property
    def id(self) -> str: ...
    @property
    def paper(self) -> Order: ...
    def ledger(self, line: str) -> Ledger: ...


def extras(
    bill: Bill, orders: Mapping[str, Placed], unknown: Sequence[Line], policy: Policy, match: str
) -> tuple[list[Finding], dict[str, Decimal]]:
    """Return what is wrong with charges, allowances and lines that nobody ordered, and what to book.

    A line that is not on the order is looked at like a charge: freight often comes as one.
    """
    back = bill.kind == "credit_note"
    asked = bill.charges + sum((line.worth or ZERO for line in unknown), ZERO)
    if back:
        return [], {}
    booked = _booked(asked, orders, match)
    over = asked - sum(booked.values(), ZERO)
    findings: list[Finding] = []
    of = bill.payable or asked
    if over > 0 and policy.charges.takes(over, of):
        sentence = f"{amount(over)} of charges that nobody ordered is within the tolerance."
        findings.append(found("WITHIN-TOLERANCE", sentence, theirs=asked, ours=asked - over))
    elif over > 0:
        findings += _not_ordered(bill, unknown, asked - over, policy)
    return [*findings, *_allowances(bill, orders, policy)], booked


def _booked(asked: Decimal, orders: Mapping[str, Placed], match: str) -> dict[str, Decimal]:
    booked: dict[str, Decimal] = {}
    for known in orders.values():
        part = min(asked, known.ledger(CHARGES).open(CHARGES, match))
        if part > 0:
            booked[known.id] = part
            asked -= part
    return booked


def _not_ordered(bill: Bill, unknown: Sequence[Line], ours: Decimal, policy: Policy) -> list[Finding]:
    owners = policy.owners
    told = [
        found(
            "LINE-UNKNOWN",
            f"Line {line.item} over {amount(line.worth or ZERO)} is on none of the orders.",
            line=line.id,
            theirs=line.worth or ZERO,
            ours="none",
            owners=owners,
        )
        for line in unknown
    ]
    if bill.charges > 0 and (not unknown or bill.charges > ours):
        sentence = f"{amount(bill.charges)} of charges invoiced, {amount(ours)} ordered and not yet invoiced."
        told.append(found("CHARGE-OVER", sentence, theirs=bill.charges, ours=ours, owners=owners))
    return told


def _allowances(bill: Bill, orders: Mapping[str, Placed], policy: Policy) -> list[Finding]:
    """A discount on the whole order is due on each invoice, by its share of the order."""
    promised = sum((known.paper.allowances for known in orders.values()), ZERO)
    whole = sum((line.worth or ZERO for known in orders.values() for line in known.paper.lines), ZERO)
    if promised <= 0 or whole <= 0:
        return []
    share = sum((line.worth or ZERO for line in bill.lines), ZERO) / whole
    due = promised * min(share, Decimal(1))
    missing = due - bill.allowances
    if missing * 100 <= policy.rounding_cents or policy.charges.takes(missing, due):
        return []
    sentence = f"{amount(bill.allowances)} of discount given, {amount(due)} ordered for these lines."
    return [found("ALLOWANCE-MISSING", sentence, theirs=bill.allowances, ours=due, owners=policy.owners)]
