"""The decider of deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from finnest.records import Command, Event
from finnest.turn import Decider, EffectFailed, Message, Start, Tick, Turn
from services.matching.domain.delivery import (
    COMMANDS,
    EVENTS,
    RANK,
    Delivery,
    DeliveryBooked,
    DeliveryCounted,
    DeliveryLooksAgain,
    DeliveryPlaced,
    DeliveryRead,
    DeliverySuperseded,
    DeliveryTaken,
    DeliveryWaits,
    LookAgain,
    TakeDelivery,
)

READ, BOOK = "read_delivery", "book_delivery"
POLL = timedelta(minutes=2)
PAPERS_KEPT = 20
BUSY = ("reading", "booking")


class Deliveries(Decider[Delivery]):
    """Decides deliveries."""

    kind = "rct"
    schema = 1
    newborn = Delivery()
    commands: Sequence[type[Command]] = COMMANDS
    events: Sequence[type[Event]] = EVENTS

    def decide(self, state: Delivery, command: Command, message: Message) -> Turn:
        match command:
            case TakeDelivery():
                return _take(state, command)
            case DeliveryRead():
                return _read(state, command, message)
            case DeliveryBooked() if state.again:
                return Turn([DeliveryLooksAgain()], starts=[_reading(state)])
            case DeliveryBooked():
                return _booked(state)
            case LookAgain() | Tick():
                return _look(state)
            case EffectFailed(effect=effect):
                waits = DeliveryWaits(reason=command.reason, summary=f"Could not be taken: {command.reason}.")
                again = [_booking(state)] if effect == BOOK else []
                return Turn([waits], starts=again, wake_at=message.at + POLL)
            case _:
                return Turn()

    def evolve(self, state: Delivery, event: Event) -> Delivery:
        match event:
            case DeliveryTaken():
                kept = event.model_dump(include={"kind", "number", "paper", "document", "report"})
                busy = state.status in BUSY
                papers = (*state.papers, event.paper)[-PAPERS_KEPT:]
                status = state.status if busy else "reading"
                return state.model_copy(update={**kept, "papers": papers, "status": status, "again": busy})
            case DeliverySuperseded():
                return state.model_copy(update={"papers": (*state.papers, event.paper)[-PAPERS_KEPT:]})
            case DeliveryPlaced():
                return state.model_copy(
                    update={"status": "booking", "booking": event.booking, "reason": event.reason}
                )
            case DeliveryWaits():
                waits = state.status != "booking"
                return state.model_copy(
                    update={"status": "waiting" if waits else "booking", "reason": event.reason}
                )
            case DeliveryCounted():
                return state.model_copy(update={"status": "booked", "booked": state.booking})
            case DeliveryLooksAgain() if state.status in BUSY and not state.again:
                return state.model_copy(update={"again": True})
            case DeliveryLooksAgain():
                # What it told the orders counts, and it reads again.
                booked = state.booking if state.status == "booking" else state.booked
                return state.model_copy(update={"status": "reading", "again": False, "booked": booked})
            case _:
                return state


def _take(state: Delivery, command: TakeDelivery) -> Turn:
    if command.paper in state.papers:
        return Turn(reply={"status": state.status, "known": True})
    if RANK[command.kind] < RANK[state.kind]:
        superseded = DeliverySuperseded(
            **command.model_dump(include={"paper", "document", "report"}),
            summary=f"Despatch advice {command.number} came after the receipt.",
        )
        return Turn([superseded], {"status": state.status})
    what = "despatch advice" if command.kind == "despatch" else "receipt"
    taken = DeliveryTaken(
        **command.model_dump(),
        summary=f"{what.capitalize()} {command.number} for order {command.order or '(none)'}.",
    )
    if state.status in BUSY:
        return Turn([taken], {"status": "received"})
    read = Start(effect=READ, args={"paper": command.paper, "booked": state.booked})
    return Turn([taken], {"status": "received"}, [read])


def _read(state: Delivery, command: DeliveryRead, message: Message) -> Turn:
    if state.status != "reading":
        return Turn()
    if state.again:
        return Turn([DeliveryLooksAgain()], starts=[_reading(state)])
    if not command.booking or command.booking == state.booked:
        reason = command.reason
        if not reason:
            return Turn([DeliveryPlaced(booking=command.booking), _counted(state, "")])
        waits = DeliveryWaits(reason=reason, summary=reason)
        return Turn([waits], wake_at=message.at + POLL if command.poll else None)
    placed = DeliveryPlaced(booking=command.booking, reason=command.reason)
    book = Start(effect=BOOK, args={"booking": command.booking, "booked": state.booked})
    wake = message.at + POLL if command.poll else None
    return Turn([placed], starts=[book], wake_at=wake)


def _booked(state: Delivery) -> Turn:
    return Turn([_counted(state, state.reason)]) if state.status == "booking" else Turn()


def _look(state: Delivery) -> Turn:
    looks = [DeliveryLooksAgain()]
    if state.status in BUSY:
        return Turn() if state.again else Turn(looks)
    if state.status == "waiting" or (state.status == "booked" and state.reason):
        return Turn(looks, starts=[_reading(state)], wake_at=None)
    return Turn()


def _counted(state: Delivery, reason: str) -> DeliveryCounted:
    left = f" {reason}" if reason else ""
    return DeliveryCounted(reason=reason, summary=f"Counted as received.{left}")


def _reading(state: Delivery) -> Start:
    """Read again from what the orders will know by then."""
    booked = state.booking if state.status == "booking" else state.booked
    return Start(effect=READ, args={"paper": state.paper, "booked": booked})


def _booking(state: Delivery) -> Start:
    return Start(effect=BOOK, args={"booking": state.booking, "booked": state.booked})
