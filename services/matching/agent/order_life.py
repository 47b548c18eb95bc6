"""How an order's events change it."""

from __future__ import annotations

from typing import Any

from finnest.records import Event
from services.matching.domain.order import CONTENTS_KEPT, Laid, OrderState
from services.matching.domain.order_messages import (
    GoodsReceived,
    OrderAwaited,
    OrderLaid,
    OrderRecorded,
    PartLaid,
    QuantitiesMatched,
    QuantitiesReleased,
    QuantitiesReserved,
    WaitersRoused,
)

_KEPT = {
    *("paper", "number", "supplier", "name", "currency", "revision", "document", "report"),
    *("response", "response_document", "response_report"),
}


def evolve(state: OrderState, event: Event) -> OrderState:
    """Return the order after the event."""
    match event:
        case OrderRecorded():
            kept = event.model_dump(include=_KEPT)
            kept |= {"parts": event.parts, "ledger": _ordered(state, event.lines)}
            alone = event.parts == 1
            kept["laid"] = event.revision if alone else state.laid
            kept["changes"] = state.changes + 1
            kept["contents"] = (*state.contents, event.content)[-CONTENTS_KEPT:]
            return state.model_copy(update=kept)
        case PartLaid():
            return state.model_copy(
                update={"revision": event.revision, "ledger": _ordered(state, event.lines)}
            )
        case OrderLaid():
            return state.model_copy(update={"laid": event.revision, "changes": state.changes + 1})
        case OrderAwaited():
            crediting = (*state.crediting, event.thing) if event.credit else state.crediting
            return state.model_copy(update={"waiting": (*state.waiting, event.thing), "crediting": crediting})
        case GoodsReceived():
            return _changed(state, ledger=state.ledger.came(event.lines))
        case QuantitiesReserved():
            return state.model_copy(update={"ledger": state.ledger.hold(event.match, event.lines)})
        case QuantitiesMatched():
            return _changed(state, ledger=state.ledger.book(event.match, event.lines))
        case QuantitiesReleased():
            return _changed(state, ledger=state.ledger.drop(event.match))
        case WaitersRoused():
            waiting = tuple(thing for thing in state.waiting if thing not in event.things)
            crediting = tuple(thing for thing in state.crediting if thing not in event.things)
            return _changed(state, waiting=waiting, crediting=crediting)
        case _:
            return state


def _changed(state: OrderState, **update: Any) -> OrderState:
    return state.model_copy(update={"changes": state.changes + 1, **update})


def _ordered(state: OrderState, lines: dict[str, Laid]) -> Any:
    quantities = {id: laid.ordered for id, laid in lines.items()}
    return state.ledger.ordered(quantities, {id: laid.must_come for id, laid in lines.items()})
