"""The rules of an approval: who may decide, how many must, and when silence means no."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from finnest.asking import Ask, approval_id
from finnest.errors import Denied, Invalid, Missing, Stale
from finnest.records import Command, Event, Record
from finnest.turn import Decider, Message, Tick, Turn

REASON_CHARS = 500


class OpenApproval(Command):
    """Ask people."""

    wire = "approvals.open.v1"
    ask: Ask

    def address(self) -> str:
        """Return the id that the exact request has: the same request is the same approval."""
        return approval_id(self.ask.feature, self.ask.thing, self.ask.args_hash)


class DecideApproval(Command):
    """One person's decision about exactly what they saw."""

    wire = "approvals.decide.v1"
    decision: Literal["approve", "reject"]
    args_hash: str
    reason: str = ""
    roles: tuple[str, ...] = ()


class WithdrawApproval(Command):
    """Who asked does not want an answer any more."""

    wire = "approvals.withdraw.v1"
    feature: str
    thing: str
    args_hash: str
    reason: str

    def address(self) -> str:
        """Return the id of the approval of this request."""
        return approval_id(self.feature, self.thing, self.args_hash)


class ApprovalOpened(Event):
    """People are asked."""

    wire = "approvals.opened.v1"
    ask: Ask


class DecisionMade(Event):
    """One person decided."""

    wire = "approvals.decided.v1"
    user: str
    decision: Literal["approve", "reject"]
    reason: str
    at: datetime


class _Settled(Event):
    """The request has its answer."""

    approval_id: str
    feature: str
    thing: str
    action: str
    args_hash: str
    verdict: Literal["approved", "rejected", "expired"]
    people: tuple[str, ...] = ()
    reason: str = ""


class Approved(_Settled):
    """Enough people approved."""

    wire = "approvals.approved.v1"


class Rejected(_Settled):
    """Somebody rejected."""

    wire = "approvals.rejected.v1"


class Expired(_Settled):
    """Nobody decided in time; that is a no."""

    wire = "approvals.expired.v1"


class Withdrawn(Event):
    """The question is void; perhaps it was never opened."""

    wire = "approvals.withdrawn.v1"
    reason: str


class Decision(Record):
    """What one person said."""

    user: str
    decision: Literal["approve", "reject"]
    reason: str
    at: datetime


class Approval(Record):
    """A request and what people have said so far."""

    ask: Ask | None = None
    state: Literal["", "open", "approved", "rejected", "expired", "withdrawn"] = ""
    decisions: tuple[Decision, ...] = ()


class Approvals(Decider[Approval]):
    """Decides approvals."""

    kind = "apr"
    schema = 1
    newborn = Approval()
    commands: Sequence[type[Command]] = (OpenApproval, DecideApproval, WithdrawApproval)
    events: Sequence[type[Event]] = (ApprovalOpened, DecisionMade, Approved, Rejected, Expired, Withdrawn)

    def decide(self, state: Approval, command: Command, message: Message) -> Turn:
        match command:
            case OpenApproval():
                return _open(state, command)
            case DecideApproval():
                return _decide(state, command, message)
            case WithdrawApproval():
                return _withdraw(state, command)
            case Tick() if state.ask and state.state == "open":
                expired = _settled(Expired, state.ask, "expired", (), "nobody decided in time")
                return Turn([expired], wake_at=None)
            case _:
                return Turn()

    def evolve(self, state: Approval, event: Event) -> Approval:
        match event:
            case ApprovalOpened():
                return Approval(ask=event.ask, state="open")
            case DecisionMade():
                decision = Decision.model_validate(event.model_dump())
                return state.model_copy(update={"decisions": (*state.decisions, decision)})
            case Withdrawn():
                return state.model_copy(update={"state": "withdrawn"})
            case _Settled():
                return state.model_copy(update={"state": event.verdict})
            case _:
                return state


def _open(state: Approval, command: OpenApproval) -> Turn:
    if state.state:
        return Turn(reply={"state": state.state})
    if not command.ask.is_exact():
        raise Invalid("hash-mismatch", "the hash is not that of the action and its arguments")
    if command.ask.needs.people < 1:
        raise Invalid("no-people", "an approval needs at least one person")
    return Turn([ApprovalOpened(ask=command.ask)], {"state": "open"}, wake_at=command.ask.expires_at)


def _withdraw(state: Approval, command: WithdrawApproval) -> Turn:
    """Close an open request; one that is withdrawn before it arrives is never opened."""
    if state.state not in ("", "open"):
        return Turn(reply={"state": state.state})
    withdrawn = Withdrawn(reason=command.reason[:REASON_CHARS])
    return Turn([withdrawn], {"state": "withdrawn"}, wake_at=None)


def _decide(state: Approval, command: DecideApproval, message: Message) -> Turn:
    ask = _may_decide(state, command, message)
    made = DecisionMade(
        user=message.by,
        decision=command.decision,
        reason=command.reason[:REASON_CHARS],
        at=message.at,
    )
    if command.decision == "reject":
        reason = command.reason or "rejected"
        rejected = _settled(Rejected, ask, "rejected", (message.by,), reason)
        return Turn([made, rejected], {"state": "rejected"}, wake_at=None)
    people = (*(d.user for d in state.decisions), message.by)
    if len(people) < ask.needs.people:
        return Turn([made], {"state": "open", "still_needed": ask.needs.people - len(people)})
    approved = _settled(Approved, ask, "approved", people, command.reason)
    return Turn([made, approved], {"state": "approved"}, wake_at=None)


def _may_decide(state: Approval, command: DecideApproval, message: Message) -> Ask:
    """Return what is asked when this person may answer it now.

    Raises:
        Missing, Stale, Denied: They may not; the detail says why.
    """
    ask = state.ask
    if ask is None:
        raise Missing("no-such-approval", "there is no such approval")
    if state.state != "open":
        raise Stale("already-decided", f"this is {state.state} already")
    if message.at >= ask.expires_at:
        raise Stale("expired", "the time to decide has passed")
    if command.args_hash != ask.args_hash:
        raise Stale("other-action", "the hash is of another action: read the approval again")
    if message.by == ask.requested_by or message.by in ask.excluded:
        raise Denied("own-request", "nobody decides about their own request")
    if ask.needs.role not in command.roles:
        raise Denied("role-needed", f"this needs the role {ask.needs.role}")
    if message.by in {d.user for d in state.decisions}:
        raise Stale("already-decided-by-you", "you have decided; another person is needed")
    return ask


def _settled(
    kind: type[_Settled],
    ask: Ask,
    verdict: Literal["approved", "rejected", "expired"],
    people: tuple[str, ...],
    reason: str,
) -> _Settled:
    return kind(
        approval_id=approval_id(ask.feature, ask.thing, ask.args_hash),
        feature=ask.feature,
        thing=ask.thing,
        action=ask.action,
        args_hash=ask.args_hash,
        verdict=verdict,
        people=people,
        reason=reason[:REASON_CHARS],
    )
