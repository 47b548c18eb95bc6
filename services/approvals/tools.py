"""What agents can do with approvals: list what waits, and decide for the person who asked them to."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal

from finnest.agents.tools import Money, ToolContext, ToolResult, slot, tool
from finnest.errors import FinnestError, Later, Missing
from services.approvals.domain import Approval, DecideApproval
from services.approvals.views import page

AT_MOST = 100
SHOWN = 10
CLOSE = 0.8
"""Likeness from which a word of a name is taken to be meant."""
_WORD = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*")
_FORMS = frozenset(["pty", "ltd", "limited", "co", "the", "and"])

Ids = Annotated[list[str], slot("the approvals", lookup="approvals.find_waiting", gives="id")]
Reason = Annotated[str, slot("text")]


@tool(
    effect="read",
    outside=True,
    says=(
        "waiting for me",
        "waits for approval",
        "to approve",
        "need approval",
        "my inbox",
        "open approvals",
        "to decide",
        "to sign off",
        "left to approve",
        "pending approvals",
        "waiting for approval",
    ),
)
async def find_waiting(
    ctx: ToolContext,
    about: Annotated[str | None, slot("about")] = None,
    max_amount: Annotated[Money | None, slot("money", bound="max")] = None,
    min_amount: Annotated[Money | None, slot("money", bound="min")] = None,
) -> ToolResult:
    """List what waits for a person's approval, by whom or what it is about and by amount."""
    rows = await ctx.kit.views.read(page(ctx.who.tenant, "open", None, AT_MOST))
    items = [_item(row["id"], row["ask"]) for row in rows]
    items = chosen(items, about, min_amount, max_amount)
    if not items:
        limits = [f"for {about}" if about else ""]
        limits += [f"up to {max_amount}" if max_amount else "", f"from {min_amount}" if min_amount else ""]
        words = " ".join(one for one in ("Nothing", *limits, "waits for approval.") if one)
        return ToolResult(summary=words, content={"items": []})
    lines = [f"{one['why']}" for one in items[:SHOWN]]
    count = "One request waits" if len(items) == 1 else f"{len(items)} requests wait"
    summary = f"{count} for approval{_total(items)}:\n" + "\n".join(lines)
    return ToolResult(summary=summary, content={"items": items[:AT_MOST]})


async def _approve_preview(ctx: ToolContext, ids: list[str], reason: str = "") -> ToolResult:
    return await _preview(ctx, ids, "approve")


async def _reject_preview(ctx: ToolContext, ids: list[str], reason: str = "") -> ToolResult:
    return await _preview(ctx, ids, "reject")


@tool(effect="write", says=("approve", "authorise", "authorize", "sign off"), preview=_approve_preview)
async def approve_requests(ctx: ToolContext, ids: Ids, reason: Reason = "") -> ToolResult:
    """Approve requests that wait, as the person who asks for it."""
    return await _decide(ctx, ids, "approve", reason)


@tool(effect="write", says=("reject", "decline", "refuse", "deny", "turn down"), preview=_reject_preview)
async def reject_requests(ctx: ToolContext, ids: Ids, reason: Reason = "") -> ToolResult:
    """Reject requests that wait, as the person who asks for it."""
    return await _decide(ctx, ids, "reject", reason)


async def _preview(ctx: ToolContext, ids: Sequence[str], verb: str) -> ToolResult:
    known = await _known(ctx, ids)
    items = [_item(id, state.ask.wire_data()) for id, state in known if state.ask and state.state == "open"]
    if not items:
        raise Missing("nothing-open", "None of these waits any more.")
    lines = "\n".join(str(one["why"]) for one in items[:SHOWN])
    count = f"{len(items)} request{'s' if len(items) > 1 else ''}"
    return ToolResult(summary=f"I will {verb} {count}{_total(items)}:\n{lines}")


async def _decide(
    ctx: ToolContext, ids: Sequence[str], decision: Literal["approve", "reject"], reason: str
) -> ToolResult:
    done: list[dict[str, Any]] = []
    refused: list[str] = []
    # Also those that are decided by now: it may have been this very use, before a crash.
    for id, state in await _known(ctx, ids):
        if state.ask is None:
            continue
        command = DecideApproval(
            decision=decision, args_hash=state.ask.args_hash, reason=reason, roles=ctx.who.roles
        )
        try:
            await ctx.kit.commands.send(id, command, ctx.who, request=f"{ctx.key}/{id}")
        except Later:
            raise
        except FinnestError as no:
            refused.append(f"{state.ask.why}: {no.detail}")
        else:
            done.append(_item(id, state.ask.wire_data()))
    verb = {"approve": "Approved", "reject": "Rejected"}[decision]
    told = [f"{verb} {len(done)}{_total(done)}."] if done else []
    told += [f"Not possible: {text}." for text in refused]
    return ToolResult(
        summary=" ".join(told) or "None of these waits any more.",
        content={"done": [one["id"] for one in done]},
    )


async def _known(ctx: ToolContext, ids: Sequence[str]) -> list[tuple[str, Approval]]:
    found: list[tuple[str, Approval]] = []
    for id in ids[:AT_MOST]:
        state, _ = await ctx.kit.streams.state(ctx.who.tenant, id)
        if isinstance(state, Approval):
            found.append((id, state))
    return found


def _item(id: str, ask: dict[str, Any]) -> dict[str, Any]:
    args = ask["args"]
    cents = next((v for k, v in args.items() if k.endswith("_cents") and isinstance(v, int)), None)
    return {
        "id": id,
        "action": ask["action"],
        "why": ask["why"],
        "amount_cents": cents,
        "about": json.dumps(args, ensure_ascii=False),
    }


def chosen(
    items: Sequence[dict[str, Any]], about: str | None, least: str | None, most: str | None
) -> list[dict[str, Any]]:
    """Return the requests within the bounds that are about a name or number; misspelt only when none is exactly."""
    within = [one for one in items if _is_within(one["amount_cents"], least, most)]
    if about is None:
        return within
    said = _words(about)
    spelt = [one for one in within if f" {' '.join(said)} " in f" {' '.join(_words(_text(one)))} "]
    return spelt or [one for one in within if all(_is_like(word, set(_words(_text(one)))) for word in said)]


def _is_within(cents: int | None, least: str | None, most: str | None) -> bool:
    if cents is None:
        return least is None and most is None
    return (least is None or cents >= Decimal(least) * 100) and (most is None or cents <= Decimal(most) * 100)


def _text(item: dict[str, Any]) -> str:
    return f"{item['about']} {item['why']}"


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in _FORMS]


def _is_like(word: str, there: set[str]) -> bool:
    if word in there or any(c.isdigit() for c in word):
        return word in there
    return any(SequenceMatcher(None, word, one).ratio() >= CLOSE for one in there)


def _total(items: Sequence[dict[str, Any]]) -> str:
    cents = [one["amount_cents"] for one in items if one["amount_cents"] is not None]
    return f", total ${sum(cents) / 100:,.2f}" if cents else ""


TOOLS = (find_waiting, approve_requests, reject_requests)
