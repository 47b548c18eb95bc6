"""What a payment is asked."""

from __future__ import annotations

from datetime import date

from finnest.asking import SettleApproval
from finnest.ids import derived
from finnest.records import Command
from services.payments.domain.bill import Bill
from services.payments.domain.days import DatedCommand
from services.payments.domain.entry import Offset

FEATURE = "payments"


def payment_id(invoice_id: str) -> str:
    """Return the id of the one payment of an invoice."""
    return derived("pay", invoice_id)


class ProposePayment(Bill, Command):
    """An invoice is good to be paid."""

    wire = "payments.propose.v1"

    def address(self) -> str:
        """Return the payment of this invoice."""
        return payment_id(self.invoice_id)


class JudgePayment(DatedCommand):
    """Let the policy say whether people must approve."""

    wire = "payments.judge.v1"


class SettlePayment(SettleApproval):
    """People have answered, or not in time."""

    wire = "payments.settle.v1"

    def address(self) -> str | None:
        """Return the payment that was asked about; None when another feature asked."""
        return self.thing if self.feature == FEATURE else None


class SchedulePayment(DatedCommand):
    """Fix the day."""

    wire = "payments.schedule.v1"


class ReschedulePayment(DatedCommand):
    """Pay on another day; what people approved was the old one."""

    wire = "payments.reschedule.v1"
    pay_on: date


class IncludePayment(Command):
    """Take the payment into a pay run."""

    wire = "payments.include.v1"
    run_id: str
    process_on: date
    credits: tuple[Offset, ...] = ()
    """What is reserved for it of the supplier's credit notes."""


class ConfirmPayment(Command):
    """The bank has paid."""

    wire = "payments.confirm.v1"


class FailPayment(Command):
    """The bank has not paid."""

    wire = "payments.fail.v1"
    reason: str


class CancelPayment(Command):
    """Do not pay; possible until the payment is in a pay run."""

    wire = "payments.cancel.v1"
    reason: str


class PayElsewhere(Command):
    """What no bank file carries was paid in another way."""

    wire = "payments.pay_elsewhere.v1"
    reason: str
    reference: str
    """By which it is found there: a receipt, a line of an account's statement."""


class StopPayment(Command):
    """Stop at the bank what a pay run has taken."""

    wire = "payments.stop.v1"
    reason: str


class CreditRefused(Command):
    """The supplier's balance does not take the credit note (result of the effect `add_credit`)."""

    wire = "payments.credit_refused.v1"
    reason: str


class CreditSettled(Command):
    """The supplier's balance knows (result of the effects `add_credit` and `settle_credit`)."""

    wire = "payments.credit_settled.v1"


class CreditDropped(Command):
    """The supplier's balance has taken the credit note out."""

    wire = "payments.credit_dropped.v1"
    by: str
    reason: str
