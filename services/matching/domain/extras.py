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

    A line that is not on the order is looked at like a charge: freight often comes as one. What a credit note
    credits of them is given back to the charges of its orders, and never more than was charged.
    """
    asked = bill.charges + sum((line.worth or ZERO for line in unknown), ZERO)
    credit = bill.kind == "credit_note"
    credited = asked if credit else -asked
    if credited > 0 or (credit and unknown and not asked):
        return _credited(bill, credited, orders, unknown, policy, match)
    asked = abs(asked)
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


def _credited(
    bill: Bill,
    asked: Decimal,
    orders: Mapping[str, Placed],
    unknown: Sequence[Line],
    policy: Policy,
    match: str,
) -> tuple[list[Finding], dict[str, Decimal]]:
    booked: dict[str, Decimal] = {}
    left = asked
    for known in orders.values():
        part = min(left, known.ledger(CHARGES).returnable(CHARGES, match))
        if part > 0:
            booked[known.id] = -part
            left -= part
    if not policy.charges.takes(left, bill.payable or asked):
        return _not_charged(bill, asked - left, unknown, policy), booked
    findings = [
        found(
            "CREDIT-AMOUNT",
            f"Line {line.item} credits {amount(abs(line.worth or ZERO))} of charges.",
            line=line.id,
            theirs=abs(line.worth or ZERO),
            ours=asked - left,
        )
        for line in unknown
    ]
    if left > 0:
        sentence = f"{amount(left)} more of charges credited than charged is within the tolerance."
        findings.append(found("WITHIN-TOLERANCE", sentence, theirs=asked, ours=asked - left))
    return findings, booked


def _not_charged(bill: Bill, ours: Decimal, unknown: Sequence[Line], policy: Policy) -> list[Finding]:
    owners = policy.owners
    told = _not_on_orders(unknown, policy)
    charges = abs(bill.charges)
    if charges > 0 and (not unknown or charges > ours):
        sentence = f"{amount(charges)} of charges credited, {amount(ours)} charged and not yet credited."
        told.append(found("CREDIT-OVER", sentence, theirs=charges, ours=ours, owners=owners))
    return told


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
    told = _not_on_orders(unknown, policy)
    if bill.charges > 0 and (not unknown or bill.charges > ours):
        sentence = f"{amount(bill.charges)} of charges invoiced, {amount(ours)} ordered and not yet invoiced."
        told.append(found("CHARGE-OVER", sentence, theirs=bill.charges, ours=ours, owners=owners))
    return told


def _not_on_orders(unknown: Sequence[Line], policy: Policy) -> list[Finding]:
    return [
        found(
            "LINE-UNKNOWN",
            f"Line {line.item} over {amount(line.worth or ZERO)} is on none of the orders.",
            line=line.id,
            theirs=line.worth or ZERO,
            ours="none",
            owners=policy.owners,
        )
        for line in unknown
    ]


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
