"""The decider of matches: the matcher's own life of an invoice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from finnest.errors import Denied, Missing
from finnest.records import Command, Event
from finnest.turn import Decider, EffectFailed, Message, Start, Tick, Turn
from services.matching.agent import match_steps as steps
from services.matching.agent.match_life import ended, evolve, excepted, looking, matched
from services.matching.documents.identity import order_number
from services.matching.domain.delivery import LookAgain
from services.matching.domain.findings import KEPT, found
from services.matching.domain.match import MatchState
from services.matching.domain.match_messages import (
    COMMANDS,
    EVENTS,
    AcceptMatch,
    InvoiceAccepted,
    InvoiceReplaced,
    InvoiceWaiting,
    MatchInvoice,
    MatchLooked,
    MatchPlanned,
    MatchTaken,
    QuantitiesAsked,
    QuantitiesConfirmed,
    QuantitiesReturned,
    RejectMatch,
    ReplaceMatch,
)
from services.matching.domain.policy import Policies

_Rule = Callable[[MatchState, Any, Message], Turn]


class Matches(Decider[MatchState]):
    """Decides matches."""

    kind = "mat"
    schema = 1
    newborn = MatchState()
    commands: Sequence[type[Command]] = (*COMMANDS, LookAgain)
    events: Sequence[type[Event]] = EVENTS

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._rules: Mapping[type[Command], _Rule] = {
            MatchLooked: self._looked,
            QuantitiesAsked: steps.asked,
            QuantitiesConfirmed: steps.confirmed,
            QuantitiesReturned: steps.returned,
            LookAgain: steps.look,
            Tick: steps.look,
            AcceptMatch: self._accept,
            RejectMatch: steps.reject,
            ReplaceMatch: steps.replace,
            EffectFailed: steps.failed,
        }

    def decide(self, state: MatchState, command: Command, message: Message) -> Turn:
        if isinstance(command, MatchInvoice):
            return self._take(state, command, message)
        if not state.status:
            raise Missing("no-such-match", "this invoice has not come here")
        rule = self._rules.get(type(command))
        return rule(state, command, message) if rule else Turn()

    def evolve(self, state: MatchState, event: Event) -> MatchState:
        return evolve(state, event)

    def _take(self, state: MatchState, command: MatchInvoice, message: Message) -> Turn:
        if state.status:
            return Turn(reply={"status": state.status})
        data = command.as_it_came()
        named = order_number(command.order_reference or "", command.number or "") or command.line_orders
        if not named and command.kind == "invoice":
            begun = MatchState(data=data)
            if self._policies.of(message.tenant).without_order == "pass":
                return Turn([matched(begun, "It names no order, so there is nothing to compare.")])
        taken = MatchTaken(data=data)
        return Turn([taken], {"status": "looking"}, [looking(evolve(state, taken))])

    def _looked(self, state: MatchState, command: MatchLooked, message: Message) -> Turn:
        if state.status != "looking":
            return Turn()
        clear = command.verdict in ("clear", "cancelled")
        if state.again and not clear:
            return steps.again(state)
        if command.verdict == "cancelled":
            reason = f"Cancels invoice {command.by}, which was never matched."
            return ended(state, InvoiceReplaced, by=command.by, reason=reason)
        if command.verdict == "no_order":
            return self._without_order(state, message)
        facts: dict[str, Any] = {
            "report": command.report,
            "orders": command.orders,
            "findings": command.findings[:KEPT],
        }
        if command.verdict == "clear":
            if not command.streams:
                seen = state.model_copy(update={"findings": command.findings})
                return Turn([matched(seen, "Matches its order.", command.orders)], wake_at=None)
            planned = MatchPlanned(streams=command.streams, **facts)
            reserve = Start(effect="reserve", args={"report": command.report})
            return Turn([planned], starts=[reserve], wake_at=None)
        wake_at = message.at + steps.POLL if command.poll else None
        if command.verdict == "blocks":
            return Turn([excepted(state, **facts)], wake_at=wake_at)
        summary = " ".join(f.sentence for f in command.findings if f.weight == "waits")[:300]
        waiting = InvoiceWaiting(invoice_id=state.data["invoice_id"], summary=summary, **facts)
        return Turn([waiting], wake_at=wake_at)

    def _without_order(self, state: MatchState, message: Message) -> Turn:
        policy = self._policies.of(message.tenant)
        if policy.without_order == "pass" or state.accepted:
            return Turn([matched(state, "It names no order, so there is nothing to compare.")])
        named = str(state.data.get("order_reference") or "none")
        sentence = "It names no order; here every invoice has one."
        none = found("ORDER-NONE", sentence, theirs=named, ours="an order", owners=policy.owners)
        return Turn([excepted(state, findings=(none,))], wake_at=None)

    def _accept(self, state: MatchState, command: AcceptMatch, message: Message) -> Turn:
        role = self._policies.of(message.tenant).accept_role
        if role not in command.roles:
            raise Denied("role-needed", f"this needs the role {role}")
        steps.must_be_open(state)
        if message.by == state.data.get("submitted_by") and not state.data.get("intake"):
            raise Denied("own-request", "nobody accepts what they sent in")
        accepted = InvoiceAccepted(
            invoice_id=state.data["invoice_id"],
            by=message.by,
            reason=command.reason,
            summary=f"{message.by} accepts it as it is: {command.reason}",
        )
        after = evolve(state, accepted)
        return Turn([accepted], {"status": "accepted"}, [looking(after)], wake_at=None)
