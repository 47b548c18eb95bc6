"""Bills and messages that the tests of payments speak with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from finnest.asking import SettleApproval
from finnest.records import Command, Event
from finnest.turn import Message, Turn
from services.payments.adapters import read_policies
from services.payments.agent.treasurer import Treasurer
from services.payments.domain.commands import ProposePayment, SettlePayment, payment_id
from services.payments.domain.payment import Payment

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
"""The day of `MONDAY` in Sydney."""
TENANT = "kestrel"
POLICIES = read_policies(Path("/nowhere"))
TREASURER = Treasurer(POLICIES)

ACCOUNT = {
    "code": "30",
    "bsb": "062-000",
    "account": "12345678",
    "name": "Kestrel Paper",
    "reference": "INV-7",
}


def bill(cents: int = 50_000, invoice: str = "inv-1", **changes: Any) -> ProposePayment:
    """Return the proposal of a payable invoice, with changes."""
    fields: dict[str, Any] = {
        "invoice_id": invoice,
        "number": "INV-7",
        "supplier": "Kestrel Paper Pty Ltd",
        "kind": "invoice",
        "currency": "AUD",
        "payable_cents": cents,
        "issue_date": "2026-02-20",
        "due_date": "2026-03-20",
        "payment": ACCOUNT,
        "submitted_by": "sam",
        "intake": False,
    }
    return ProposePayment.model_validate({**fields, **changes})


def settle(state: Payment, verdict: str = "approved", *people: str, **changes: Any) -> SettlePayment:
    """Return the answer of people to what the payment asks."""
    if state.ask is None:
        raise AssertionError("nobody is asked")
    fields: dict[str, Any] = {
        "feature": "payments",
        "thing": state.ask.thing,
        "approval_id": "apr-1",
        "args_hash": state.ask.args_hash,
        "verdict": verdict,
        "people": people,
        "reason": "",
    }
    return SettlePayment.model_validate({**fields, **changes})


def message(command: Command, thing: str, by: str = "ada") -> Message:
    """Return a command as it arrives at a thing."""
    data, wire = command.wire_data(), command.wire
    return Message(id="message-1", type=wire, tenant=TENANT, thing=thing, data=data, by=by, at=MONDAY)


class Life:
    """One payment, moved by commands without any kernel; a refusal is raised and changes nothing."""

    def __init__(self, treasurer: Treasurer = TREASURER) -> None:
        self.treasurer = treasurer
        self.state: Payment = treasurer.newborn
        self.events: list[Event] = []
        self.thing = payment_id("inv-1")

    def say(self, command: Command, *, by: str = "ada", intake: bool = False, at: datetime = MONDAY) -> Turn:
        """Take one command."""
        message = Message(
            id=f"message-{len(self.events)}",
            type=command.wire,
            tenant=TENANT,
            thing=self.thing,
            data=command.wire_data(),
            by=by,
            intake=intake,
            at=at,
        )
        turn = self.treasurer.decide(self.state, command, message)
        for event in turn.events:
            again = type(event).model_validate_json(event.model_dump_json(exclude_none=True))
            assert again == event
            self.state = self.treasurer.evolve(self.state, event)
            self.events.append(event)
        saved = Payment.model_validate(self.state.wire_data())
        assert saved == self.state
        return turn

    def says(self, *commands: Command) -> Life:
        """Take commands one after another."""
        for command in commands:
            self.say(command)
        return self


assert issubclass(SettlePayment, SettleApproval)
