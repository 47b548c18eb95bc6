"""May an invoice go on? Asked when it comes, and again when its supplier changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.records import Event
from finnest.turn import Message, Start, Turn
from services.suppliers.domain.account import on_invoice
from services.suppliers.domain.commands import ReviewHeld, VetInvoice
from services.suppliers.domain.events import (
    AccountClaimed,
    HeldReviewed,
    InvoiceHeld,
    InvoiceVetted,
    SupplierOpened,
)
from services.suppliers.domain.identity import of_invoice
from services.suppliers.domain.invoice import InvoiceData
from services.suppliers.domain.supplier import Supplier, account_standing, evolve, why_held

GATHER = "gather_held"
"""The effect that finds what waits."""


def vet(state: Supplier, command: VetInvoice, message: Message) -> Turn:
    """Open the supplier when it is new, and say whether the invoice may go on."""
    account = on_invoice(command.payment)
    events: list[Event] = []
    if not state.standing:
        name = command.supplier or "(without name)"
        opened = SupplierOpened(
            identity=of_invoice(command.supplier_id, command.supplier),
            name=name,
            standing="unverified",
            claimed=account,
            summary=f"{name} is new: opened by its first invoice, nobody has confirmed it.",
        )
        events.append(opened)
    elif account and state.claimed is None and state.confirmed is None:
        events.append(AccountClaimed(claimed=account, summary=f"An invoice names the account {account}."))
    for event in events:
        state = evolve(state, event)
    answer = _answer(state, command, message)
    return Turn([*events, answer], {"status": "held" if answer.hold else "vetted"})


def _answer(state: Supplier, invoice: InvoiceData, message: Message) -> InvoiceVetted | InvoiceHeld:
    account = on_invoice(invoice.payment)
    hold = why_held(state, account)
    facts: dict[str, Any] = {
        **invoice.as_it_came(),
        "supplier_ref": message.thing,
        "supplier_status": state.status,
    }
    if hold is None:
        known = account_standing(state, account)
        summary = f"The supplier is {state.status}, the bank account {known.replace('_', ' ')}."
        return InvoiceVetted(**facts, account_status=known, summary=summary)
    return InvoiceHeld(**facts, account_status=account_standing(state, account), hold=hold, summary=hold)


def review(state: Supplier, command: ReviewHeld, message: Message) -> Turn:
    """Look again at some of what waits: it goes on, or it stays with the reason that holds now."""
    answers = [_answer(state, invoice, message) for invoice in command.invoices]
    released = sum(answer.hold is None for answer in answers)
    kept = len(answers) - released
    reviewed = HeldReviewed(
        released=released,
        kept=kept,
        last=not command.after,
        summary=f"Looked again at what waited: {released} go on, {kept} still wait.",
    )
    told = [a for a, i in zip(answers, command.invoices, strict=True) if _is_news(a, i)]
    if command.after:
        return Turn([*told, reviewed], starts=[Start(effect=GATHER, args={"after": command.after})])
    return reviewing(state, [*told, reviewed])


def _is_news(answer: InvoiceVetted | InvoiceHeld, invoice: InvoiceData) -> bool:
    before = (invoice.model_extra or {}).get("hold")
    return answer.hold is None or answer.hold != before


def reviewing(state: Supplier, events: Sequence[Event], reply: dict[str, Any] | None = None) -> Turn:
    """Return the turn, with a look at what waits when one begins: only one runs at a time."""
    after = state
    for event in events:
        after = evolve(after, event)
    begins = after.review == "running" and (not state.review or state.review == "again")
    starts = [Start(effect=GATHER, args={})] if begins else []
    return Turn(events, reply or {}, starts=starts)
