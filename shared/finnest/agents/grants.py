"""Grants: the proof that one exact use of a tool was allowed by the guard, or decided by a person."""

from __future__ import annotations

from typing import Any

from finnest.agents.guard import Asked, Guard
from finnest.agents.tools import EffectKind
from finnest.asking import action_hash
from finnest.context import Caller, seal, unseal
from finnest.errors import Denied
from finnest.feature import Kit
from finnest.records import Record

LIFETIME_S = 60


class Granted(Record):
    """What a grant says of the run that uses a tool."""

    tainted: bool = False
    """Whether it has read text from outside."""
    run: str = ""


def grant(
    kit: Kit,
    user: Caller,
    tool: str,
    args: dict[str, Any],
    *,
    decided: bool,
    tainted: bool = False,
    run: str = "",
) -> str:
    """Return the proof; `decided` when a person said yes to exactly this, `run` is what uses it."""
    body = {
        "tenant": user.tenant,
        "user": user.user,
        "exact": action_hash(tool, args, ""),
        "decided": decided,
        "tainted": tainted,
        "run": run,
    }
    return seal(body, kit.context_key, kit.clock.now(), LIFETIME_S)


def check(
    kit: Kit, guard: Guard, who: Caller, tool: str, effect: EffectKind, args: dict[str, Any], token: str
) -> Granted:
    """Return what is known of a use of one of the feature's own tools.

    A person who uses a tool directly decides by doing so; what others must approve goes through an agent.

    Raises:
        Denied: The caller may not use the tool in exactly this way now.
    """
    name = f"{kit.manifest.name}.{tool}"
    asked = Asked(
        tenant=who.tenant,
        agent=who.agent or "person",
        roles=who.roles,
        tool=name,
        effect=effect,
        args=args,
    )
    judgement = guard.judge(asked)
    if judgement.verdict == "deny":
        raise Denied("guarded", f"not allowed: {judgement.why}")
    if not who.agent:
        if judgement.verdict == "ask":
            raise Denied("guarded", f"others must approve this: {judgement.why}")
        return Granted()
    body = unseal(token, kit.context_key, kit.clock.now())
    same = (body["tenant"], body["user"]) == (who.tenant, who.user)
    if not same or body["exact"] != action_hash(name, args, ""):
        raise Denied("no-grant", "this is not the use that was allowed")
    if judgement.verdict != "allow" and not body["decided"]:
        raise Denied("not-decided", f"a person must decide this first: {judgement.why}")
    # One sealed by an older process says nothing of the run.
    return Granted(tainted=bool(body["tainted"]), run=str(body.get("run", "")))
