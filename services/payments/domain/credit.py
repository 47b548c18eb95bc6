"""What a supplier owes: credit notes that go off later payments, one stream per supplier and currency.

    credit note ─► added ─► reserved for a payment of a pay run ─► used (it was paid)
                     ▲                       │
                     └────── released ◄──────┘ (it was stopped, or the bank did not pay)

Everything about the sum is decided here, so no cent goes off twice, however runs interleave: what is added
is always what is left + what is reserved + what was used.
"""

from __future__ import annotations

from collections.abc import Sequence

from finnest.errors import Invalid
from finnest.ids import derived
from finnest.records import Command, Event, Record
from finnest.turn import Decider, Message, Turn
from services.payments.domain.bill import Bill, money
from services.payments.domain.credit_messages import (
    AddCredit,
    CreditAdded,
    CreditMoved,
    CreditReleased,
    CreditReserved,
    CreditUsed,
    ReleaseCredit,
    ReserveCredit,
    UseCredit,
)
from services.payments.domain.entry import Offset

MAX_OPEN = 30
"""Credit notes of a supplier that are not used up."""
MAX_RESERVED = 40
"""Parts of credit notes that wait for the bank; more wait for another run."""


class Credit(Record):
    """A credit note and what of it is neither reserved nor used."""

    invoice_id: str
    credit_id: str
    number: str
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


class Balances(Decider[Balance]):
    """Decides what of a supplier's credit notes goes where."""

    kind = "bal"
    schema = 1
    newborn = Balance()
    commands: Sequence[type[Command]] = (AddCredit, ReserveCredit, ReleaseCredit, UseCredit)
    events: Sequence[type[Event]] = (CreditAdded, CreditReserved, CreditReleased, CreditUsed)

    def decide(self, state: Balance, command: Command, message: Message) -> Turn:
        match command:
            case AddCredit():
                return _add(state, command)
            case ReserveCredit():
                return _reserve(state, command)
            case ReleaseCredit():
                return _settle(state, command, CreditReleased)
            case UseCredit():
                return _settle(state, command, CreditUsed)
            case _:
                return Turn()

    def evolve(self, state: Balance, event: Event) -> Balance:
        if isinstance(event, CreditAdded):
            kept = {name: getattr(event, name) for name in ("invoice_id", "credit_id", "number")}
            credit = Credit(**kept, left_cents=event.cents)
            return Balance(currency=event.currency, credits=(*state.credits, credit), reserved=state.reserved)
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
        if isinstance(event, CreditReserved):
            reserved = (*state.reserved, part)
        else:
            reserved = tuple(one for one in state.reserved if one != part)
        waits = {one.credit_id for one in reserved}
        kept_credits = tuple(one for one in credits if one.left_cents or one.credit_id in waits)
        return state.model_copy(update={"credits": kept_credits, "reserved": reserved})


def _add(state: Balance, command: AddCredit) -> Turn:
    if any(credit.credit_id == command.credit_id for credit in state.credits):
        return Turn()
    if len(state.credits) >= MAX_OPEN:
        raise Invalid("too-many-credits", f"{MAX_OPEN} credit notes of this supplier are not used up yet")
    summary = f"{money(command.cents, command.currency)} goes off what is paid to this supplier next."
    return Turn([CreditAdded(**command.model_dump(), summary=summary)])


def _reserve(state: Balance, command: ReserveCredit) -> Turn:
    if any(part.payment_id == command.payment_id for part in state.reserved):
        return Turn()
    room, wanted = MAX_RESERVED - len(state.reserved), command.want_cents
    events: list[Event] = []
    for credit in state.credits:
        cents = min(credit.left_cents, wanted)
        if cents > 0 and len(events) < room:
            wanted -= cents
            part = Reserved(**command.model_dump(), credit_id=credit.credit_id, cents=cents)
            events.append(_moved(CreditReserved, state, credit, part, command.number))
    return Turn(events, {"cents": command.want_cents - wanted})


def _settle(
    state: Balance, command: ReleaseCredit | UseCredit, kind: type[CreditReleased] | type[CreditUsed]
) -> Turn:
    credits = {credit.credit_id: credit for credit in state.credits}
    mine = [p for p in state.reserved if (p.payment_id, p.run_id) == (command.payment_id, command.run_id)]
    return Turn([_moved(kind, state, credits[part.credit_id], part, "") for part in mine])


def _moved(
    kind: type[CreditReserved] | type[CreditReleased] | type[CreditUsed],
    state: Balance,
    credit: Credit,
    part: Reserved,
    number: str,
) -> CreditMoved:
    left, waits = state.open_cents(credit.credit_id)
    amount = money(part.cents, state.currency)
    words = {
        CreditReserved: f"{amount} of it goes off the payment of invoice {number}.",
        CreditReleased: f"{amount} of it is free again: that payment was not made.",
        CreditUsed: f"{amount} of it is used.",
    }
    return kind(
        **part.model_dump(),
        invoice_id=credit.invoice_id,
        open_cents=left + waits - (part.cents if kind is CreditUsed else 0),
        summary=words[kind],
    )
