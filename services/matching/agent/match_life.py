"""How a match's events change it, and how they are worded."""

from __future__ import annotations

from typing import Any

from finnest.records import Event
from finnest.turn import Start, Turn
from services.matching.domain.match import MatchState
from services.matching.domain.match_messages import (
    InvoiceAccepted,
    InvoiceExcepted,
    InvoiceMatched,
    InvoiceRejected,
    InvoiceReplaced,
    InvoiceWaiting,
    MatchGranted,
    MatchLooksAgain,
    MatchPlanned,
    MatchRefused,
    MatchTaken,
)

_LOOKED_AT = ("invoice_id", "number", "supplier", "supplier_id", "kind", "order_reference")
LOOK = "look"
ACCEPTED_KEPT = 5


def looking(state: MatchState) -> Start:
    """Return the effect that looks at the papers."""
    invoice = {name: state.data.get(name) for name in _LOOKED_AT}
    return Start(effect=LOOK, args={"invoice": invoice, "accepted": bool(state.accepted)})


def matched(state: MatchState, how: str, orders: tuple[str, ...] = ()) -> InvoiceMatched:
    """Return the event that lets the invoice go on."""
    numbers = ", ".join(orders or state.orders)
    told = f"{how[:-1]} {numbers}." if numbers and how.endswith(("order.", "orders.")) else how
    if not state.accepted:
        return InvoiceMatched.model_validate({**state.data, "summary": told})
    wrong = [f"{f.code}: {f.sentence}" for f in state.findings if f.weight != "note"]
    summary = f"Goes on as {state.accepted} accepted it: {state.reason}"
    accepted = {"exceptions": wrong[:ACCEPTED_KEPT], "accepted_by": state.accepted, "summary": summary}
    return InvoiceMatched.model_validate({**state.data, **accepted})


def excepted(state: MatchState, **facts: Any) -> InvoiceExcepted:
    """Return the event that stops the invoice, with everything that is wrong."""
    told = [f"{f.code}: {f.sentence}" for f in facts["findings"] if f.weight != "note"]
    return InvoiceExcepted(invoice_id=state.data["invoice_id"], summary=" ".join(told)[:500], **facts)


def ended(
    state: MatchState, kind: type[InvoiceRejected] | type[InvoiceReplaced], *, by: str, reason: str
) -> Turn:
    """Return the turn that ends the match without the invoice going on."""
    said = f"{by} rejects it: {reason}" if kind is InvoiceRejected else reason
    event = kind(invoice_id=state.data["invoice_id"], by=by, reason=reason, summary=said)
    status = "rejected" if kind is InvoiceRejected else "replaced"
    return Turn([event], {"status": status}, wake_at=None)


def evolve(state: MatchState, event: Event) -> MatchState:
    """Return the match after the event."""
    update: dict[str, Any]
    match event:
        case MatchTaken():
            return MatchState(status="looking", data=event.data)
        case MatchPlanned():
            update = {"status": "reserving", **event.model_dump(include={"report", "streams", "orders"})}
            update |= {"findings": event.findings, "attempts": state.attempts + 1}
        case MatchGranted():
            update = {"status": "confirming"}
        case MatchRefused():
            update = {"status": "releasing"}
        case MatchLooksAgain() if state.status == "looking" and not state.again:
            update = {"again": True}
        case MatchLooksAgain():
            update = {"status": "looking", "again": False}
        case InvoiceWaiting() | InvoiceExcepted():
            status = "waiting" if isinstance(event, InvoiceWaiting) else "exception"
            update = {"status": status, "again": False, "attempts": 0, "findings": event.findings}
            update |= {"report": event.report, "orders": event.orders}
        case InvoiceAccepted():
            update = {"status": "looking", "accepted": event.by, "reason": event.reason}
        case InvoiceMatched():
            data = state.data or event.as_it_came()
            update = {"status": "matched", "data": data}
        case InvoiceRejected():
            update = {"status": "rejected", "reason": event.reason}
        case InvoiceReplaced():
            update = {"status": "replaced", "reason": event.reason}
        case _:
            update = {}
    return state.model_copy(update=update)
