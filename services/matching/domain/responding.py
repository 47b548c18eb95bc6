"""What an order response makes of an order: accepted, rejected and changed lines (Peppol T76)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from finnest.errors import Invalid
from finnest.records import Record
from services.matching.documents.papers import (
    CODES,
    Line,
    Number,
    Order,
    OrderResponse,
    ResponseLine,
    plain,
)
from services.matching.domain.comparing import PLACES, converted, each, unit_factor
from services.matching.domain.findings import shown
from services.matching.domain.ledger import ZERO
from services.matching.domain.policy import Policy

REJECTED, CHANGED, ADDED = "7", "3", "1"
SUMMARY_CHARS = 280


class Answer(Record):
    """What the supplier said about a line: its status (UNCL1229), and what the buyer had ordered."""

    status: str
    ordered: Number = ZERO
    """In the order's unit; 0 for a line that the supplier added."""
    price: Number | None = None
    """What one unit was to cost, with the line's own extras."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The order as it stands after a response, what was said of each line, and a sentence."""

    order: Order
    answers: dict[str, Answer]
    summary: str


def answered(order: Order, response: OrderResponse, policy: Policy) -> Answered:
    """Return what a response makes of the order as the buyer wrote it.

    Where the policy says `hold`, what asks for more than was ordered is not taken over: more units, a higher
    price, another item, a line more. What is less always is.

    Raises:
        Invalid: An unknown code, a line that the order does not have, or a unit that nothing converts.
    """
    if response.code not in CODES:
        raise Invalid("unknown-response-code", f"{response.code} is none of {', '.join(CODES)}")
    told = _Told(order, policy.responses == "follow")
    if response.code == "RE":
        for line in order.lines:
            told.reject(line)
        told.drop_extras()
    elif response.code == "CA":
        for id, given in _by_line(response).items():
            told.answer(id, given)
    text = "; ".join(told.sentences)
    said = f"Order response {response.number}: {CODES[response.code]}"
    return Answered(told.order, told.answers, (f"{said}: {text}" if text else said)[:SUMMARY_CHARS] + ".")


class _Told:
    """An order while it is being answered."""

    def __init__(self, order: Order, follows: bool) -> None:
        self._order = order
        self._lines = {line.id: line for line in order.lines}
        self._follows = follows
        self.answers: dict[str, Answer] = {}
        self.sentences: list[str] = []

    @property
    def order(self) -> Order:
        """The order as it stands now."""
        return self._order.model_copy(update={"lines": tuple(self._lines.values())})

    def answer(self, id: str, given: Sequence[ResponseLine]) -> None:
        """Take what was said about a line; several lines about one are parts of it."""
        ours = self._lines.get(id)
        live = [line for line in given if line.status != REJECTED]
        if ours is None:
            self._add(id, given)
        elif not live:
            self.reject(ours)
        else:
            self._change(ours, live)

    def reject(self, line: Line) -> None:
        """Take a line away; what was ordered stays known."""
        nothing = {"quantity": ZERO, "extra": ZERO, "net": ZERO if line.net is not None else None}
        self._lines[line.id] = line.model_copy(update=nothing)
        self.answers[line.id] = Answer(status=REJECTED, ordered=line.quantity, price=_each(line))
        self.sentences.append(f"line {line.id} is rejected")

    def drop_extras(self) -> None:
        """Take charges and allowances of the whole order away."""
        self._order = self._order.model_copy(update={"charges": ZERO, "allowances": ZERO})

    def _add(self, id: str, given: Sequence[ResponseLine]) -> None:
        if any(line.status != ADDED for line in given):
            raise Invalid("no-such-line", f"line {id} is not on order {self._order.number}")
        if not self._follows:
            self.sentences.append(f"line {id} was not ordered")
            return
        fields = set(Line.model_fields)
        line = Line.model_validate({**given[0].model_dump(include=fields), "id": id, "order_line": ""})
        self._lines[id] = line
        self.answers[id] = Answer(status=ADDED)
        self.sentences.append(f"line {id} is added: {shown(line.quantity)} {line.unit}")

    def _change(self, ours: Line, given: Sequence[ResponseLine]) -> None:
        before = _each(ours)
        quantity = _quantity(ours, given)
        if not self._follows:
            quantity = min(quantity, ours.quantity)
        now = _priced(_resized(ours, quantity), given)
        dearer = (each(now) or ZERO) > (each(ours) or ZERO)
        if dearer and not self._follows:
            now = _resized(ours, quantity)
        other = next((line for line in given if line.substitute), None)
        if other is not None and self._follows:
            ids = {"name", "sellers_id", "standard_id", "buyers_id"}
            now = now.model_copy(update=other.model_dump(include=ids))
            self.sentences.append(f"line {ours.id} is {other.name or other.sellers_id} instead")
        if now.quantity != ours.quantity:
            self.sentences.append(f"line {ours.id} from {shown(ours.quantity)} to {shown(now.quantity)}")
        if _each(now) != before:
            self.sentences.append(
                f"line {ours.id} at {shown(_each(now) or ZERO)} instead of {shown(before or ZERO)}"
            )
        self._lines[ours.id] = now
        self.answers[ours.id] = Answer(status=given[0].status, ordered=ours.quantity, price=before)


def _by_line(response: OrderResponse) -> dict[str, list[ResponseLine]]:
    found: dict[str, list[ResponseLine]] = {}
    for line in response.lines:
        found.setdefault(line.order_line or line.id, []).append(line)
    return found


def _quantity(ours: Line, given: Sequence[ResponseLine]) -> Decimal:
    """Return what is confirmed of a line, in the order's unit; what is not stated is as ordered."""
    stated = [line for line in given if line.stated]
    if not stated:
        return ours.quantity
    quantities = [converted(line, ours) for line in stated]
    known = [quantity for quantity in quantities if quantity is not None]
    if len(known) < len(quantities):
        raise Invalid("unit-unknown", f"line {ours.id} was ordered in {ours.unit}; nothing converts to that")
    return max(sum(known, ZERO), ZERO)


def _resized(line: Line, quantity: Decimal) -> Line:
    """Return a line of another quantity; its net amount and extras follow in proportion."""
    if quantity == line.quantity or not line.quantity:
        return line.model_copy(update={"quantity": quantity})
    share = quantity / line.quantity
    net = None if line.net is None else plain(round(line.net * share, PLACES))
    changes = {"quantity": quantity, "net": net, "extra": plain(round(line.extra * share, PLACES))}
    return line.model_copy(update=changes)


def _priced(line: Line, given: Sequence[ResponseLine]) -> Line:
    """Return a line at the price that was answered, if one was."""
    theirs = next((one for one in given if one.price is not None), None)
    if theirs is None or theirs.price is None:
        return line
    factor = unit_factor(theirs, line) if theirs.stated else Decimal(1)
    if factor is None or not factor:
        return line
    price = theirs.price if factor == 1 else plain(round(theirs.price / factor, PLACES))
    if line.price is not None and price * line.base == line.price * theirs.base:
        return line
    return line.model_copy(update={"price": price, "base": theirs.base, "net": None})


def _each(line: Line) -> Decimal | None:
    one = each(line)
    return None if one is None else plain(round(one, PLACES))
