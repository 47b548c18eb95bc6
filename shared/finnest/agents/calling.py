"""Calling a feature as the user that an agent works for."""

from __future__ import annotations

from finnest.agents.state import Run
from finnest.context import HEADER, REQUEST_HEADER, TRACE, Caller, sign
from finnest.feature import Kit
from finnest.ports import EffectCall


def as_user(kit: Kit, user: Caller, request: str) -> dict[str, str]:
    """Return the headers of a JSON request by the user; `request` names it, and a repeat has the same name."""
    return {
        "content-type": "application/json",
        "traceparent": TRACE.get(),
        HEADER: sign(user, kit.context_key, kit.clock.now()),
        REQUEST_HEADER: request,
    }


def user_of(call: EffectCall, run: Run) -> Caller:
    """Return the user of a run, for whom its agent acts."""
    return Caller(tenant=call.tenant, user=run.user, roles=run.roles, agent=run.agent)
