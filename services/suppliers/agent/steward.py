"""The steward's decider, and its one effect."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.errors import Missing
from finnest.ports import EffectCall
from finnest.records import Command, Event
from finnest.turn import Decider, EffectFailed, Message, Turn
from services.suppliers.agent.accounts import block, change, know, register, settle, unblock
from services.suppliers.agent.vetting import review, reviewing, vet
from services.suppliers.domain.commands import (
    COMMANDS,
    BlockSupplier,
    ChangeAccount,
    KnowSupplier,
    RegisterSupplier,
    ReviewHeld,
    SettleChange,
    UnblockSupplier,
    VetInvoice,
)
from services.suppliers.domain.events import EVENTS, HeldReviewed
from services.suppliers.domain.invoice import InvoiceData
from services.suppliers.domain.supplier import Supplier, evolve
from services.suppliers.ports import Waiting

BATCH = 20
"""Invoices looked at again in one turn."""


class Steward(Decider[Supplier]):
    """Decides suppliers."""

    kind = "sup"
    schema = 1
    newborn = Supplier()
    commands: Sequence[type[Command]] = COMMANDS
    events: Sequence[type[Event]] = EVENTS

    def decide(self, state: Supplier, command: Command, message: Message) -> Turn:
        match command:
            case VetInvoice():
                return vet(state, command, message)
            case RegisterSupplier():
                return register(state, command, message)
            case KnowSupplier():
                return know(state, command)
            case _ if not state.standing:
                raise Missing("no-such-supplier", "there is no such supplier")
            case ChangeAccount():
                return change(state, command.account, message)
            case SettleChange():
                return settle(state, command)
            case BlockSupplier():
                return block(state, command, message)
            case UnblockSupplier():
                return unblock(state, message)
            case ReviewHeld():
                return review(state, command, message)
            case EffectFailed():
                failed = HeldReviewed(released=0, kept=0, last=True, summary="Could not be looked at again.")
                return reviewing(state, [failed])
            case _:
                return Turn()

    def evolve(self, state: Supplier, event: Event) -> Supplier:
        return evolve(state, event)


class Gatherer:
    """Performs the steward's effect: finds what waits."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    async def gather(self, call: EffectCall) -> Command:
        """Return the next invoices that wait; it only reads, so repeating it is harmless."""
        page = await self._waiting.held(call.tenant, call.thing, str(call.args.get("after", "")), BATCH)
        invoices = tuple(InvoiceData.model_validate(data) for data in page.invoices)
        return ReviewHeld(invoices=invoices, after=page.after)
