"""The way out of being a duplicate: a person says that it is a bill of its own."""

from __future__ import annotations

from finnest.errors import Denied, Missing, Stale
from finnest.turn import Message, Turn
from services.invoices.domain.accepting import accept_all_the_same
from services.invoices.domain.messages import FoundDifferent, InvoiceValidated, SayDifferent
from services.invoices.domain.state import Invoice


def say_different(state: Invoice, command: SayDifferent, message: Message) -> Turn:
    """Let a duplicate go on; not by the person who sent it, unless they only passed it on."""
    if not state.status:
        raise Missing("no-such-invoice", "there is no such invoice")
    held = state.duplicate
    if state.status != "duplicate":
        raise Stale("not-a-duplicate", f"this is {state.status}: there is nothing to decide")
    if held is None or state.summary is None:
        raise Stale(
            "judged-before", "it was judged before duplicates could be let go: ask for another document"
        )
    if message.by == state.submitted_by and not state.intake:
        raise Denied("own-request", "nobody decides about what they sent in")
    found = FoundDifferent(invoice_id=message.thing, of=held.of, by=message.by, reason=command.reason)
    validated = InvoiceValidated(
        submitted_by=state.submitted_by,
        intake=state.intake,
        **held.model_dump(include={"invoice_id", "ruleset", "flags", "warnings", "report_sha256"}),
        **state.summary.model_dump(),
    ).model_copy(
        update={"attachments": state.attachments, "attachments_left_out": state.attachments_left_out}
    )
    alike = held.because or "same supplier, number and total"
    why = f"{alike}, but {message.by} says it is another bill: {command.reason}"
    return accept_all_the_same(validated, state.keys, message.at, held.of, why, found)
