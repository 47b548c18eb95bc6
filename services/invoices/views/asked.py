"""What people were asked about an invoice, and what they said: from the events of approvals and pay runs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from finnest.databases import insert
from finnest.feature import Fact
from services.invoices.views.tables import METADATA

APPROVALS = sa.Table(
    "approvals",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("invoice", sa.String, nullable=False, index=True),
    sa.Column("opened_at", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("ask", sa.JSON, nullable=False),
    sa.Column("decisions", sa.JSON, nullable=False),
)
"""Requests that name an invoice in their arguments; `state` as the approval has it."""
FILES = sa.Table(
    "files",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("run", sa.String, primary_key=True),
)
"""Pay runs whose bank file is written."""
_SETTLED = frozenset({"approved", "rejected", "expired", "withdrawn"})
_ASKED = ("action", "why", "needs", "requested_by", "expires_at")


def apply_approval(connection: sa.Connection, fact: Fact, what: str) -> None:
    """Keep a request about an invoice, a decision, or its end; requests about other things are not kept."""
    if what == "opened":
        ask = fact.data["ask"]
        invoice = ask["args"].get("invoice_id")
        if isinstance(invoice, str):
            row = {
                "tenant": fact.tenant,
                "id": fact.thing,
                "invoice": invoice,
                "opened_at": fact.at.isoformat(),
            }
            kept = {"state": "open", "ask": {name: ask.get(name) for name in _ASKED}, "decisions": []}
            connection.execute(insert(APPROVALS).values(**row, **kept).on_conflict_do_nothing())
        return
    mine = sa.and_(APPROVALS.c.tenant == fact.tenant, APPROVALS.c.id == fact.thing)
    if what == "decided":
        known = connection.execute(sa.select(APPROVALS.c.decisions).where(mine)).scalar()
        if known is not None:
            told = {name: fact.data[name] for name in ("user", "decision", "reason", "at")}
            connection.execute(sa.update(APPROVALS).where(mine).values(decisions=[*known, told]))
    elif what in _SETTLED:
        connection.execute(sa.update(APPROVALS).where(mine).values(state=what))


def apply_file(connection: sa.Connection, fact: Fact) -> None:
    """Remember that a pay run has its file."""
    row = {"tenant": fact.tenant, "run": fact.thing}
    connection.execute(insert(FILES).values(**row).on_conflict_do_nothing())


def approvals_of(connection: sa.Connection, tenant: str, invoice: str) -> list[dict[str, Any]]:
    """Return the requests about an invoice, oldest first, each with its decisions."""
    wanted = sa.select(APPROVALS).where(APPROVALS.c.tenant == tenant, APPROVALS.c.invoice == invoice)
    return [
        {
            "id": row["id"],
            "state": row["state"],
            **row["ask"],
            "decisions": row["decisions"],
            "links": {"self": f"/v1/approvals/{row['id']}"},
        }
        for row in connection.execute(wanted.order_by(APPROVALS.c.opened_at, APPROVALS.c.id)).mappings()
    ]


def has_file(connection: sa.Connection, tenant: str, run: str | None) -> bool:
    """Return whether the bank file of a pay run is written."""
    mine = sa.and_(FILES.c.tenant == tenant, FILES.c.run == run)
    return connection.execute(sa.select(FILES.c.run).where(mine)).first() is not None
