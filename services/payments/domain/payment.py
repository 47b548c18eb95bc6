"""The state of a payment, folded from its events.

proposed ─► exception
   │
   ▼                    ┌─► rejected
awaiting approval ──────┤
   │ (or none needed)   ▼
   └──────────────► approved ─► scheduled ─► included ─► paid │ failed │ stopped
until it is included: ─► cancelled
"""

from __future__ import annotations

from datetime import date
from typing import Final

from finnest.asking import Ask
from finnest.records import Event, Record
from services.payments.domain.aba import Entry
from services.payments.domain.bill import Account, Bill, account_of, bsb_of
from services.payments.domain.events import PaymentEvent, Status
from services.payments.domain.process import ProcessRestarted

MOVES_ITSELF: Final = frozenset({"proposed", "approved"})
"""Here the payment waits for its workflow and for nobody else."""
BEFORE_FILE: Final = frozenset({"proposed", "awaiting_approval", "approved", "scheduled"})
OPEN: Final = BEFORE_FILE | {"included"}
"""A workflow arranges what follows; everything else is an end."""


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
    run_id: str = ""
    reason: str = ""
    generation: int = 0


def evolve(state: Payment, event: Event) -> Payment:
    """Return the payment after the event."""
    if isinstance(event, ProcessRestarted):
        return state.model_copy(update={"generation": event.generation})
    if not isinstance(event, PaymentEvent):
        return state
    kept = {name: getattr(event, name) for name in event.carries}
    return state.model_copy(update={"status": event.leads_to or state.status, **kept})


def entry_of(payment_id: str, bill: Bill) -> Entry:
    """Return the bill as a record of a bank file; it must be payable (`why_held`)."""
    payment = bill.payment or Account()
    return Entry(
        payment_id=payment_id,
        invoice_id=bill.invoice_id,
        supplier=bill.supplier,
        bsb=bsb_of(payment.bsb) or "",
        account=account_of(payment.account) or "",
        name=payment.name or bill.supplier,
        reference=payment.reference or bill.number,
        amount_cents=bill.payable_cents,
    )
