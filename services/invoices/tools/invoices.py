"""Invoices: find them, and say where one stands and why."""

from __future__ import annotations

from typing import Annotated

from finnest.agents.tools import Money, ToolContext, ToolResult, slot, tool
from finnest.errors import Missing
from services.invoices.api.looking import Status, list_row, state_of, status_of
from services.invoices.story import is_step, summary_of
from services.invoices.views import found, named, one

SHOWN = 10

Supplier = Annotated[str | None, slot("supplier", lookup="suppliers.find_suppliers", by="name", gives="name")]
InvoiceRef = Annotated[str, slot("document", each="invoices.find_invoices", gives="id")]
Which = Annotated[
    Status | None,
    slot(
        "choice",
        words={
            "on hold": "exception",
            "hold": "exception",
            "blocked": "exception",
            "stuck": "exception",
            "held": "exception",
            "exceptions": "exception",
            "waiting for approval": "awaiting_approval",
            "to approve": "awaiting_approval",
            "refused": "rejected",
            "broken": "invalid",
        },
    ),
]
Most = Annotated[Money | None, slot("money", bound="max")]
Least = Annotated[Money | None, slot("money", bound="min")]


@tool(
    effect="read",
    outside=True,
    says=(
        "show invoices",
        "list invoices",
        "which invoices",
        "how many invoices",
        "got from",
        "came in from",
    ),
)
async def find_invoices(
    ctx: ToolContext,
    status: Which = None,
    supplier: Supplier = None,
    max_total: Most = None,
    min_total: Least = None,
) -> ToolResult:
    """Find invoices by status, supplier or total, and count them."""
    rows = await ctx.kit.views.read(
        found(ctx.who.tenant, status, supplier, _cents(min_total), _cents(max_total), 200)
    )
    items = [list_row(row) for row in rows]
    what = " ".join(
        part
        for part in (
            status.replace("_", " ") if status else "",
            f"from {supplier}" if supplier else "",
            f"above {min_total}" if min_total else "",
            f"below {max_total}" if max_total else "",
        )
        if part
    )
    if not items:
        return ToolResult(summary=f"There are no invoices {what}.".replace(" .", "."), content={"items": []})
    total = sum(item["total_cents"] or 0 for item in items)
    lines = [
        f"{item['number']} from {item['supplier']}, {item['currency']} {item['total']}, "
        f"{item['status'].replace('_', ' ')}" + (f" ({item['reasons'][0]})" if item["reasons"] else "")
        for item in items[:SHOWN]
    ]
    more = f"\n… and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    head = f"{len(items)} invoice{'s' if len(items) > 1 else ''}{' ' + what if what else ''}"
    summary = f"{head}, together {total / 100:,.2f}:\n" + "\n".join(lines) + more
    keep = ("id", "number", "supplier", "total", "currency", "status", "reasons")
    return ToolResult(summary=summary, content={"items": [{k: i[k] for k in keep} for i in items[:50]]})


@tool(
    effect="read",
    outside=True,
    says=(
        "why is",
        "on hold",
        "what happened to",
        "status of",
        "where is",
        "explain",
        "tell me about",
        "history of",
        "where is invoice",
        "look up invoice",
        "has it been paid",
    ),
)
async def explain_invoice(ctx: ToolContext, invoice: InvoiceRef) -> ToolResult:
    """Say where one invoice stands, why, and what has happened to it."""
    ids = (
        [invoice] if invoice.startswith("inv-") else await ctx.kit.views.read(named(ctx.who.tenant, invoice))
    )
    if not ids:
        raise Missing("no-such-invoice", f"There is no invoice {invoice}.")
    told: list[str] = []
    items: list[dict[str, object]] = []
    for id in ids[:3]:
        state = await state_of(ctx.kit, ctx.who, id)
        row = await ctx.kit.views.read(one(ctx.who.tenant, id))
        shown = list_row(
            {**row, "id": id, "status": status_of(state.status, row), "own_reasons": list(state.reasons)}
        )
        own = await ctx.kit.streams.history(ctx.who.tenant, id)
        said = [(e.at.isoformat(), summary_of(e.type, e.data)) for e in own if is_step(e.type)]
        said += [(e["at"], e["summary"]) for e in row["history"] if not e["type"].startswith("invoices.")]
        why = "; ".join(shown["reasons"]) or "nothing holds it"
        last = sorted(said)[-1][1] if said else ""
        told.append(
            f"Invoice {shown['number']} from {shown['supplier']} ({shown['currency']} {shown['total']}) is "
            f"{str(shown['status']).replace('_', ' ')}: {why}. Last: {last}."
        )
        items.append({**shown, "history": [text for _, text in sorted(said)]})
    return ToolResult(summary="\n".join(told), content={"items": items})


def _cents(amount: str | None) -> int | None:
    return None if amount is None else round(float(amount) * 100)
