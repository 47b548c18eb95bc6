"""The match of one invoice with its orders, as they stand now: pure, and only a proposal.

What may be matched is decided where the quantities are (`ledger.py`, in the order's stream); this says
what to ask there, or why not to ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from finnest.records import Record
from services.matching.documents.identity import order_number
from services.matching.documents.papers import Bill, Line, Order
from services.matching.domain.comparing import compare
from services.matching.domain.extras import CHARGES, extras
from services.matching.domain.findings import Finding, found, shown
from services.matching.domain.ledger import Counted, Ledger
from services.matching.domain.pairing import Paired, Pairing
from services.matching.domain.policy import Policy
from services.matching.domain.responding import Answer
from services.matching.domain.shortage import shortage

Verdict = Literal["clear", "waits", "blocks"]
Booking = dict[str, dict[str, Decimal]]
"""Stream -> line of the order -> quantity."""


@dataclass(frozen=True)
class Known:
    """An order as it stands: its paper, which stream keeps which line, and these streams' ledgers."""

    id: str
    paper: Order
    streams: Mapping[str, str]
    ledgers: Mapping[str, Ledger]
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    """What the supplier's order response said about which line."""
    rejected: bool = False
    """Whether the supplier rejected the order."""

    def ledger(self, line: str) -> Ledger:
        """Return the ledger that keeps a line."""
        return self.ledgers.get(self.stream(line), Ledger())

    def stream(self, line: str) -> str:
        """Return the stream that keeps a line; the order's own keeps what is no line."""
        return self.streams.get(line, self.id)


class MatchedLine(Record):
    """How a line of the invoice was understood; `quantity` in the order's unit."""

    line: str
    order: str = ""
    order_line: str = ""
    how: str = ""
    quantity: Decimal = Decimal(0)


