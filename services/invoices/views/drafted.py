"""The table of drafts: what people still have to confirm, and what became of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from finnest.databases import insert
from finnest.feature import Fact
from finnest.paging import paged
from services.invoices.views.tables import DRAFTS

_STATUS = {
    "draft_read": "open",
    "draft_corrected": "open",
    "draft_confirmed": "confirmed",
    "draft_submitted": "submitted",
    "draft_failed": "failed",
}


def apply_draft(connection: sa.Connection, fact: Fact, what: str) -> None:
    """Keep what an event says of a draft."""
    columns: dict[str, Any] = {"status": _STATUS[what]}
    if what == "draft_read":
        columns["read_at"] = fact.at.isoformat()
    if paper := fact.data.get("paper"):
        columns |= {name: paper.get(name) for name in ("number", "supplier", "total_cents", "currency")}
    if what == "draft_submitted":
        columns["invoice_id"] = fact.data["invoice_id"]
    row = insert(DRAFTS).values(tenant=fact.tenant, id=fact.thing, **columns)
    connection.execute(row.on_conflict_do_update(index_elements=["tenant", "id"], set_=columns))


def drafts(tenant: str, after: str | None, limit: int) -> Callable[[sa.Connection], list[dict[str, Any]]]:
    """Return the query for drafts, newest first, after a cursor (`read_at~id`)."""

    def query(connection: sa.Connection) -> list[dict[str, Any]]:
        wanted = sa.select(DRAFTS).where(DRAFTS.c.tenant == tenant, DRAFTS.c.read_at.is_not(None))
        rows = paged(wanted, DRAFTS.c.read_at, DRAFTS.c.id, after, limit, newest=True)
        return [dict(row) for row in connection.execute(rows).mappings()]

    return query
