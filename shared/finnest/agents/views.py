"""The table that runs are listed from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from finnest.databases import insert
from finnest.feature import Fact, Projection
from finnest.paging import paged

_metadata = sa.MetaData()
RUNS = sa.Table(
    "agent_runs",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("agent", sa.String, nullable=False),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("thread", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("question", sa.String, nullable=False),
    sa.Column("micros", sa.BigInteger, nullable=False),
    sa.Column("tokens", sa.BigInteger, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Index("agent_runs_listed", "tenant", "at", "id"),
)
_STATUS = {
    "agent_waits": "waiting",
    "agent_decided": "acting",
    "agent_finished": "finished",
    "agent_failed": "failed",
    "agent_cancelled": "cancelled",
}


class RunViews(Projection):
    """Keeps the table of a feature's runs."""

    tables = _metadata
    of_kernel = True

    def __init__(self, feature: str) -> None:
        self._feature = feature

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        # A feature may hear the runs of another whose events it takes.
        owner, what = fact.type.split(".")[:2]
        if owner != self._feature:
            return
        mine = (RUNS.c.tenant == fact.tenant) & (RUNS.c.id == fact.thing)
        if what == "agent_asked":
            row = {name: fact.data[name] for name in ("agent", "user", "thread")}
            row |= {"status": "thinking", "question": fact.data["text"][:300], "at": fact.at.isoformat()}
            connection.execute(
                insert(RUNS).values(tenant=fact.tenant, id=fact.thing, micros=0, tokens=0, **row)
            )
        elif what == "agent_answered":
            used = fact.data["usage"]
            tokens = used["input_tokens"] + used["output_tokens"]
            change = {"micros": RUNS.c.micros + used["micros"], "tokens": RUNS.c.tokens + tokens}
            connection.execute(sa.update(RUNS).where(mine).values(**change))
        elif what == "agent_heard":
            connection.execute(sa.update(RUNS).where(mine).values(status=fact.data["leaves"]))
        elif what in _STATUS:
            connection.execute(sa.update(RUNS).where(mine).values(status=_STATUS[what]))


def page(
    tenant: str, user: str | None, status: str | None, after: str | None, limit: int
) -> Callable[[sa.Connection], list[dict[str, Any]]]:
    """Return the query for a tenant's runs, newest first, from a cursor on."""

    def query(connection: sa.Connection) -> list[dict[str, Any]]:
        wanted = sa.select(RUNS).where(RUNS.c.tenant == tenant)
        if user is not None:
            wanted = wanted.where(RUNS.c.user == user)
        if status:
            wanted = wanted.where(RUNS.c.status == status)
        rows = paged(wanted, RUNS.c.at, RUNS.c.id, after, limit, newest=True)
        return [dict(row) for row in connection.execute(rows).mappings()]

    return query
