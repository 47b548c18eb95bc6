"""The quantities of an order's lines: what may still be matched. Everything that must never happen is here."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from finnest.records import Record
from services.matching.documents.papers import Number, plain

Quantities = Mapping[str, Decimal]
"""Line of the order -> quantity in the order's unit; negative gives back."""
ZERO = Decimal(0)


class Counted(Record):
    """A line's quantities in the order's unit."""

    ordered: Number = ZERO
    received: Number = ZERO
    invoiced: Number = ZERO
    """Matched with invoices, less what credit notes gave back."""
    must_come: bool = True
    """Whether it must have been received before it is matched."""

    @property
    def matchable(self) -> Decimal:
        """The bound of `invoiced`."""
        return min(self.ordered, self.received) if self.must_come else self.ordered


class Ledger(Record):
    """The lines of an order, or of a part of one, and what is reserved on them."""

    lines: dict[str, Counted] = {}
    reserved: dict[str, dict[str, Number]] = {}
    """Match -> line -> quantity, until it is confirmed or released."""

    def open(self, line: str, but: str = "") -> Decimal:
        """Return what may still be matched on a line; `but` names a match whose own reservation counts
        as open. Never negative."""
        counted = self.lines.get(line, Counted())
        return max(counted.matchable - counted.invoiced - self._taken(line, but), ZERO)

    def returnable(self, line: str, but: str = "") -> Decimal:
        """Return what credit notes may still give back on a line."""
        counted = self.lines.get(line, Counted())
        back = sum((-min(r.get(line, ZERO), ZERO) for m, r in self.reserved.items() if m != but), ZERO)
        return counted.invoiced - back

    def short(self, match: str, wanted: Quantities) -> dict[str, Decimal]:
        """Return the lines on which the quantities are not to be had, with what is; empty when all are."""
        missing: dict[str, Decimal] = {}
        for line, quantity in wanted.items():
            limit = self.open(line, match) if quantity > 0 else self.returnable(line, match)
            if line not in self.lines or abs(quantity) > limit:
                missing[line] = limit
        return missing

    def ordered(self, quantities: Quantities, must_come: Mapping[str, bool]) -> Ledger:
        """Set what is ordered; a line that is no longer there has nothing ordered."""
        lines = {
            id: counted.model_copy(update={"ordered": quantities.get(id, ZERO)})
            for id, counted in self.lines.items()
        }
        for id, quantity in quantities.items():
            known = lines.get(id, Counted())
            lines[id] = known.model_copy(update={"ordered": quantity, "must_come": must_come.get(id, True)})
        return self.model_copy(update={"lines": lines})

    def came(self, quantities: Quantities) -> Ledger:
        """Add what was received; less when a receipt was corrected."""
        return self.model_copy(update={"lines": self._added("received", quantities)})

    def hold(self, match: str, quantities: Quantities) -> Ledger:
        """Reserve for a match, in place of what it had reserved before."""
        return self.model_copy(update={"reserved": {**self.reserved, match: dict(quantities)}})

    def drop(self, match: str) -> Ledger:
        """Forget a match's reservation."""
        left = {m: r for m, r in self.reserved.items() if m != match}
        return self.model_copy(update={"reserved": left})

    def book(self, match: str, quantities: Quantities) -> Ledger:
        """Count quantities as matched, and forget the match's reservation."""
        left = self.drop(match)
        return left.model_copy(update={"lines": self._added("invoiced", quantities)})

    def _taken(self, line: str, but: str) -> Decimal:
        return sum((max(r.get(line, ZERO), ZERO) for m, r in self.reserved.items() if m != but), ZERO)

    def _added(self, what: str, quantities: Quantities) -> dict[str, Counted]:
        lines = dict(self.lines)
        for id, quantity in quantities.items():
            known = lines.get(id, Counted())
            lines[id] = known.model_copy(update={what: plain(getattr(known, what) + quantity)})
        return lines
