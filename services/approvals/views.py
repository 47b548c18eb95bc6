"""The table that the inbox is listed from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from finnest.databases import insert
from finnest.feature import Fact, Projection
from finnest.paging import paged

_metadata = sa.MetaData()
APPROVALS = sa.Table(
    "approvals",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("opened_at", sa.String, nullable=False),
    sa.Column("ask", sa.JSON, nullable=False),
    sa.Column("decisions", sa.JSON, nullable=False),
)


class ApprovalViews(Projection):
    """Keeps the table of approvals."""

    tables = _metadata

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        row = (APPROVALS.c.tenant == fact.tenant) & (APPROVALS.c.id == fact.thing)
        match fact.type:
            case "approvals.opened.v1":
                connection.execute(
                    insert(APPROVALS).values(
                        tenant=fact.tenant,
                        id=fact.thing,
                        state="open",
                        opened_at=fact.at.isoformat(),
                        ask=fact.data["ask"],
                        decisions=[],
                    )
                )
            case "approvals.decided.v1":
                known = connection.execute(sa.select(APPROVALS.c.decisions).where(row)).scalar()
                decisions = [*(known or []), fact.data]
                connection.execute(sa.update(APPROVALS).where(row).values(decisions=decisions))
            case "approvals.approved.v1" | "approvals.rejected.v1" | "approvals.expired.v1":
                state = fact.data["verdict"]
                connection.execute(sa.update(APPROVALS).where(row).values(state=state))
            case "approvals.withdrawn.v1":
                connection.execute(sa.update(APPROVALS).where(row).values(state="withdrawn"))
            case _:
                pass


def page(
    tenant: str, state: str | None, after: str | None, limit: int
) -> Callable[[sa.Connection], list[dict[str, Any]]]:
    """Return the query for approvals, oldest first, after a cursor (`opened_at id`)."""

    def query(connection: sa.Connection) -> list[dict[str, Any]]:
        wanted = sa.select(APPROVALS).where(APPROVALS.c.tenant == tenant)
        if state:
            wanted = wanted.where(APPROVALS.c.state == state)
        rows = paged(wanted, APPROVALS.c.opened_at, APPROVALS.c.id, after, limit, newest=False)
        return [dict(row) for row in connection.execute(rows).mappings()]

    return query
