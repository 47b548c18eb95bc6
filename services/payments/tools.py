"""What agents can do with payments: look ahead, find, cancel, and open a pay run."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from finnest.agents.tools import Day, ToolContext, ToolResult, slot, tool
from finnest.errors import Missing, Stale
from finnest.ids import derived
from services.payments.agent.ending import cancelling
from services.payments.api.bodies import PAYERS, READERS
from services.payments.domain.bill import money
from services.payments.domain.run_messages import OpenPayRun
from services.payments.domain.step import Status
from services.payments.views import Row, due, listed, of_number

SHOWN = 10

Format = Annotated[str, slot("choice", words={"iso 20022": "pain.001", "pain": "pain.001", "aba": "aba"})]
Supplier = Annotated[str | None, slot("supplier", lookup="suppliers.find_suppliers", by="name", gives="name")]
Which = Annotated[
    Status | None,
    slot(
        "choice",
        words={"on hold": "exception", "held": "exception", "bounced": "failed", "in a pay run": "included"},
    ),
]


@tool(
    effect="read",
    outside=True,
    says=(
        "what will we pay",
        "cash needed",
        "how much will",
        "due on",
        "due by",
        "going out",
        "pay on",
        "payments due",
        "cash outlook",
        "we owe",
        "leaves the account",
    ),
)
async def forecast_payments(ctx: ToolContext, by: Day) -> ToolResult:
    """Say what will be paid up to a day: number, total and the payments."""
    ctx.who.need(*READERS)
    rows = await ctx.kit.views.read(due(ctx.who.tenant, by.isoformat(), 500))
    total = sum(row["amount_cents"] for row in rows)
    day = f"{by:%A %d %B %Y}"
    if not rows:
        return ToolResult(summary=f"Nothing is scheduled to be paid up to {day}.", content={"items": []})
    count = f"{len(rows)} payment{'s' if len(rows) > 1 else ''}"
    lines = [
        f"{row['number']} to {row['supplier']}, {money(row['amount_cents'])}, {row['pay_on']}" for row in rows
    ]
    more = [f"… and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    summary = "\n".join([f"Up to {day} we will pay {count}, together {money(total)}:", *lines[:SHOWN], *more])
    return ToolResult(summary=summary, content={"total_cents": total, "items": rows[:50]})


@tool(
    effect="read",
    outside=True,
    says=("show payments", "list payments", "which payments", "failed payments", "payments to"),
)
async def find_payments(ctx: ToolContext, status: Which = None, supplier: Supplier = None) -> ToolResult:
    """Find payments by status or supplier."""
    ctx.who.need(*READERS)
    rows = await ctx.kit.views.read(listed(ctx.who.tenant, status, None, 200, supplier))
    what = " ".join([*([status] if status else []), "payments", *([f"to {supplier}"] if supplier else [])])
    if not rows:
        return ToolResult(summary=f"There are no {what}.", content={"items": []})
    lines = [
        f"{row['number']} to {row['supplier']}, {money(row['amount_cents'], row['currency'])}, {row['status']}"
        + (f" ({row['reason']})" if row["reason"] else "")
        for row in rows[:SHOWN]
    ]
    total = money(sum(row["amount_cents"] for row in rows))
    summary = f"{len(rows)} {what}, together {total}:\n" + "\n".join(lines)
    return ToolResult(summary=summary, content={"items": rows[:50]})


async def _cancel_preview(ctx: ToolContext, payment: str, reason: str = "") -> ToolResult:
    row = await _payment(ctx, payment)
    what = f"{row['number']} to {row['supplier']}, {money(row['amount_cents'], row['currency'])}"
    return ToolResult(summary=f"I will cancel the payment of invoice {what}.")


@tool(
    effect="write",
    says=("cancel", "stop payment", "halt payment", "call off", "withdraw payment"),
    preview=_cancel_preview,
)
async def cancel_payment(
    ctx: ToolContext, payment: Annotated[str, slot("document")], reason: Annotated[str, slot("text")] = ""
) -> ToolResult:
    """Cancel the payment of one invoice; possible until a pay run has taken it."""
    ctx.who.need(*PAYERS)
    row = await _payment(ctx, payment)
    state, _ = await ctx.kit.streams.state(ctx.who.tenant, row["id"])
    thing, command = cancelling(row["id"], state, reason or f"asked by {ctx.who.user}")
    await ctx.kit.commands.send(thing, command, ctx.who, request=ctx.key)
    return ToolResult(summary=f"The payment of invoice {row['number']} to {row['supplier']} is cancelled.")


async def _run_preview(ctx: ToolContext, pay_on: date, format: str | None = None) -> ToolResult:
    rows = await ctx.kit.views.read(due(ctx.who.tenant, pay_on.isoformat(), 500))
    if not rows:
        raise Stale("nothing-due", f"Nothing is due up to {pay_on}.")
    total = money(sum(row["amount_cents"] for row in rows), rows[0]["currency"])
    file = f", as {format} file" if format else ""
    return ToolResult(
        summary=f"I will open a pay run for {pay_on} over {len(rows)} payments, together {total}{file}."
    )


@tool(
    effect="spend",
    says=(
        "start a pay run",
        "open a pay run",
        "create a pay run",
        "make a pay run",
        "set up a pay run",
        "kick off a pay run",
        "prepare a pay run",
        "prepare the bank file",
        "schedule a pay run",
        "do the pay run",
        "run the payments",
        "pay everything",
        "pay all",
    ),
    preview=_run_preview,
)
async def start_pay_run(ctx: ToolContext, pay_on: Day, format: Format | None = None) -> ToolResult:
    """Open a pay run over everything that is due by a day and write the bank file."""
    ctx.who.need(*PAYERS)
    id = derived("run", ctx.who.tenant, ctx.key)
    command = OpenPayRun.model_validate({"pay_on": pay_on, "format": format})
    await ctx.kit.commands.send(id, command, ctx.who, request=ctx.key)
    return ToolResult(
        summary=f"Pay run {id} is open.", content={"id": id, "links": {"self": f"/v1/pay-runs/{id}"}}
    )


async def _payment(ctx: ToolContext, payment: str) -> Row:
    row = await ctx.kit.views.read(of_number(ctx.who.tenant, payment))
    if row is None:
        raise Missing("no-such-payment", f"There is no payment for {payment}.")
    return row


TOOLS = (forecast_payments, find_payments, cancel_payment, start_pay_run)
