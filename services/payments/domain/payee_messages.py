"""What a payee is asked, what it says, and what its payments hear."""

from __future__ import annotations

from finnest.ids import derived
from finnest.records import Command, Event
from services.payments.domain.bill import Account
from services.payments.domain.days import DatedCommand


def payee_id(supplier_ref: str) -> str:
    """Return the stream of a supplier's account."""
    return derived("pye", supplier_ref)


class _SaidOfSupplier(Command):
    """News of a supplier (`sup-…`) about one request for another account."""

    source: str
    asked: int = 0
    """The number of the request."""

    def address(self) -> str:
        """Return the supplier's payee."""
        return payee_id(self.source)


class FreezePayee(_SaidOfSupplier):
    """Another account waits for people."""

    wire = "payments.freeze_payee.v1"


class MovePayee(_SaidOfSupplier):
    """People have confirmed the other account."""

    wire = "payments.move_payee.v1"
    account: Account


class KeepPayee(_SaidOfSupplier):
    """People said no, or nothing in time: the account stays as it was."""

    wire = "payments.keep_payee.v1"


class PaymentsTold(Command):
    """Some of the payee's payments have been told (result of the effect `tell_payments`)."""

    wire = "payments.payments_told.v1"
    after: str = ""
    """Where the next ones begin; empty when these were the last."""


class PayeeSeen(DatedCommand):
    """How the supplier's account stands (to a payment, and the result of its effect `see_payee`)."""

    wire = "payments.payee_seen.v1"
    mark: int
    frozen: bool
    account: str = ""
    """The key of the account that was confirmed last."""


class PayeeFrozen(Event):
    """Nothing is paid to the supplier until people have decided about its account."""

    wire = "payments.payee_frozen.v1"
    supplier_ref: str
    asked: int


class PayeeFreed(Event):
    """People have decided; `account` is the key of the new one, empty when the old one stays."""

    wire = "payments.payee_freed.v1"
    supplier_ref: str
    asked: int
    account: str = ""
