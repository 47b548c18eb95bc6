"""A payee: a supplier as far as paying it goes, one stream per supplier.

    another account is asked for ─► frozen: nothing of it is paid ─► confirmed │ kept as it was
    blocked: nothing of it is paid ─► unblocked

Requests and blocks are numbered by the supplier's stream, so news that overtake each other still end in the
same state. Payments are told by their mark: it grows with every change, and an older one counts no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.records import Command, Event, Record
from finnest.turn import Decider, EffectFailed, Message, Start, Turn
from services.payments.domain.payee_messages import (
    BlockPayee,
    FreezePayee,
    KeepPayee,
    MovePayee,
    PayeeBlocked,
    PayeeFreed,
    PayeeFrozen,
    PayeeSeen,
    PayeeUnblocked,
    PaymentsTold,
    UnblockPayee,
)

TELL = "tell_payments"
"""The effect that tells a payee's payments."""


class Payee(Record):
    """One supplier."""

    supplier_ref: str = ""
    asked: int = 0
    """The newest request for another account."""
    settled: int = 0
    """The newest request that people have answered."""
    account: str = ""
    """The key of the account that was confirmed last; empty when nobody said."""

    blocks: int = 0
    """The newest block."""
    unblocked: int = 0
    """The newest block that has ended."""
    why_blocked: str = ""

    @property
    def is_blocked(self) -> bool:
        """Whether a person has blocked it."""
        return self.blocks > self.unblocked

    @property
    def is_frozen(self) -> bool:
        """Whether people are asked for another account."""
        return self.asked > self.settled

    @property
    def mark(self) -> int:
        """A number that grows with every change."""
        account = 2 * self.asked - 1 if self.is_frozen else 2 * self.settled
        block = 2 * self.blocks - 1 if self.is_blocked else 2 * self.unblocked
        return account + block

    def seen(self) -> PayeeSeen:
        """Return what a payment is told."""
        blocked = self.why_blocked if self.is_blocked else ""
        frozen = self.is_frozen or self.is_blocked
        return PayeeSeen(mark=self.mark, frozen=frozen, blocked=blocked, account=self.account)


class Payees(Decider[Payee]):
    """Decides whether a supplier may be paid, and tells its payments."""

    kind = "pye"
    schema = 1
    newborn = Payee()
    commands: Sequence[type[Command]] = (
        FreezePayee,
        MovePayee,
        KeepPayee,
        BlockPayee,
        UnblockPayee,
        PaymentsTold,
    )
    events: Sequence[type[Event]] = (PayeeFrozen, PayeeFreed, PayeeBlocked, PayeeUnblocked)

    def decide(self, state: Payee, command: Command, message: Message) -> Turn:
        match command:
            case FreezePayee() if command.asked > state.asked:
                frozen = PayeeFrozen(supplier_ref=command.source, asked=command.asked)
                return _told(state, frozen)
            case MovePayee() if command.asked > state.settled:
                key = command.account.key
                return _told(state, PayeeFreed(supplier_ref=command.source, asked=command.asked, account=key))
            case KeepPayee() if command.asked > state.settled:
                return _told(state, PayeeFreed(supplier_ref=command.source, asked=command.asked))
            case BlockPayee(source=supplier, blocks=blocks) if blocks > state.blocks:
                return _told(state, PayeeBlocked(supplier_ref=supplier, blocks=blocks, reason=command.reason))
            case UnblockPayee(source=supplier, blocks=blocks) if blocks > state.unblocked:
                return _told(state, PayeeUnblocked(supplier_ref=supplier, blocks=blocks))
            case PaymentsTold(after=after) if after:
                return Turn(starts=[_tell(state, after)])
            case EffectFailed():
                return Turn(starts=[Start(effect=TELL, args=command.args)])
            case _:
                return Turn()

    def evolve(self, state: Payee, event: Event) -> Payee:
        return evolve(state, event)


def evolve(state: Payee, event: Event) -> Payee:
    """Return the payee after the event."""
    match event:
        case PayeeFrozen():
            return state.model_copy(update=event.model_dump())
        case PayeeFreed():
            kept = {"supplier_ref": event.supplier_ref, "settled": event.asked}
            return state.model_copy(update={**kept, "account": event.account or state.account})
        case PayeeBlocked():
            kept = {"supplier_ref": event.supplier_ref, "blocks": event.blocks}
            return state.model_copy(update={**kept, "why_blocked": event.reason})
        case PayeeUnblocked():
            return state.model_copy(update={"supplier_ref": event.supplier_ref, "unblocked": event.blocks})
        case _:
            return state


def _told(state: Payee, event: PayeeFrozen | PayeeFreed | PayeeBlocked | PayeeUnblocked) -> Turn:
    return Turn([event], starts=[_tell(evolve(state, event), "")])


def _tell(state: Payee, after: str) -> Start:
    args: dict[str, Any] = {"supplier_ref": state.supplier_ref, "seen": state.seen().wire_data()}
    return Start(effect=TELL, args={**args, "after": after})
