"""What people do with a supplier: vouch for it, change its account (two others agree), block it."""

from __future__ import annotations

from datetime import timedelta

from finnest.asking import Ask, Needs, action_hash
from finnest.errors import Invalid, Stale
from finnest.records import Event
from finnest.turn import Message, Turn
from services.suppliers.agent.vetting import reviewing
from services.suppliers.domain.account import Account
from services.suppliers.domain.commands import (
    FEATURE,
    BlockSupplier,
    KnowSupplier,
    RegisterSupplier,
    SettleChange,
)
from services.suppliers.domain.events import (
    AccountApprovalRequested,
    AccountConfirmed,
    AccountRefused,
    SupplierBlocked,
    SupplierOpened,
    SupplierRegistered,
    SupplierUnblocked,
)
from services.suppliers.domain.supplier import Supplier, evolve

ACTION = "change_bank_account"
POLICY = "two-people-v1"
"""Names the rule that people are asked by; part of what they approve."""
PEOPLE = 2
EXPIRES = timedelta(days=14)


def register(state: Supplier, command: RegisterSupplier, message: Message) -> Turn:
    events: list[Event] = []
    if not state.standing:
        opened = SupplierOpened(
            identity=command.identity,
            name=command.name,
            standing="known",
            summary=f"{message.by} adds {command.name}.",
        )
        events.append(opened)
    elif state.standing == "unverified":
        vouched = SupplierRegistered(name=command.name, summary=f"{message.by} vouches for {command.name}.")
        events.append(vouched)
    created = not state.standing
    for event in events:
        state = evolve(state, event)
    if command.account is None:
        return Turn(events, {"status": state.status, "created": created})
    changed = change(state, command.account, message)
    return Turn([*events, *changed.events], {**changed.reply, "created": created})


def know(state: Supplier, command: KnowSupplier) -> Turn:
    """Know a supplier because something is ordered from it; what is known more of it stays."""
    name = state.name or command.name or command.supplier
    summary = f"{name} is known: order {command.number} is for it."
    if not state.standing:
        opened = SupplierOpened(identity=command.identity, name=name, standing="known", summary=summary)
        return Turn([opened], {"status": "known"})
    if state.standing != "unverified":
        return Turn(reply={"status": state.status})
    return Turn([SupplierRegistered(name=name, summary=summary)], {"status": "known"})


def change(state: Supplier, account: Account, message: Message) -> Turn:
    if state.pending:
        if state.pending.account.key != account.key:
            raise Stale("change-pending", "another account waits for two people already; settle that first")
        return Turn(reply={"status": state.status, "approval_id": state.pending.approval_id})
    if state.confirmed and state.confirmed.key == account.key:
        return Turn(reply={"status": state.status})
    requested = _requested(state, account, message)
    after = evolve(state, requested)
    held = {"approval_id": after.pending.approval_id} if after.pending else {}
    return Turn([requested], {"status": state.status, **held})


def _requested(state: Supplier, account: Account, message: Message) -> AccountApprovalRequested:
    """Return the request to people about exactly this change; who wants it does not decide about it."""
    asked = state.asked + 1
    old = state.confirmed
    args = {
        "supplier_ref": message.thing,
        "supplier": state.name,
        "identity": state.identity,
        "bsb": account.bsb,
        "account": account.account,
        "account_name": account.name,
        "confirmed_account": str(old) if old else "",
        "claimed_account": str(state.claimed) if state.claimed else "",
        "asked": asked,
    }
    why = f"{message.by} wants {state.name} to be paid to {account}"
    why += f" instead of {old}." if old else "; no account was confirmed before."
    ask = Ask(
        feature=FEATURE,
        thing=message.thing,
        action=ACTION,
        args=args,
        policy=POLICY,
        args_hash=action_hash(ACTION, args, POLICY),
        why=why,
        risk="high",
        requested_by=message.by,
        excluded=(message.by,),
        needs=Needs(people=PEOPLE),
        expires_at=message.at + EXPIRES,
    )
    return AccountApprovalRequested(
        ask=ask, account=account, requested_by=message.by, asked=asked, summary=why
    )


def settle(state: Supplier, command: SettleChange) -> Turn:
    change = state.pending
    if change is None or command.args_hash != change.args_hash:
        return Turn()
    if command.verdict != "approved":
        refused = AccountRefused(
            account=change.account,
            asked=state.asked,
            people=command.people,
            reason=command.reason or command.verdict,
            summary=f"The account {change.account} was {command.verdict}: {command.reason or 'no reason'}.",
        )
        return reviewing(state, [refused])
    if len(set(command.people) - {change.requested_by}) < PEOPLE:
        raise Invalid("too-few-people", f"a change of account needs {PEOPLE} people who did not request it")
    confirmed = AccountConfirmed(
        account=change.account,
        asked=state.asked,
        people=command.people,
        summary=f"The account {change.account} is confirmed by {' and '.join(command.people)}.",
    )
    return reviewing(state, [confirmed])


def block(state: Supplier, command: BlockSupplier, message: Message) -> Turn:
    if state.blocked:
        return Turn(reply={"status": state.status})
    blocked = SupplierBlocked(
        reason=command.reason,
        blocks=state.blocks + 1,
        summary=f"{message.by} blocks it: {command.reason}",
    )
    return Turn([blocked], {"status": "blocked"})


def unblock(state: Supplier, message: Message) -> Turn:
    if not state.blocked:
        return Turn(reply={"status": state.status})
    unblocked = SupplierUnblocked(blocks=state.blocks, summary=f"{message.by} lets it go on.")
    return reviewing(state, [unblocked], {"status": evolve(state, unblocked).status})
