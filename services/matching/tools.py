"""What agents can do with matches: list what differs, and explain one comparison."""

from __future__ import annotations

from typing import Annotated

from finnest.agents.tools import ToolContext, ToolResult, slot, tool
from finnest.errors import Missing
from services.matching.domain.match import MatchState
from services.matching.views import MATCHES, by_number, listed

SHOWN = 10

InvoiceRef = Annotated[str, slot("document", each="matching.find_exceptions", gives="number")]


@tool(
    effect="read",
    outside=True,
    says=(
        "match exceptions",
        "what does not match",
        "which do not match",
        "over invoiced",
        "do not match",
        "does not match",
        "differ from",
        "discrepancies",
        "mismatch",
        "exceptions from matching",
    ),
)
async def find_exceptions(ctx: ToolContext) -> ToolResult:
    """List the invoices that do not match their order or deliveries."""
    rows = await ctx.kit.views.read(listed(MATCHES, ctx.who.tenant, "exception", None, 200))
    if not rows:
        return ToolResult(summary="Every invoice matches its papers.", content={"items": []})
    lines = [f"{row['number']} from {row['supplier']}: {row['reason']}" for row in rows[:SHOWN]]
    items = [{k: row[k] for k in ("invoice_id", "number", "supplier", "reason")} for row in rows[:50]]
    count = "One invoice does" if len(rows) == 1 else f"{len(rows)} invoices do"
    summary = f"{count} not match:\n" + "\n".join(lines)
    return ToolResult(summary=summary, content={"items": items})


@tool(
    effect="read",
    outside=True,
    says=(
        "compare",
        "comparison of",
        "difference between",
        "match of",
        "how does it match",
        "against the order",
    ),
)
async def explain_match(ctx: ToolContext, invoice: InvoiceRef) -> ToolResult:
    """Say how one invoice compares with its order and deliveries."""
    ids = await ctx.kit.views.read(by_number(ctx.who.tenant, invoice))
    if not ids:
        raise Missing("no-such-match", f"Invoice {invoice} has not been compared with anything.")
    state, _ = await ctx.kit.streams.state(ctx.who.tenant, ids[0])
    if not isinstance(state, MatchState):
        raise Missing("no-such-match", f"Invoice {invoice} has not been compared with anything.")
    sentences = [finding.sentence for finding in state.findings]
    orders = f" with order {', '.join(state.orders)}" if state.orders else ""
    text = " ".join(sentences) or "nothing differs."
    return ToolResult(
        summary=f"Invoice {state.data.get('number')} is {state.status}{orders}: {text}",
        content={"status": state.status, "findings": [finding.wire_data() for finding in state.findings]},
    )


TOOLS = (find_exceptions, explain_match)
