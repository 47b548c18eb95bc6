"""A supplier as its events made it, and why an invoice of it must wait."""

from __future__ import annotations

from typing import Literal

from finnest.asking import approval_id
from finnest.records import Event, Record
from services.suppliers.domain.account import Account
from services.suppliers.domain.events import (
    AccountApprovalRequested,
    AccountClaimed,
    AccountConfirmed,
    AccountRefused,
    AccountStanding,
    HeldReviewed,
    Standing,
    SupplierBlocked,
    SupplierOpened,
    SupplierRegistered,
    SupplierUnblocked,
)


class Change(Record):
    """Another account that waits for two people."""

    account: Account
    args_hash: str
    approval_id: str
    requested_by: str


class Supplier(Record):
    """One supplier."""

    standing: Literal["", "unverified", "known", "verified"] = ""
    identity: str = ""
    name: str = ""
    claimed: Account | None = None
    """What its first invoice named; nobody has confirmed it."""
    confirmed: Account | None = None
    pending: Change | None = None
    asked: int = 0
    """How often people were asked: each time is another action."""
    blocked: str = ""
    """Why nothing goes on; empty when it does."""
    blocks: int = 0
    """How often it was blocked."""
    review: Literal["", "running", "again"] = ""
    """Whether what waits is looked at now, and whether it has to be once more."""

    @property
    def status(self) -> Standing:
        """The standing that others see."""
        return "blocked" if self.blocked else (self.standing or "unverified")


def why_held(supplier: Supplier, account: Account | None) -> str | None:
    """Return why an invoice with this account must wait, or None when it may go on."""
    if supplier.blocked:
        return f"The supplier is blocked: {supplier.blocked}"
    if supplier.pending:
        return "A change of the supplier's bank account waits for two people."
    if account and supplier.confirmed and account.key != supplier.confirmed.key:
        return f"The bank account on the invoice ({account}) is not the confirmed one ({supplier.confirmed})."
    return None


def account_standing(supplier: Supplier, account: Account | None) -> AccountStanding:
    """Return what is known about the account on an invoice that may go on."""
    if account is None:
        return "none"
    if supplier.confirmed:
        return "confirmed"
    same = supplier.claimed is None or account.key == supplier.claimed.key
    return "claimed" if same else "differs_from_claim"


def evolve(state: Supplier, event: Event) -> Supplier:
    """Return the supplier after the event."""
    match event:
        case SupplierOpened():
            standing = "known" if event.standing == "known" else "unverified"
            return Supplier(
                standing=standing, identity=event.identity, name=event.name, claimed=event.claimed
            )
        case SupplierRegistered():
            standing = "verified" if state.standing == "verified" else "known"
            return state.model_copy(update={"name": event.name, "standing": standing})
        case AccountClaimed():
            return state.model_copy(update={"claimed": event.claimed})
        case AccountApprovalRequested():
            return state.model_copy(update={"pending": _change(event), "asked": event.asked})
        case HeldReviewed():
            after = "" if state.review != "again" else "running"
            return state.model_copy(update={"review": after if event.last else state.review})
        case _:
            return _reviewed(state, event)


def _reviewed(state: Supplier, event: Event) -> Supplier:
    """Return the supplier after an event that may free what waits."""
    review = "again" if state.review else "running"
    match event:
        case AccountConfirmed():
            kept = {"confirmed": event.account, "pending": None, "standing": "verified", "review": review}
            return state.model_copy(update=kept)
        case AccountRefused():
            return state.model_copy(update={"pending": None, "review": review})
        case SupplierUnblocked():
            return state.model_copy(update={"blocked": "", "review": review})
        case SupplierBlocked():
            return state.model_copy(update={"blocked": event.reason, "blocks": state.blocks + 1})
        case _:
            return state


def _change(event: AccountApprovalRequested) -> Change:
    return Change(
        account=event.account,
        args_hash=event.ask.args_hash,
        approval_id=approval_id(event.ask.feature, event.ask.thing, event.ask.args_hash),
        requested_by=event.requested_by,
    )
