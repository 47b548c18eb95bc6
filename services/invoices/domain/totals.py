"""Who billed how much: one stream per supplier, kind and amount, which remembers the last bills of it.

It takes one bill at a time, so of two that come at the same instant the second is told of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from finnest.ids import derived
from finnest.records import Command, Event, Record
from finnest.turn import Decider, Message, Turn

ALIKE_DAYS = 30
KEPT = 40
"""Bills that are remembered of one amount: the last that came."""
NUMBER_CHARS = 40

_Number = Annotated[str, AfterValidator(lambda text: text[:NUMBER_CHARS])]


class Sighting(Record):
    """A bill as far as others can look like it."""

    invoice_id: str
    number: _Number = ""
    issue_date: date


class SightBill(Sighting, Command):
    """A valid bill has come; the reply names those that it looks like."""

    wire = "invoices.sight.v1"


class BillSighted(Sighting, Event):
    """A bill of this supplier and amount has come."""

    wire = "invoices.sighted.v1"


class Total(Record):
    """The last bills of one supplier, kind and amount."""

    bills: tuple[Sighting, ...] = ()


def total_id(seller: str, kind: str, currency: str, cents: int) -> str:
    """Return the stream of what a seller billed with this amount."""
    return derived("tot", seller, kind, currency, str(cents))


class Totals(Decider[Total]):
    """Remembers bills, and says which of them a new one looks like."""

    kind = "tot"
    schema = 1
    newborn = Total()
    commands: Sequence[type[Command]] = (SightBill,)
    events: Sequence[type[Event]] = (BillSighted,)

    def decide(self, state: Total, command: Command, message: Message) -> Turn:
        if not isinstance(command, SightBill):
            return Turn()
        others = [bill for bill in state.bills if bill.invoice_id != command.invoice_id]
        near = [bill for bill in others if abs((bill.issue_date - command.issue_date).days) <= ALIKE_DAYS]
        reply = {"alike": [bill.wire_data() for bill in near]}
        if len(others) < len(state.bills):
            return Turn(reply=reply)
        return Turn([BillSighted.model_validate(command.model_dump())], reply)

    def evolve(self, state: Total, event: Event) -> Total:
        if not isinstance(event, BillSighted):
            return state
        sighting = Sighting.model_validate(event.model_dump())
        return Total(bills=(*state.bills, sighting)[-KEPT:])
