"""What a payment says: the steps of its life. Each names its invoice and has a sentence for it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from finnest.asking import ApprovalRequested, ApprovalWithdrawn
from services.payments.domain.bill import Bill
from services.payments.domain.entry import Offset
from services.payments.domain.step import PaymentEvent
from services.payments.domain.terms import Offer


class PaymentProposed(PaymentEvent):
    """An invoice is to be paid."""

    wire = "payments.proposed.v1"
    leads_to = "proposed"
    carries = ("bill", "generation")
    bill: Bill
    generation: int = 1


class PaymentHeld(PaymentEvent):
    """It cannot be paid this way."""

    wire = "payments.held.v1"
    leads_to = "exception"
    carries = ("reason",)
    reason: str


class PaymentCredited(PaymentEvent):
    """It is a credit: it goes off what is paid to the supplier next."""

    wire = "payments.credited.v1"
    leads_to = "credit"
    credit_cents: int


class PaymentApprovalRequested(ApprovalRequested, PaymentEvent):
    """People must approve it."""

    wire = "payments.approval_requested.v1"
    leads_to = "awaiting_approval"
    carries = ("ask", "asked", "rule", "pay_on", "offer")
    asked: int
    rule: str
    pay_on: date
    offer: Offer | None = None


class PaymentApprovalWithdrawn(ApprovalWithdrawn, PaymentEvent):
    """Nobody needs to answer the last request."""

    wire = "payments.approval_withdrawn.v1"


class PaymentApproved(PaymentEvent):
    """It may be paid: people said so, or the policy needs nobody."""

    wire = "payments.approved.v1"
    leads_to = "approved"
    carries = ("asked", "rule", "pay_on", "people", "offer")
    people: tuple[str, ...]
    rule: str
    asked: int
    pay_on: date
    offer: Offer | None = None


class PaymentRejected(PaymentEvent):
    """People said no, or nothing in time."""

    wire = "payments.rejected.v1"
    leads_to = "rejected"
    carries = ("reason",)
    people: tuple[str, ...]
    verdict: Literal["rejected", "expired"]
    reason: str


class PaymentRescheduled(PaymentEvent):
    """Somebody wants another day."""

    wire = "payments.rescheduled.v1"
    carries = ("pay_on",)
    pay_on: date


class PaymentScheduled(PaymentEvent):
    """The day is fixed."""

    wire = "payments.scheduled.v1"
    leads_to = "scheduled"
    carries = ("pay_on",)
    pay_on: date


class PaymentSuspended(PaymentEvent):
    """It waits until its supplier is unblocked or people have decided about its account; no run has it any more."""

    wire = "payments.suspended.v1"
    leads_to = "exception"
    carries = ("reason", "payee_mark")
    reason: str
    payee_mark: int


class PaymentAccountSettled(PaymentEvent):
    """Its supplier may be paid, to the account that stands now; what follows is said by the next events."""

    wire = "payments.account_settled.v1"
    carries = ("payee_mark",)
    account_status: str | None = None
    payee_mark: int


class PaymentIncluded(PaymentEvent):
    """A pay run has taken it; no other will."""

    wire = "payments.included.v1"
    leads_to = "included"
    carries = ("run_id", "pays_cents", "discount_cents", "credits")
    run_id: str
    pays_cents: int | None = None
    """What the bank pays, after discount and credit notes; None for all of the bill."""
    discount_cents: int = 0
    credits: tuple[Offset, ...] = ()


class PaymentPaid(PaymentEvent):
    """The bank has paid it."""

    wire = "payments.paid.v1"
    leads_to = "paid"


class PaymentPaidElsewhere(PaymentEvent):
    """It was paid in a way that no bank file knows; a person says so."""

    wire = "payments.paid_elsewhere.v1"
    leads_to = "paid"
    carries = ("reason", "reference")
    reason: str
    reference: str


class PaymentFailed(PaymentEvent):
    """The bank has not paid it."""

    wire = "payments.failed.v1"
    leads_to = "failed"
    carries = ("reason",)
    reason: str


class PaymentCancelled(PaymentEvent):
    """It will not be paid."""

    wire = "payments.cancelled.v1"
    leads_to = "cancelled"
    carries = ("reason",)
    reason: str


class PaymentStopped(PaymentEvent):
    """It was in a pay run and was stopped."""

    wire = "payments.stopped.v1"
    leads_to = "stopped"
    carries = ("reason",)
    reason: str
    in_file: bool = True
    """Whether a file has it, so that the bank must be told."""


STEPS: tuple[type[PaymentEvent], ...] = (
    PaymentProposed,
    PaymentHeld,
    PaymentCredited,
    PaymentApprovalRequested,
    PaymentApprovalWithdrawn,
    PaymentApproved,
    PaymentRejected,
    PaymentRescheduled,
    PaymentScheduled,
    PaymentSuspended,
    PaymentAccountSettled,
    PaymentIncluded,
    PaymentPaid,
    PaymentPaidElsewhere,
    PaymentFailed,
    PaymentCancelled,
    PaymentStopped,
)
