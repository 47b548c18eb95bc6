"""A supplier's balance: what is added is left, reserved, used or withdrawn, whatever is said to it in which order."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finnest.errors import Invalid, Rejected, Stale
from finnest.ids import derived
from finnest.records import Command, Event
from finnest.turn import Message
from finnest.turns import SNAPSHOT_BYTES, Head
from services.payments.domain.balances import MAX_OPEN, MAX_RESERVED, Balances
from services.payments.domain.bill import Bill
from services.payments.domain.credit import Balance, balance_id
from services.payments.domain.credit_messages import (
    AddCredit,
    CreditAdded,
    CreditReserved,
    CreditUsed,
    CreditWithdrawn,
    ReleaseCredit,
    ReserveCredit,
    UseCredit,
    WithdrawCredit,
)
from tests.unit.payments.bills import MONDAY, TENANT

BALANCES = Balances()


@dataclass
class Owed:
    """One balance, moved by commands without any kernel."""

    state: Balance = field(default_factory=Balance)
    events: list[Event] = field(default_factory=list[Event])

    def say(self, command: Command) -> list[Event]:
        message = Message(
            id="m", type=command.wire, tenant=TENANT, thing="bal-1", data={}, by="agent:x", at=MONDAY
        )
        turn = BALANCES.decide(self.state, command, message)
        for event in turn.events:
            self.state = BALANCES.evolve(self.state, event)
            self.events.append(event)
        return list(turn.events)

    @property
    def left(self) -> int:
        return sum(credit.left_cents for credit in self.state.credits)

    @property
    def reserved(self) -> int:
        return sum(part.cents for part in self.state.reserved)

    def total(self, kind: type[CreditAdded | CreditUsed | CreditWithdrawn]) -> int:
        return sum(event.cents for event in self.events if isinstance(event, kind))


def add(number: int, cents: int) -> AddCredit:
    thing = derived("pay", str(number))
    invoice = derived("inv", str(number))
    return AddCredit(
        invoice_id=invoice, credit_id=thing, number=f"CN-{number}"[:40], currency="AUD", cents=cents
    )


def reserve(payment: int, want: int, run: int = 1) -> ReserveCredit:
    return ReserveCredit(payment_id=f"pay-{payment}", run_id=f"run-{run}", number="INV-7", want_cents=want)


def settle(kind: type[ReleaseCredit | UseCredit], payment: int, run: int) -> Command:
    return kind(payment_id=f"pay-{payment}", run_id=f"run-{run}")


def test_the_oldest_credit_note_goes_off_first() -> None:
    owed = Owed()
    owed.say(add(1, 300))
    owed.say(add(2, 300))
    owed.say(reserve(1, 400))
    assert [(part.number, part.cents) for part in owed.state.offsets("pay-1", "run-1")] == [
        ("CN-1", 300),
        ("CN-2", 100),
    ]
    assert owed.left == 200
    owed.say(UseCredit(payment_id="pay-1", run_id="run-1"))
    assert [(credit.number, credit.left_cents) for credit in owed.state.credits] == [("CN-2", 200)]
    assert [event.open_cents for event in owed.events if isinstance(event, CreditUsed)] == [0, 200]


def test_what_is_released_is_there_again() -> None:
    owed = Owed()
    owed.say(add(1, 300))
    owed.say(reserve(1, 1_000))
    assert not owed.say(reserve(2, 1_000))
    owed.say(ReleaseCredit(payment_id="pay-1", run_id="run-1"))
    assert owed.say(reserve(2, 1_000))
    assert owed.state.offsets("pay-2", "run-1")[0].cents == 300


def test_a_payment_has_one_reservation_and_another_run_cannot_end_it() -> None:
    owed = Owed()
    owed.say(add(1, 300))
    owed.say(reserve(1, 100))
    assert not owed.say(reserve(1, 200))
    assert not owed.say(reserve(1, 100, run=2))
    for kind in (ReleaseCredit, UseCredit):
        assert not owed.say(kind(payment_id="pay-1", run_id="run-2"))
    assert owed.reserved == 100


def test_the_same_credit_note_is_added_once() -> None:
    owed = Owed()
    assert owed.say(add(1, 300))
    assert not owed.say(add(1, 300))


def test_more_credit_notes_than_a_stream_holds_are_refused() -> None:
    owed = Owed()
    for number in range(MAX_OPEN):
        owed.say(add(number, 300))
    with pytest.raises(Invalid):
        owed.say(add(MAX_OPEN, 300))
    owed.say(reserve(1, 300))
    owed.say(UseCredit(payment_id="pay-1", run_id="run-1"))
    assert owed.say(add(MAX_OPEN, 300))


def test_a_supplier_has_one_balance_for_each_currency() -> None:
    def of(**fields: str) -> str | None:
        return balance_id(Bill.model_validate({"invoice_id": "i", "kind": "invoice", **fields}))

    assert of(supplier_ref="sup-1", currency="AUD") == of(supplier_ref="sup-1", currency="AUD", number="2")
    assert of(supplier_ref="sup-1", currency="AUD") != of(supplier_ref="sup-1", currency="NZD")
    assert of(supplier_ref="sup-1", currency="AUD") != of(supplier_ref="sup-2", currency="AUD")
    assert of(currency="AUD") is None


def withdraw(number: int) -> WithdrawCredit:
    return WithdrawCredit(credit_id=derived("pay", str(number)), reason="sent by mistake")


def test_a_credit_note_is_withdrawn_as_long_as_all_of_it_is_left() -> None:
    owed = Owed()
    owed.say(add(1, 300))
    owed.say(add(2, 300))
    owed.say(reserve(1, 100))
    with pytest.raises(Stale, match="pay run has taken"):
        owed.say(withdraw(1))
    assert [event.wire for event in owed.say(withdraw(2))] == ["payments.credit_withdrawn.v1"]
    owed.say(UseCredit(payment_id="pay-1", run_id="run-1"))
    for number in (1, 2, 3):
        with pytest.raises(Stale, match="gone off"):
            owed.say(withdraw(number))
    assert owed.left == 200


numbers = st.integers(0, 5)
says = st.one_of(
    st.builds(add, numbers, st.integers(1, 1_000)),
    st.builds(withdraw, numbers),
    st.builds(reserve, numbers, st.integers(0, 1_500), st.integers(1, 2)),
    st.builds(
        settle,
        st.sampled_from([ReleaseCredit, UseCredit]),
        numbers,
        st.integers(1, 2),
    ),
)


@settings(max_examples=400)
@given(st.lists(says, max_size=60))
def test_what_is_added_is_left_reserved_used_or_withdrawn(commands: list[Command]) -> None:
    owed = Owed()
    for command in commands:
        before = owed.reserved
        with contextlib.suppress(Stale):
            owed.say(command)
        gone = owed.total(CreditUsed) + owed.total(CreditWithdrawn)
        assert owed.total(CreditAdded) == owed.left + owed.reserved + gone
        assert all(credit.left_cents >= 0 for credit in owed.state.credits)
        if isinstance(command, ReserveCredit):
            assert 0 <= owed.reserved - before <= command.want_cents
        mine = Counter((part.payment_id, part.credit_id) for part in owed.state.reserved)
        assert all(count == 1 for count in mine.values())
        assert Balance.model_validate(owed.state.wire_data()) == owed.state


def test_the_fullest_balance_fits_into_a_stream() -> None:
    owed = Owed()
    for number in range(MAX_OPEN):
        command = add(number, 10**10).model_copy(update={"number": "漢" * 20})
        owed.say(command)
    for payment in range(10 * MAX_RESERVED):
        thing = derived("pay", "p", str(payment))
        run = derived("run", "r", str(payment))
        ask = ReserveCredit(payment_id=thing, run_id=run, number="x", want_cents=15 * 10**9)
        try:
            owed.say(ask)
        except Rejected:
            break
    assert len(owed.state.reserved) <= MAX_RESERVED
    assert any(isinstance(event, CreditReserved) for event in owed.events)
    assert len(Head(state=owed.state, schema=1).text()) < SNAPSHOT_BYTES
