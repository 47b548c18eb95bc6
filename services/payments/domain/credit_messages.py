"""What a supplier's balance is asked, and what it says. Its events name the credit note as the invoice."""

from __future__ import annotations

from pydantic import Field

from finnest.records import Command, Event


class AddCredit(Command):
    """A credit note is good."""

    wire = "payments.add_credit.v1"
    invoice_id: str
    credit_id: str
    number: str
    currency: str
    cents: int = Field(gt=0)


class ReserveCredit(Command):
    """Keep what goes off a payment that a run is about to take; a payment has one reservation."""

    wire = "payments.reserve_credit.v1"
    payment_id: str
    run_id: str
    number: str
    want_cents: int = Field(ge=0)


class ReleaseCredit(Command):
    """The payment is not made: the credit is free again."""

    wire = "payments.release_credit.v1"
    payment_id: str
    run_id: str


class UseCredit(Command):
    """The payment is made: the credit is gone."""

    wire = "payments.use_credit.v1"
    payment_id: str
    run_id: str


class WithdrawCredit(Command):
    """A person takes a credit note back, as long as nothing of it has gone off a payment."""

    wire = "payments.withdraw_credit.v1"
    credit_id: str
    reason: str


class CreditAdded(Event):
    """A credit note can go off payments."""

    wire = "payments.credit_added.v1"
    invoice_id: str
    credit_id: str
    number: str
    currency: str
    cents: int
    summary: str


class CreditMoved(Event):
    """Something became of a part of a credit note."""

    invoice_id: str
    credit_id: str
    payment_id: str
    run_id: str
    cents: int
    open_cents: int
    """What of the credit note is not used yet."""
    summary: str


class CreditReserved(CreditMoved):
    """A part goes off a payment that a run is about to take."""

    wire = "payments.credit_reserved.v1"


class CreditReleased(CreditMoved):
    """That payment was not made."""

    wire = "payments.credit_released.v1"


class CreditUsed(CreditMoved):
    """That payment was made."""

    wire = "payments.credit_used.v1"


class CreditWithdrawn(Event):
    """A person has taken the credit note back; nothing of it went off a payment."""

    wire = "payments.credit_withdrawn.v1"
    invoice_id: str
    credit_id: str
    cents: int
    reason: str
    summary: str
