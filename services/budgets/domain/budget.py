"""The rules of a budget: spent and reserved never exceed a limit, on any level, whatever comes at once.

One stream per tenant holds all levels, so a reservation over several of them is one turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from finnest.errors import Denied, Invalid
from finnest.records import Command, Event, Record
from finnest.turn import Decider, Message, Turn
from services.budgets.domain.messages import (
    Held,
    Limit,
    LimitSet,
    MonthBegun,
    Released,
    Reserve,
    Reserved,
    SetLimit,
    Settle,
    Settled,
    Used,
    Warned,
)

THING = "bud-all"
SCOPE = re.compile(r"(?:tenant|(?:feature|agent|user|thread)\.[A-Za-z0-9_@.-]{1,60})")
HELD_FOR = timedelta(minutes=15)
"""A reservation that nobody settles is free again after this time."""
WARN_AT = 0.8
LIMITS_AT_MOST, HELD_AT_MOST = 32, 20
"""All of it fits into one snapshot, with the longest names."""
SCOPES_AT_MOST, SCOPE_CHARS = 8, 80


class Budget(Record):
    """All levels of a tenant; only those with a limit, and the tenant, are counted."""

    month: str = ""
    limits: dict[str, Limit] = {}
    used: dict[str, Used] = {}
    held: dict[str, Held] = {}
    warned: tuple[str, ...] = ()

    def reserved(self, scope: str) -> Used:
        """Return what is put aside on a level."""
        mine = [held for held in self.held.values() if scope in held.scopes]
        return Used(tokens=sum(one.tokens for one in mine), micros=sum(one.micros for one in mine))


class Budgets(Decider[Budget]):
    """Keeps the budgets of tenants."""

    kind = "bud"
    schema = 1
    newborn = Budget()
    commands: Sequence[type[Command]] = (SetLimit, Reserve, Settle)
    events: Sequence[type[Event]] = (LimitSet, Reserved, Settled, Released, MonthBegun, Warned)

    def decide(self, state: Budget, command: Command, message: Message) -> Turn:
        match command:
            case SetLimit():
                return _set(state, command)
            case Reserve():
                return self._reserve(state, command, message)
            case Settle() if command.key in state.held:
                if command.tokens < 0 or command.micros < 0:
                    raise Invalid("bad-amount", "an amount is not negative")
                settled = Settled(key=command.key, tokens=command.tokens, micros=command.micros)
                return Turn([settled, *_warnings(self.evolve(state, settled))])
            case _:
                return Turn()

    def evolve(self, state: Budget, event: Event) -> Budget:
        match event:
            case LimitSet():
                return state.model_copy(update={"limits": {**state.limits, event.scope: event.limit}})
            case Reserved():
                return state.model_copy(update={"held": {**state.held, event.key: event.held}})
            case Settled():
                return _spent(state, event)
            case Released():
                held = {key: one for key, one in state.held.items() if key not in event.keys}
                return state.model_copy(update={"held": held})
            case MonthBegun():
                return state.model_copy(update={"month": event.month, "used": {}, "warned": ()})
            case Warned():
                return state.model_copy(update={"warned": (*state.warned, event.scope)})
            case _:
                return state

    def _reserve(self, state: Budget, command: Reserve, message: Message) -> Turn:
        if command.key in state.held:
            return Turn(reply={"reserved": True})
        bounded = len(command.scopes) <= SCOPES_AT_MOST and max(map(len, command.scopes)) <= SCOPE_CHARS
        if command.tokens < 0 or command.micros < 0 or not bounded:
            raise Invalid("bad-reservation", "a reservation has few levels and no negative amount")
        events: list[Event] = []
        if (month := f"{message.at:%Y-%m}") != state.month:
            events.append(MonthBegun(month=month))
        stale = tuple(key for key, one in state.held.items() if one.until <= message.at)
        if stale:
            events.append(Released(keys=stale))
        after = state
        for event in events:
            after = self.evolve(after, event)
        if len(after.held) >= HELD_AT_MOST:
            return Turn(events, {"reserved": False})
        for scope in command.scopes:
            _check(after, scope, command)
        until = message.at + HELD_FOR
        held = Held(scopes=command.scopes, tokens=command.tokens, micros=command.micros, until=until)
        return Turn([*events, Reserved(key=command.key, held=held)], {"reserved": True})


def stopped(state: Budget, scopes: Iterable[str]) -> str | None:
    """Return the first of these levels on which nothing may run."""
    return next((one for one in scopes if (limit := state.limits.get(one)) and limit.stopped), None)


def _set(state: Budget, command: SetLimit) -> Turn:
    if not SCOPE.fullmatch(command.scope):
        raise Invalid(
            "bad-scope", "a level is `tenant`, or `feature.`, `agent.`, `user.`, `thread.` and a name"
        )
    if command.scope not in state.limits and len(state.limits) >= LIMITS_AT_MOST:
        raise Invalid("too-many-limits", f"at most {LIMITS_AT_MOST} levels have a limit of their own")
    return Turn([LimitSet(scope=command.scope, limit=command.limit)], {"scope": command.scope})


def _check(state: Budget, scope: str, command: Reserve) -> None:
    limit = state.limits.get(scope)
    if limit is None:
        return
    if limit.stopped:
        raise Denied("stopped", f"{scope} is stopped by an admin")
    used, reserved = state.used.get(scope, Used()), state.reserved(scope)
    if limit.tokens is not None and used.tokens + reserved.tokens + command.tokens > limit.tokens:
        raise Denied("over-budget", f"{scope} has no {command.tokens} tokens left this month")
    if limit.micros is not None and used.micros + reserved.micros + command.micros > limit.micros:
        raise Denied(
            "over-budget", f"{scope} has no {command.micros / 1_000_000:.2f} US dollars left this month"
        )


def _spent(state: Budget, event: Settled) -> Budget:
    held = state.held[event.key]
    used = dict(state.used)
    for scope in held.scopes:
        if scope == "tenant" or scope in state.limits:
            before = used.get(scope, Used())
            used[scope] = Used(tokens=before.tokens + event.tokens, micros=before.micros + event.micros)
    rest = {key: one for key, one in state.held.items() if key != event.key}
    return state.model_copy(update={"used": used, "held": rest})


def _warnings(state: Budget) -> list[Warned]:
    return [
        Warned(scope=scope, summary=f"{scope} has used {share:.0%} of its limit for {state.month}")
        for scope, limit in state.limits.items()
        if scope not in state.warned and (share := _share(state.used, scope, limit)) >= WARN_AT
    ]


def _share(used: Mapping[str, Used], scope: str, limit: Limit) -> float:
    mine = used.get(scope, Used())
    tokens = mine.tokens / limit.tokens if limit.tokens else 0.0
    return max(tokens, mine.micros / limit.micros if limit.micros else 0.0)
