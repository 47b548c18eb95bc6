"""The state of a payment, folded from its events.

proposed ─► exception │ credit (a credit note: it goes off other payments)
   │
   ▼                    ┌─► rejected
awaiting approval ──────┤
   │ (or none needed)   ▼
   └──────────────► approved ─► scheduled ─► included ─► paid │ failed │ stopped
until it is included: ─► cancelled
until it is in a file: ─► exception, suspended, while the supplier is blocked or people decide about its account
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from finnest.asking import Ask
from finnest.records import Event, Record
from services.payments.domain.bill import Bill
from services.payments.domain.entry import Entry, Offset, entry_of
from services.payments.domain.events import PaymentAccountSettled, PaymentIncluded, PaymentSuspended
from services.payments.domain.process import ProcessRestarted
from services.payments.domain.step import PaymentEvent, Status
from services.payments.domain.terms import Offer

MOVES_ITSELF: Final = frozenset({"proposed", "approved"})
"""Here the payment waits for its workflow and for nobody else."""
BEFORE_FILE: Final = frozenset({"proposed", "awaiting_approval", "approved", "scheduled"})
OPEN: Final = BEFORE_FILE | {"included"}
"""A workflow arranges what follows; everything else is an end."""

_IN_NO_RUN: Final[dict[str, Any]] = {"run_id": "", "pays_cents": None, "discount_cents": 0, "credits": ()}


class Payment(Record):
    """One payment of one invoice."""

    status: Status = ""
    bill: Bill | None = None
    pay_on: date | None = None
    ask: Ask | None = None
    """The last request to people; only its answer counts."""
    asked: int = 0
    """How often the policy has judged: each time is another action."""
    rule: str = ""
    people: tuple[str, ...] = ()
    offer: Offer | None = None
    run_id: str = ""
    pays_cents: int | None = None
    """What the bank pays, once a run has taken it; None for all of the bill."""
    discount_cents: int = 0
    credits: tuple[Offset, ...] = ()
    takes: int = 0
    """How many runs have taken it: all but the last had to give it back before their file."""
    suspended: bool = False
    payee_mark: int = 0
    """What it last heard of its payee."""
    reason: str = ""
    reference: str = ""
    """By which it is found where it was paid, when that was elsewhere."""
    generation: int = 0

    @property
    def amount_cents(self) -> int:
        """What the bank pays, as far as it is known now."""
        gross = self.bill.payable_cents if self.bill else 0
        return gross if self.pays_cents is None else self.pays_cents

    def discount_on(self, day: date) -> int:
        """Return what is taken off when the bank is told on this day."""
        return self.offer.cents if self.offer and day <= self.offer.until else 0

    def entry(self, payment_id: str) -> Entry | None:
        """Return the payment as a bank file has it; None before there is one."""
        if self.bill is None:
            return None
        entry = entry_of(payment_id, self.bill, self.amount_cents, self.discount_cents, self.credits)
        return entry.model_copy(update={"take": self.takes})


def evolve(state: Payment, event: Event) -> Payment:
    """Return the payment after the event."""
    if isinstance(event, ProcessRestarted):
        return state.model_copy(update={"generation": event.generation})
    if not isinstance(event, PaymentEvent):
        return state
    kept = {name: getattr(event, name) for name in event.carries}
    if event.leads_to:
        kept |= {"status": event.leads_to, "suspended": isinstance(event, PaymentSuspended)}
    match event:
        case PaymentIncluded():
            kept["takes"] = state.takes + 1
        case PaymentSuspended():
            kept |= _IN_NO_RUN
        case PaymentAccountSettled():
            status = {"account_status": event.account_status}
            kept |= {"reason": "", "bill": state.bill and state.bill.model_copy(update=status)}
        case _:
            pass
    return state.model_copy(update=kept)
