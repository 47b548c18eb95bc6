"""The steps of a match that need no policy: each a pure rule of the matcher."""

from __future__ import annotations

from datetime import timedelta

from finnest.errors import NotYet, Stale
from finnest.records import Command
from finnest.turn import EffectFailed, Message, Start, Turn
from services.matching.agent.match_life import ended, evolve, excepted, looking, matched
from services.matching.domain.findings import found
from services.matching.domain.match import MatchState
from services.matching.domain.match_messages import (
    InvoiceRejected,
    InvoiceReplaced,
    MatchGranted,
    MatchLooksAgain,
    MatchRefused,
    QuantitiesAsked,
    QuantitiesConfirmed,
    QuantitiesReturned,
    RejectMatch,
    ReplaceMatch,
)

POLL = timedelta(minutes=2)
ATTEMPTS = 25
"""How often others may be faster before a person looks."""
OPEN = ("waiting", "exception")


def asked(state: MatchState, command: QuantitiesAsked, message: Message) -> Turn:
    """The orders have answered."""
    if state.status != "reserving":
        return Turn()
    several = len(state.streams) > 1
    if command.granted and not several:
        return Turn([matched(state, "Matches its order.")])
    if command.granted:
        return Turn([MatchGranted()], starts=[Start(effect="confirm", args={"report": state.report})])
    if several:
        return Turn([MatchRefused()], starts=[Start(effect="release", args={"report": state.report})])
    return faster(state)


def confirmed(state: MatchState, _: QuantitiesConfirmed, message: Message) -> Turn:
    """All orders count it."""
    return Turn([matched(state, "Matches its orders.")]) if state.status == "confirming" else Turn()


def returned(state: MatchState, _: QuantitiesReturned, message: Message) -> Turn:
    """All orders have forgotten it."""
    return faster(state) if state.status == "releasing" else Turn()


def faster(state: MatchState) -> Turn:
    """Others took what this was to have: look again at what is left."""
    if state.attempts < ATTEMPTS:
        return again(state)
    sentence = f"Other invoices were faster {ATTEMPTS} times."
    contended = found("CONTENDED", sentence, theirs=str(ATTEMPTS), ours="0")
    return Turn([excepted(state, findings=(contended,), orders=state.orders)])


def again(state: MatchState) -> Turn:
    """Look at the papers once more."""
    looks = MatchLooksAgain()
    return Turn([looks], starts=[looking(evolve(state, looks))], wake_at=None)


def look(state: MatchState, _: Command, message: Message) -> Turn:
    """Something that it waits for has changed, or its clock has run."""
    if state.status in OPEN:
        return again(state)
    if state.status == "looking" and not state.again:
        return Turn([MatchLooksAgain()])
    return Turn()


def reject(state: MatchState, command: RejectMatch, message: Message) -> Turn:
    """A person refuses it."""
    must_be_open(state)
    return ended(state, InvoiceRejected, by=message.by, reason=command.reason)


def replace(state: MatchState, command: ReplaceMatch, message: Message) -> Turn:
    """Another document takes its place, when it is still open."""
    if state.status in OPEN:
        reason = f"Replaced by {command.number}."
        return ended(state, InvoiceReplaced, by=command.by, reason=reason)
    if state.status in ("matched", "rejected", "replaced"):
        return Turn(reply={"status": state.status})
    raise NotYet("match-busy", "this invoice is being compared")


def failed(state: MatchState, command: EffectFailed, message: Message) -> Turn:
    """An effect broke; what was reserved is given back."""
    if command.effect == "confirm":
        return Turn([MatchGranted()], starts=[Start(effect="confirm", args=command.args)])
    if command.effect in ("reserve", "release"):
        return Turn([MatchRefused()], starts=[Start(effect="release", args=command.args)])
    sentence = f"The document could not be compared: {command.reason}."
    unread = found("DOCUMENT-UNREAD", sentence, theirs="unread", ours="none")
    return Turn([excepted(state, findings=(unread,))], wake_at=message.at + POLL)


def must_be_open(state: MatchState) -> None:
    """Raise `Stale` unless a person may decide."""
    if state.status not in OPEN:
        raise Stale("not-open", f"this match is {state.status}: there is nothing to decide")