class Result(Record):
    """What a match says."""

    lines: tuple[MatchedLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    booking: Booking = {}

    @property
    def verdict(self) -> Verdict:
        """Whether it may be asked for, waits for a paper, or needs a person."""
        weights = {finding.weight for finding in self.findings}
        return "blocks" if "blocks" in weights else "waits" if "waits" in weights else "clear"


@dataclass
class _Wanted:
    """What an invoice asks of one line of an order."""

    known: Known
    line: Line
    quantity: Decimal = Decimal(0)
    lines: list[str] = field(default_factory=list[str])


class Match:
    """One comparison; `orders` are by number, `named` are the numbers that the invoice names."""

    def __init__(
        self, bill: Bill, orders: Mapping[str, Known], named: Sequence[str], policy: Policy, match: str = ""
    ) -> None:
        self._bill = bill
        self._orders = orders
        self._named = named
        self._policy = policy
        self._match = match
        self._pairings = {number: Pairing(known.paper.lines) for number, known in orders.items()}
        self._findings: list[Finding] = []
        self._lines: list[MatchedLine] = []
        self._wanted: dict[tuple[str, str], _Wanted] = {}
        self._unknown: list[Line] = []

    def result(self, accepted: bool = False) -> Result:
        """Return the result; `accepted` books what is to be had and lets the rest be."""
        for number in self._named:
            if number not in self._orders:
                self._tell("ORDER-MISSING", f"Order {number} is not here yet.", theirs=number, ours="none")
            elif self._currency_differs(self._orders[number]):
                ours = self._orders[number].paper.currency
                sentence = f"Invoiced in {self._bill.currency}, ordered in {ours}."
                self._tell("CURRENCY-DIFFERS", sentence, theirs=self._bill.currency, ours=ours)
        for line in self._bill.lines:
            self._take(line)
        booking: Booking = {}
        for wanted in self._wanted.values():
            quantity = self._judged(wanted)
            if quantity:
                booking.setdefault(wanted.known.stream(wanted.line.id), {})[wanted.line.id] = quantity
        complete = all(number in self._orders for number in self._named)
        if complete and self._orders:
            told, charges = extras(self._bill, self._orders, self._unknown, self._policy, self._match)
            self._findings += told
            for order, charge in charges.items():
                booking.setdefault(order, {})[CHARGES] = charge
        result = Result(lines=tuple(self._lines), findings=tuple(self._findings), booking=booking)
        return result if accepted or result.verdict == "clear" else result.model_copy(update={"booking": {}})

    def _take(self, line: Line) -> None:
        number, paired = self._find(line)
        if paired is None:
            if number != "away":
                self._unknown.append(line)
                self._lines.append(MatchedLine(line=line.id))
            return
        known, ours = self._orders[number], paired.line
        if paired.conflict:
            sentence = f"Line {line.item} names line {ours.item} of order {number}, which is another item."
            self._tell("ITEM-DIFFERS", sentence, line=line.id, theirs=_item(line), ours=_item(ours))
        back = self._bill.kind == "credit_note"
        same = not self._currency_differs(known)
        compared = compare(line, ours, back=back, policy=self._policy, same_currency=same)
        self._findings += compared.findings
        self._lines.append(
            MatchedLine(
                line=line.id, order=number, order_line=ours.id, how=paired.how, quantity=compared.quantity
            )
        )
        wanted = self._wanted.setdefault((number, ours.id), _Wanted(known, ours))
        wanted.quantity += compared.quantity
        wanted.lines.append(line.id)

    def _find(self, line: Line) -> tuple[str, Paired | None]:
        """Return number of the order and what the line means there; `away` when an order is missing."""
        own = order_number(line.order, self._bill.number)
        numbers = [own] if own else list(self._named)
        for number in numbers:
            if number in self._orders:
                paired = self._pairings[number].find(line, lambda ours, n=number: self._fits(n, ours, line))
                if paired is not None:
                    return number, paired
        missing = any(number not in self._orders for number in numbers)
        return "away" if missing else "", None

    def _fits(self, number: str, ours: Line, line: Line) -> bool:
        wanted = self._wanted.get((number, ours.id))
        left = self._orders[number].ledger(ours.id).open(ours.id, self._match)
        return left - (wanted.quantity if wanted else 0) >= line.quantity

    def _judged(self, wanted: _Wanted) -> Decimal:
        """Return what may be booked, and tell when that is not all."""
        ledger, line = wanted.known.ledger(wanted.line.id), wanted.line
        counted = ledger.lines.get(line.id, Counted())
        quantity, unit = wanted.quantity, line.unit or "units"
        if quantity < 0:
            limit = ledger.returnable(line.id, self._match)
            if -quantity > limit:
                sentence = f"Line {line.item}: {shown(-quantity)} {unit} credited, {shown(limit)} invoiced."
                self._tell("CREDIT-OVER", sentence, line=wanted.lines[0], theirs=-quantity, ours=limit)
            return max(quantity, -max(limit, Decimal(0)))
        limit = ledger.open(line.id, self._match)
        if quantity <= limit:
            return quantity
        short = shortage(counted, limit, quantity, wanted.known.answers.get(line.id), wanted.known.rejected)
        sentence = f"Line {line.item}: {shown(quantity)} {unit} invoiced{short.sentence}"
        self._tell(short.code, sentence, line=wanted.lines[0], theirs=quantity, ours=short.ours)
        return limit

    def _currency_differs(self, known: Known) -> bool:
        theirs, ours = self._bill.currency, known.paper.currency
        return bool(theirs and ours and theirs != ours)

    def _tell(
        self, code: str, sentence: str, *, line: str = "", theirs: Decimal | str, ours: Decimal | str
    ) -> None:
        owners = self._policy.owners
        self._findings.append(found(code, sentence, line=line, theirs=theirs, ours=ours, owners=owners))


def _item(line: Line) -> str:
    return line.standard_id or line.buyers_id or line.sellers_id or line.name[:60]
