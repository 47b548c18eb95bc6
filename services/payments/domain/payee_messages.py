"""What a payee is asked, what it says, and what its payments hear."""

from __future__ import annotations

from finnest.ids import derived
from finnest.records import Command, Event
from services.payments.domain.bill import Account, Text
from services.payments.domain.days import DatedCommand


def payee_id(supplier_ref: str) -> str:
    """Return the stream of a supplier's account."""
    return derived("pye", supplier_ref)


class _SaidOfSupplier(Command):
    """News of a supplier (`sup-…`)."""

    source: str

    def address(self) -> str:
        """Return the supplier's payee."""
        return payee_id(self.source)


class _SaidOfAccount(_SaidOfSupplier):
    """News about one request for another account."""

    asked: int = 0
    """The number of the request."""


class _SaidOfBlock(_SaidOfSupplier):
    """News about one block of the supplier."""

    blocks: int = 0
    """The number of the block."""


class FreezePayee(_SaidOfAccount):
    """Another account waits for people."""

    wire = "payments.freeze_payee.v1"


class MovePayee(_SaidOfAccount):
    """People have confirmed the other account."""

    wire = "payments.move_payee.v1"
    account: Account


class KeepPayee(_SaidOfAccount):
    """People said no, or nothing in time: the account stays as it was."""

    wire = "payments.keep_payee.v1"


class BlockPayee(_SaidOfBlock):
    """A person has blocked the supplier."""

    wire = "payments.block_payee.v1"
    reason: Text = ""


class UnblockPayee(_SaidOfBlock):
    """A person lets the supplier go on."""

    wire = "payments.unblock_payee.v1"


class PaymentsTold(Command):
    """Some of the payee's payments have been told (result of the effect `tell_payments`)."""

    wire = "payments.payments_told.v1"
    after: str = ""
    """Where the next ones begin; empty when these were the last."""


class PayeeSeen(DatedCommand):
    """How the supplier stands (to a payment, and the result of its effect `see_payee`)."""

    wire = "payments.payee_seen.v1"
    mark: int
    frozen: bool
    """Whether nothing may be paid to it now."""
    blocked: Text = ""
    """Why a person has blocked it; empty when nobody has."""
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


class PayeeBlocked(Event):
    """Nothing is paid to the supplier until a person unblocks it."""

    wire = "payments.payee_blocked.v1"
    supplier_ref: str
    blocks: int
    reason: str


class PayeeUnblocked(Event):
    """The supplier may be paid again, as far as this block goes."""

    wire = "payments.payee_unblocked.v1"
    supplier_ref: str
    blocks: int
