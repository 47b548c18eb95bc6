"""What a supplier says. Each event has a sentence for people."""

from __future__ import annotations

from typing import Literal

from finnest.asking import ApprovalRequested
from finnest.records import Event
from services.suppliers.domain.account import Account
from services.suppliers.domain.invoice import InvoiceData

Standing = Literal["unverified", "known", "verified", "blocked"]
"""Opened by an invoice; ordered from, or vouched for by a person; account confirmed by two people; not to
be paid."""
AccountStanding = Literal["none", "claimed", "differs_from_claim", "confirmed"]


class SupplierOpened(Event):
    """A supplier is seen for the first time."""

    wire = "suppliers.opened.v1"
    identity: str
    name: str
    standing: Standing
    claimed: Account | None = None
    summary: str


class SupplierRegistered(Event):
    """A supplier that an invoice had opened is known: a person vouches for it, or it is ordered from."""

    wire = "suppliers.registered.v1"
    name: str
    summary: str


class AccountClaimed(Event):
    """An invoice names an account and none was known; it is a claim, no confirmation."""

    wire = "suppliers.account_claimed.v1"
    claimed: Account
    summary: str


class AccountApprovalRequested(ApprovalRequested):
    """Another account waits for two people."""

    wire = "suppliers.approval_requested.v1"
    account: Account
    requested_by: str
    asked: int
    summary: str


class AccountConfirmed(Event):
    """Two people have confirmed the account."""

    wire = "suppliers.account_confirmed.v1"
    account: Account
    asked: int = 0
    """The number of the request that this answers."""
    people: tuple[str, ...]
    summary: str


class AccountRefused(Event):
    """People said no, or nothing in time; the account stays as it was."""

    wire = "suppliers.account_refused.v1"
    account: Account
    asked: int = 0
    """The number of the request that this answers."""
    people: tuple[str, ...]
    reason: str
    summary: str


class SupplierBlocked(Event):
    """Nothing of this supplier goes on, and nothing of it that is in no file yet is paid."""

    wire = "suppliers.blocked.v1"
    reason: str
    blocks: int = 0
    """Its number among the supplier's blocks, from 1."""
    summary: str


class SupplierUnblocked(Event):
    """The supplier's invoices and payments go on again."""

    wire = "suppliers.unblocked.v1"
    blocks: int = 0
    """The number of the block that this ends."""
    summary: str


class _Answered(Event, InvoiceData):
    supplier_ref: str
    supplier_status: Standing
    account_status: AccountStanding
    hold: str | None = None
    summary: str


class InvoiceVetted(_Answered):
    """The invoice may go on."""

    wire = "suppliers.vetted.v1"


class InvoiceHeld(_Answered):
    """The invoice waits; `hold` says why."""

    wire = "suppliers.held.v1"


class HeldReviewed(Event):
    """Some of what waited was looked at again."""

    wire = "suppliers.reviewed.v1"
    released: int
    kept: int
    last: bool
    summary: str


EVENTS: tuple[type[Event], ...] = (
    SupplierOpened,
    SupplierRegistered,
    AccountClaimed,
    AccountApprovalRequested,
    AccountConfirmed,
    AccountRefused,
    SupplierBlocked,
    SupplierUnblocked,
    InvoiceVetted,
    InvoiceHeld,
    HeldReviewed,
)
