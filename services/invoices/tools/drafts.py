"""Drafts: show what stands on the paper, and correct what was read of it. A person confirms it, no agent does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import pydantic

from finnest.agents.tools import Money, ToolContext, ToolResult, slot, tool
from finnest.errors import Invalid, Unavailable
from services.invoices.api.drafts import draft_of
from services.invoices.documents.paper import READ, WHOLE, Paper, PaperLine, troubles
from services.invoices.domain.drafts import CorrectDraft, seen

TEXT_CHARS = 4_000

DraftRef = Annotated[str, slot("draft")]
"""The id of a draft: `drf-…`."""


@tool(
    effect="read",
    outside=True,
    says=("show draft", "the draft", "draft", "read from the pdf", "the pdf says"),
)
async def show_draft(ctx: ToolContext, draft: DraftRef) -> ToolResult:
    """Say what was read of an invoice that came as a PDF, what was not found, and the text of the paper."""
    state = await draft_of(ctx.kit, ctx.who, draft)
    text = (await ctx.kit.blobs.get(ctx.who.tenant, state.text_sha256)).decode()
    values = state.paper.model_dump(mode="json")
    told = "; ".join(
        f"{name.replace('_', ' ')} {values[name]}" for name in READ if values[name] and name != "lines"
    )
    open_ones = troubles(state.paper) if state.status == "open" else []
    lacks = f" Not an invoice yet: {'; '.join(open_ones)}." if open_ones else ""
    return ToolResult(
        summary=f"Draft {draft} is {state.status}: {told or 'nothing was read'}.{lacks}",
        content={"paper": values, "not_found": list(state.unread), "text": text[:TEXT_CHARS]},
    )


async def _preview(
    ctx: ToolContext,
    draft: str,
    **given: Any,
) -> ToolResult:
    state = await draft_of(ctx.kit, ctx.who, draft)
    after = _corrected(state.paper, given)
    before, now = state.paper.model_dump(mode="json"), after.model_dump(mode="json")
    changes = [f"{name.replace('_', ' ')} {now[name]}" for name in now if now[name] != before[name]]
    return ToolResult(summary=f"I will correct draft {draft}: {'; '.join(changes)}")


@tool(effect="write", preview=_preview)
async def correct_draft(
    ctx: ToolContext,
    draft: DraftRef,
    number: str | None = None,
    supplier: str | None = None,
    supplier_abn: str | None = None,
    buyer: str | None = None,
    buyer_abn: str | None = None,
    issue_date: date | None = None,
    due_date: date | None = None,
    order_reference: str | None = None,
    net: Money | None = None,
    gst: Money | None = None,
    total: Money | None = None,
    bsb: str | None = None,
    account: str | None = None,
) -> ToolResult:
    """Correct values of an open draft; those that are not given stay. It does not confirm it: a person does that."""
    state = await draft_of(ctx.kit, ctx.who, draft)
    given = {name: value for name, value in locals().items() if name not in ("ctx", "draft", "state")}
    command = CorrectDraft(seen=seen(state.paper), paper=_corrected(state.paper, given))
    outcome = await ctx.kit.commands.send(draft, command, ctx.who, request=ctx.key)
    if outcome is None:
        raise Unavailable("slow", "the outcome is not known yet")
    left = troubles(command.paper)
    return ToolResult(
        summary=f"Draft {draft} is corrected. " + ("; ".join(left) or "A person can confirm it.")
    )


def _corrected(paper: Paper, given: dict[str, Any]) -> Paper:
    """Return the values with those that are given.

    Raises:
        Invalid: One of them has the wrong shape, or nothing is given.
    """
    change = {name: value for name, value in given.items() if value is not None}
    for name in ("net", "gst", "total"):
        if name in change:
            change[f"{name}_cents"] = int(Decimal(change.pop(name)) * 100)
    if not change:
        raise Invalid("nothing", "say which values are to be corrected")
    for name in ("supplier_abn", "buyer_abn", "bsb", "account"):
        if name in change:
            change[name] = "".join(c for c in str(change[name]) if c.isdigit())
    try:
        after = Paper.model_validate({**paper.model_dump(), **change})
    except pydantic.ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        raise Invalid("bad-value", f"{problem['loc'][0]}: {problem['msg']}") from error
    return (
        after
        if after.lines or after.net_cents is None
        else after.model_copy(update={"lines": (_whole(after),)})
    )


def _whole(paper: Paper) -> PaperLine:
    net = paper.net_cents or 0
    return PaperLine(name=WHOLE, price_cents=net, net_cents=net, taxed=bool(paper.gst_cents))
