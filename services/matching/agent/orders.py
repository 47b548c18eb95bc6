"""The decider of orders: the one place that says what may still be matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.errors import Invalid, NotYet, Stale
from finnest.records import Command, Event
from finnest.turn import Decider, EffectFailed, Message, Start, Turn
from services.matching.agent.order_life import evolve
from services.matching.domain.findings import shown
from services.matching.domain.order import MAX_RESERVED, MAX_WAITING, OrderState
from services.matching.domain.order_messages import (
    COMMANDS,
    EVENTS,
    AwaitOrder,
    ConfirmQuantities,
    GoodsReceived,
    LayPart,
    OrderAwaited,
    OrderLaid,
    OrderRecorded,
    PartLaid,
    PartsLaid,
    QuantitiesMatched,
    QuantitiesReleased,
    QuantitiesReserved,
    ReceiveGoods,
    RecordOrder,
    ReleaseQuantities,
    ReserveQuantities,
    WaitersRoused,
)

LAY, ROUSE = "lay", "rouse"
SHORT_SHOWN = 20


class Orders(Decider[OrderState]):
    """Decides orders and their parts."""

    kind = "ord"
    schema = 1
    newborn = OrderState()
    commands: Sequence[type[Command]] = COMMANDS
    events: Sequence[type[Event]] = EVENTS

    def decide(self, state: OrderState, command: Command, message: Message) -> Turn:  # noqa: C901 - a table
        match command:
            case RecordOrder():
                return _record(state, command)
            case LayPart():
                if command.revision <= state.revision:
                    return Turn()
                laid = PartLaid.model_validate(command.model_dump())
                return Turn([laid])
            case PartsLaid():
                if command.revision <= state.laid:
                    return Turn()
                return _roused(state, [OrderLaid(revision=command.revision, response=state.response)])
            case AwaitOrder():
                return _await(state, command)
            case ReceiveGoods():
                return self._receive(state, command)
            case ReserveQuantities():
                return self._reserve(state, command)
            case ConfirmQuantities():
                return self._confirm(state, command)
            case ReleaseQuantities():
                known = command.match in state.ledger.reserved
                released = [QuantitiesReleased(match=command.match)]
                return _roused(state, released) if known else self._touched(state)
            case EffectFailed(effect=effect) if effect in (LAY, ROUSE):
                return Turn([WaitersRoused(things=())], starts=[Start(effect=effect, args=command.args)])
            case _:
                return Turn()

    def evolve(self, state: OrderState, event: Event) -> OrderState:
        return evolve(state, event)

    def _receive(self, state: OrderState, command: ReceiveGoods) -> Turn:
        if not command.lines:
            return self._touched(state)
        units = ", ".join(f"{shown(q)} of line {line}" for line, q in list(command.lines.items())[:5])
        received = GoodsReceived(**command.model_dump(), summary=f"Received {units}.")
        return _roused(state, [received])

    def _reserve(self, state: OrderState, command: ReserveQuantities) -> Turn:
        short = state.ledger.short(command.match, command.lines)
        if short:
            shortage = {line: shown(left) for line, left in list(short.items())[:SHORT_SHOWN]}
            return Turn(reply={"granted": False, "short": shortage})
        if command.final:
            return self._matched(state, command.match, command.lines)
        others = sum(len(lines) for match, lines in state.ledger.reserved.items() if match != command.match)
        if others and others + len(command.lines) > MAX_RESERVED:
            raise NotYet("order-busy", "other invoices are being matched with this order")
        reserved = QuantitiesReserved(match=command.match, lines=command.lines)
        return Turn([reserved], {"granted": True})

    def _confirm(self, state: OrderState, command: ConfirmQuantities) -> Turn:
        reserved = state.ledger.reserved.get(command.match)
        if reserved is None:
            return self._touched(state)
        return self._matched(state, command.match, reserved)

    def _matched(self, state: OrderState, match: str, lines: dict[str, Any]) -> Turn:
        units = ", ".join(f"{shown(q)} of line {line}" for line, q in list(lines.items())[:5])
        matched = QuantitiesMatched(match=match, lines=lines, summary=f"Matched {units}.")
        gives_back = not lines or any(quantity < 0 for quantity in lines.values())
        who = state.waiting if gives_back else state.crediting
        return _roused(state, [matched], {"granted": True}, who)

    def _touched(self, state: OrderState) -> Turn:
        """Something changed in another part: who waits is told, and who is just looking will notice."""
        rouse = Start(effect=ROUSE, args={"things": list(state.waiting)})
        return Turn([WaitersRoused(things=state.waiting)], starts=[rouse] if state.waiting else [])


def _roused(
    state: OrderState,
    events: Sequence[Event],
    reply: dict[str, Any] | None = None,
    who: tuple[str, ...] | None = None,
) -> Turn:
    """Return the turn, with those who wait (or only `who`) told of the change."""
    things = state.waiting if who is None else who
    if not things:
        return Turn(events, reply or {})
    rouse = Start(effect=ROUSE, args={"things": list(things)})
    return Turn([*events, WaitersRoused(things=things)], reply or {}, [rouse])


def _record(state: OrderState, command: RecordOrder) -> Turn:
    if command.content in state.contents:
        return Turn(reply={"status": "known", "revision": state.revision})
    if state.revision != command.after:
        raise Stale("order-moved", "another document of this order came meanwhile; send it again")
    if not state.laid == state.revision:
        raise NotYet("order-not-laid", "the document before is still being taken")
    if not command.lines and command.parts == 1:
        raise Invalid("no-lines", "an order has lines")
    revision = state.revision + 1
    known = "recorded" if revision == 1 else f"changed, revision {revision}"
    recorded = OrderRecorded(
        **command.model_dump(exclude={"after", "said"}),
        revision=revision,
        summary=command.said or f"Order {command.number} {known}: {command.line_count} lines.",
    )
    reply = {"status": "recorded", "revision": revision}
    if command.parts > 1:
        lay = Start(effect=LAY, args={"paper": command.paper, "parts": command.parts, "revision": revision})
        return Turn([recorded], reply, [lay])
    return _roused(state, [recorded], reply)


def _await(state: OrderState, command: AwaitOrder) -> Turn:
    if state.changes != command.seen:
        return Turn(reply={"changed": True})
    if command.thing in state.waiting:
        return Turn(reply={"changed": False})
    if len(state.waiting) >= MAX_WAITING:
        return Turn(reply={"changed": False, "full": True})
    return Turn([OrderAwaited(thing=command.thing, credit=command.credit)], {"changed": False})
