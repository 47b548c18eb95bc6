"""What agents can do with suppliers: find them by a name that need not be exact, and explain one."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Annotated, Any

from finnest.agents.tools import ToolContext, ToolResult, slot, tool
from finnest.errors import Missing
from services.suppliers.domain.supplier import Supplier
from services.suppliers.views import listed, waiting

CLOSE = 0.72
"""Likeness from which a name is taken to be meant."""
KNOWN_AT_MOST = 2_000
_FORMS = frozenset(
    ["pty", "ltd", "limited", "inc", "co", "company", "llc", "nz", "australia", "the", "and", "&", "group"]
)


@tool(
    effect="read",
    outside=True,
    says=("show suppliers", "list suppliers", "which suppliers", "unverified suppliers", "find the supplier"),
)
async def find_suppliers(
    ctx: ToolContext,
    name: Annotated[str | None, slot("supplier")] = None,
    status: Annotated[
        str | None,
        slot(
            "choice",
            words={
                "unverified": "unverified",
                "not verified": "unverified",
                "known": "known",
                "verified": "verified",
                "blocked": "blocked",
            },
        ),
    ] = None,
) -> ToolResult:
    """Find suppliers by name, also a misspelt one, or by status."""
    rows = await ctx.kit.views.read(listed(ctx.who.tenant, status, None, KNOWN_AT_MOST))
    items = [{"id": row["id"], "name": row["name"], "status": row["status"]} for row in rows]
    if name:
        items = closest(name, items)
    what = f"{status} supplier" if status else "supplier"
    if not items:
        return ToolResult(
            summary=f"I know no supplier like {name}." if name else f"There are no {what}s.",
            content={"items": []},
        )
    lines = "\n".join(f"{one['name']} ({one['status']})" for one in items[:10])
    more = f"\n… and {len(items) - 10} more" if len(items) > 10 else ""
    return ToolResult(
        summary=f"{len(items)} {what}{'s' if len(items) > 1 else ''}:\n{lines}{more}",
        content={"items": items[:50]},
    )


@tool(
    effect="read",
    outside=True,
    says=(
        "bank account of",
        "bank details",
        "know about",
        "who is",
        "standing of",
        "status of the supplier",
        "changed its account",
        "about supplier",
        "is verified",
        "why is the supplier",
        "account change",
        "suspicious",
        "check",
    ),
)
async def explain_supplier(
    ctx: ToolContext,
    supplier: Annotated[str, slot("supplier", lookup="suppliers.find_suppliers", by="name", gives="name")],
) -> ToolResult:
    """Say what is known of one supplier: standing, bank account, changes that wait, invoices that are held."""
    rows = await ctx.kit.views.read(listed(ctx.who.tenant, None, None, KNOWN_AT_MOST))
    known = closest(supplier, [dict(row) for row in rows])
    if not known:
        raise Missing("no-such-supplier", f"I know no supplier like {supplier}.")
    id = known[0]["id"]
    state, _ = await ctx.kit.streams.state(ctx.who.tenant, id)
    _, held = await ctx.kit.views.read(waiting(ctx.who.tenant, id, "", 0, 50))
    told = [f"{known[0]['name']} is {known[0]['status']}."]
    if isinstance(state, Supplier):
        account = "Its bank account is confirmed" if state.confirmed else "No bank account is confirmed"
        told.append(f"{account}{'; a change waits for two other people' if state.pending else ''}.")
    if held:
        told.append(f"{len(held)} invoice{'s are' if len(held) > 1 else ' is'} held: {held[0]['reason']}")
    return ToolResult(summary=" ".join(told), content={"id": id, "held": [row["invoice"] for row in held]})


def closest(name: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items whose name is meant by a text, the best first; one that says it all is alone."""
    wanted = _plain(name)
    scored = sorted(((_likeness(wanted, _plain(one["name"])), one) for one in items), key=lambda s: -s[0])
    good = [(score, one) for score, one in scored if score >= CLOSE]
    if good and good[0][0] >= 1.0:
        return [one for score, one in good if score >= 1.0]
    return [one for _, one in good]


def _likeness(wanted: str, known: str) -> float:
    if not wanted or not known:
        return 0.0
    if wanted == known:
        return 1.1
    words = known.split()
    if all(word in words for word in wanted.split()):
        return 1.0
    first = " ".join(words[: len(wanted.split())])
    return max(
        SequenceMatcher(None, wanted, known).ratio(), SequenceMatcher(None, wanted, first).ratio() - 0.02
    )


def _plain(name: str) -> str:
    words = "".join(c.lower() if c.isalnum() or c == "&" else " " for c in name).split()
    return " ".join(word for word in words if word not in _FORMS)


TOOLS = (find_suppliers, explain_supplier)
