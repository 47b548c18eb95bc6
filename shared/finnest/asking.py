"""Asking people: the event any feature publishes when an action needs a person, and the answer it gets.

The request is bound to the exact action: a hash over its name, its arguments and the policy that asked.
Other arguments are another action and need another answer.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Literal

import rfc8785

from finnest.ids import derived
from finnest.records import Command, Event, Record


def action_hash(action: str, args: dict[str, Any], policy: str) -> str:
    """Return the SHA-256 in hexadecimal over the canonical JSON (RFC 8785) of the exact action."""
    exact = {"action": action, "args": args, "policy": policy}
    return hashlib.sha256(rfc8785.dumps(exact)).hexdigest()


def approval_id(feature: str, thing: str, args_hash: str) -> str:
    """Return the id of the approval that answers this request."""
    return derived("apr", feature, thing, args_hash)


class Needs(Record):
    """Whose answers are needed."""

    people: int = 1
    """How many different people must approve; one rejection is enough to reject."""
    role: str = "approver"


class Ask(Record):
    """A request for the decision of people about one exact action."""

    feature: str
    thing: str
    action: str
    args: dict[str, Any]
    policy: str = ""
    """Version of the policy that asked; part of the hash."""
    args_hash: str
    why: str
    risk: str
    requested_by: str
    excluded: tuple[str, ...] = ()
    """Users who may not decide: it is their own request."""
    needs: Needs = Needs()
    expires_at: datetime
    """When silence means no (UTC)."""

    def is_exact(self) -> bool:
        """Return whether the hash is that of this very action."""
        return self.args_hash == action_hash(self.action, self.args, self.policy)


class ApprovalRequested(Event):
    """Base of `<feature>.approval_requested.v1`: an action waits for people."""

    ask: Ask


class ApprovalWithdrawn(Event):
    """Base of `<feature>.approval_withdrawn.v1`: nobody needs to answer that request any more."""

    feature: str
    thing: str
    args_hash: str
    reason: str


class SettleApproval(Command):
    """Base of the command that a feature makes of `approvals.approved|rejected|expired.v1`."""

    feature: str
    thing: str
    approval_id: str
    args_hash: str
    verdict: Literal["approved", "rejected", "expired"]
    people: tuple[str, ...] = ()
    """Who decided."""
    reason: str = ""
