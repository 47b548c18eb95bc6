"""The decider of balances: everything about the sum is decided here, so no cent goes off twice."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.errors import Invalid, Stale
from finnest.records import Command, Event
from finnest.turn import Decider, EffectFailed, Message, Start, Turn
from services.payments.domain.bill import money
from services.payments.domain.commands import CreditSettled
from services.payments.domain.credit import Balance, Credit, Reserved, evolve
from services.payments.domain.credit_messages import (
    AddCredit,
    CreditAdded,
    CreditMoved,
    CreditReleased,
    CreditReserved,
    CreditUsed,
    CreditWithdrawn,
    ReleaseCredit,
    ReserveCredit,
    UseCredit,
    WithdrawCredit,
)

DROP = "drop_credit"
"""The effect that tells a credit note that it is out of the balance."""
MAX_OPEN = 30
"""Credit notes of a supplier that are not used up."""
MAX_RESERVED = 40
"""Parts of credit notes that wait for the bank; more wait for another run."""


class Balances(Decider[Balance]):
    """Decides what of a supplier's credit notes goes where."""

    kind = "bal"
    schema = 1
    newborn = Balance()
    commands: Sequence[type[Command]] = (
        AddCredit,
        ReserveCredit,
        ReleaseCredit,
        UseCredit,
        WithdrawCredit,
        CreditSettled,
    )
    events: Sequence[type[Event]] = (CreditAdded, CreditReserved, CreditReleased, CreditUsed, CreditWithdrawn)

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
            case WithdrawCredit():
                return _withdraw(state, command, message)
            case EffectFailed(effect=effect, args=args):
                return Turn(starts=[Start(effect=effect, args=args)])
            case _:
                return Turn()

    def evolve(self, state: Balance, event: Event) -> Balance:
        return evolve(state, event)


def _add(state: Balance, command: AddCredit) -> Turn:
    if any(credit.credit_id == command.credit_id for credit in state.credits):
        return Turn()
    if len(state.credits) >= MAX_OPEN:
        raise Invalid("too-many-credits", f"{MAX_OPEN} credit notes of this supplier are not used up yet")
    summary = f"{money(command.cents, command.currency)} goes off what is paid to this supplier next."
    return Turn([CreditAdded(**command.model_dump(), summary=summary)])


def _withdraw(state: Balance, command: WithdrawCredit, message: Message) -> Turn:
    credit = next((one for one in state.credits if one.credit_id == command.credit_id), None)
    _, reserved = state.open_cents(command.credit_id)
    if reserved:
        amount = money(reserved, state.currency)
        raise Stale("in-a-pay-run", f"{amount} of it goes off a payment that a pay run has taken")
    if credit is None or credit.left_cents != credit.cents:
        raise Stale("offset", "it has gone off payments, at least in part, or is only just being taken in")
    withdrawn = CreditWithdrawn(
        **credit.model_dump(include={"invoice_id", "credit_id", "cents"}),
        reason=command.reason,
        summary=f"{message.by} cancels the credit note: {command.reason}",
    )
    args = {"credit_id": credit.credit_id, "by": message.by, "reason": command.reason}
    return Turn([withdrawn], {"status": "cancelled"}, [Start(effect=DROP, args=args)])


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
