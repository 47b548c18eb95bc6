"""What a supplier is asked."""

from __future__ import annotations

from finnest.asking import SettleApproval
from finnest.records import Command
from services.suppliers.domain.account import Account
from services.suppliers.domain.identity import of_invoice, of_name, supplier_ref
from services.suppliers.domain.invoice import InvoiceData

FEATURE = "suppliers"


class VetInvoice(Command, InvoiceData):
    """An invoice keeps every rule: may it go on?"""

    wire = "suppliers.vet.v1"

    def address(self) -> str:
        """Return the supplier on the invoice."""
        return supplier_ref(of_invoice(self.supplier_id, self.supplier))


class RegisterSupplier(Command):
    """A person vouches for a supplier, and may say where it is paid."""

    wire = "suppliers.register.v1"
    identity: str
    name: str
    account: Account | None = None


class KnowSupplier(Command):
    """Something is ordered from a supplier; `supplier` is its identity as matching writes it."""

    wire = "suppliers.know.v1"
    supplier: str
    name: str = ""
    number: str = ""
    """The order's number."""

    @property
    def identity(self) -> str:
        """The supplier's identity, as on its invoices; empty when the order does not say who it is."""
        scheme, _, number = self.supplier.partition(":")
        if scheme in ("", "name") or not number:
            return of_name(self.name) if self.name else ""
        return of_invoice(self.supplier, self.name)

    def address(self) -> str | None:
        """Return the supplier of the order."""
        return supplier_ref(self.identity) if self.identity else None


class ChangeAccount(Command):
    """Pay the supplier elsewhere."""

    wire = "suppliers.change_account.v1"
    account: Account


class SettleChange(SettleApproval):
    """People have answered, or not in time."""

    wire = "suppliers.settle.v1"

    def address(self) -> str | None:
        """Return the supplier that was asked about; None when another feature asked."""
        return self.thing if self.feature == FEATURE else None


class BlockSupplier(Command):
    """Let nothing of this supplier go on."""

    wire = "suppliers.block.v1"
    reason: str


class UnblockSupplier(Command):
    """Let the supplier's invoices go on again."""

    wire = "suppliers.unblock.v1"


class ReviewHeld(Command):
    """Some of the invoices that wait (result of the effect `gather_held`)."""

    wire = "suppliers.review.v1"
    invoices: tuple[InvoiceData, ...]
    after: str = ""
    """Where the next ones begin; empty when these are the last."""


COMMANDS: tuple[type[Command], ...] = (
    VetInvoice,
    RegisterSupplier,
    KnowSupplier,
    ChangeAccount,
    SettleChange,
    BlockSupplier,
    UnblockSupplier,
    ReviewHeld,
)
