"""What a supplier owes: credit notes that go off later payments, one stream per supplier and currency.

    credit note ─► added ─► reserved for a payment of a pay run ─► used (it was paid)
                  │  ▲                       │
                  │  └────── released ◄──────┘ (it was stopped, or the bank did not pay)
                  └─► withdrawn, as long as all of it is left

What is added is always what is left + what is reserved + what was used; `balances.py` decides.
"""

from __future__ import annotations

from finnest.ids import derived
from finnest.records import Event, Record
from services.payments.domain.bill import Bill
from services.payments.domain.credit_messages import (
    CreditAdded,
    CreditMoved,
    CreditReleased,
    CreditReserved,
    CreditWithdrawn,
)
from services.payments.domain.entry import Offset


class Credit(Record):
    """A credit note and what of it is neither reserved nor used."""

    invoice_id: str
    credit_id: str
    number: str
    cents: int = 0
    left_cents: int


class Reserved(Record):
    """A part of a credit note that goes off one payment."""

    payment_id: str
    run_id: str
    credit_id: str
    cents: int


class Balance(Record):
    """What one supplier owes."""

    currency: str = ""
    credits: tuple[Credit, ...] = ()
    reserved: tuple[Reserved, ...] = ()

    def offsets(self, payment_id: str, run_id: str) -> tuple[Offset, ...]:
        """Return what is reserved for a payment of a run."""
        mine = [part for part in self.reserved if (part.payment_id, part.run_id) == (payment_id, run_id)]
        numbers = {credit.credit_id: credit.number for credit in self.credits}
        return tuple(
            Offset(credit_id=part.credit_id, number=numbers[part.credit_id], cents=part.cents)
            for part in mine
        )

    def open_cents(self, credit_id: str) -> tuple[int, int]:
        """Return what of a credit note is left, and what is reserved."""
        left = sum(credit.left_cents for credit in self.credits if credit.credit_id == credit_id)
        return left, sum(part.cents for part in self.reserved if part.credit_id == credit_id)


def balance_id(bill: Bill) -> str | None:
    """Return the stream of what the supplier of a bill owes in its currency; None for a nameless one."""
    return derived("bal", bill.supplier_key, bill.currency) if bill.supplier_key else None


def evolve(state: Balance, event: Event) -> Balance:
    """Return the balance after the event."""
    if isinstance(event, CreditAdded):
        kept = {name: getattr(event, name) for name in ("invoice_id", "credit_id", "number")}
        credit = Credit(**kept, cents=event.cents, left_cents=event.cents)
        return Balance(currency=event.currency, credits=(*state.credits, credit), reserved=state.reserved)
    if isinstance(event, CreditWithdrawn):
        rest = tuple(credit for credit in state.credits if credit.credit_id != event.credit_id)
        return state.model_copy(update={"credits": rest})
    if not isinstance(event, CreditMoved):
        return state
    part = Reserved.model_validate(event.model_dump())
    freed = part.cents if isinstance(event, CreditReleased) else 0
    added = -part.cents if isinstance(event, CreditReserved) else freed
    credits = tuple(
        credit.model_copy(update={"left_cents": credit.left_cents + added})
        if credit.credit_id == part.credit_id
        else credit
        for credit in state.credits
    )
    others = tuple(one for one in state.reserved if one != part)
    reserved = (*state.reserved, part) if isinstance(event, CreditReserved) else others
    waits = {one.credit_id for one in reserved}
    kept_credits = tuple(one for one in credits if one.left_cents or one.credit_id in waits)
    return state.model_copy(update={"credits": kept_credits, "reserved": reserved})
