"""The tables that suppliers are listed from, and the invoices that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from finnest.databases import insert
from finnest.feature import Fact, Projection
from finnest.paging import paged
from finnest.views import POSITIONS

_metadata = sa.MetaData()
SUPPLIERS = sa.Table(
    "suppliers",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("identity", sa.String, nullable=False),
    sa.Column("standing", sa.String, nullable=False),
    sa.Column("blocked", sa.String, nullable=False, default=""),
    sa.Column("pending", sa.Boolean, nullable=False, default=False),
    sa.Column("opened_at", sa.String, nullable=False),
    sa.Index("suppliers_listed", "tenant", "opened_at", "id"),
)
HELD = sa.Table(
    "held",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("supplier", sa.String, primary_key=True),
    sa.Column("invoice", sa.String, primary_key=True),
    sa.Column("since", sa.Integer, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Index("held_in_order", "tenant", "supplier", "since"),
)
"""`since` is the version of the event that held the invoice first: the order in which they came."""
STATUS = sa.case((SUPPLIERS.c.blocked != "", "blocked"), else_=SUPPLIERS.c.standing)

Row = dict[str, Any]


class SupplierViews(Projection):
    """Keeps the tables of suppliers."""

    tables = _metadata

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        what = fact.type.split(".")[1]
        if what == "opened":
            row = {"name": fact.data["name"], "identity": fact.data["identity"]}
            row["standing"] = fact.data["standing"]
            connection.execute(
                insert(SUPPLIERS).values(
                    tenant=fact.tenant, id=fact.thing, opened_at=fact.at.isoformat(), **row
                )
            )
        elif what == "held":
            _hold(connection, fact)
        elif what == "vetted":
            connection.execute(sa.delete(HELD).where(_waits(fact)))
        elif changes := _changes(what, fact.data):
            mine = (SUPPLIERS.c.tenant == fact.tenant) & (SUPPLIERS.c.id == fact.thing)
            connection.execute(sa.update(SUPPLIERS).where(mine).values(**changes))


def listed(
    tenant: str, status: str | None, after: str | None, limit: int
) -> Callable[[sa.Connection], list[Row]]:
    """Return the query for suppliers, oldest first, after a cursor (`opened_at~id`)."""

    def query(connection: sa.Connection) -> list[Row]:
        wanted = sa.select(SUPPLIERS, STATUS.label("status")).where(SUPPLIERS.c.tenant == tenant)
        if status:
            wanted = wanted.where(STATUS.in_([status]))
        page = paged(wanted, SUPPLIERS.c.opened_at, SUPPLIERS.c.id, after, limit, newest=False)
        return [dict(row) for row in connection.execute(page).mappings()]

    return query


def waiting(
    tenant: str, supplier: str, stream: str, after: int, limit: int
) -> Callable[[sa.Connection], tuple[int, list[Row]]]:
    """Return the query for the stream's version that the view knows, and for invoices that wait."""

    def query(connection: sa.Connection) -> tuple[int, list[Row]]:
        heard = connection.execute(sa.select(POSITIONS.c.version).where(POSITIONS.c.stream == stream))
        wanted = (
            sa.select(HELD)
            .where(HELD.c.tenant == tenant, HELD.c.supplier == supplier, HELD.c.since > after)
            .order_by(HELD.c.since)
            .limit(limit)
        )
        version = int(heard.scalar() or 0)
        return version, [dict(row) for row in connection.execute(wanted).mappings()]

    return query


def _hold(connection: sa.Connection, fact: Fact) -> None:
    row = {"reason": fact.data["hold"], "data": fact.data}
    held = insert(HELD).values(
        tenant=fact.tenant,
        supplier=fact.thing,
        invoice=fact.data["invoice_id"],
        since=fact.version,
        **row,
    )
    connection.execute(held.on_conflict_do_update(index_elements=["tenant", "supplier", "invoice"], set_=row))


def _waits(fact: Fact) -> sa.ColumnElement[bool]:
    return sa.and_(
        HELD.c.tenant == fact.tenant,
        HELD.c.supplier == fact.thing,
        HELD.c.invoice == fact.data["invoice_id"],
    )


def _changes(what: str, data: dict[str, Any]) -> Row:
    match what:
        case "registered":
            return {
                "name": data["name"],
                "standing": sa.case((SUPPLIERS.c.standing == "verified", "verified"), else_="known"),
            }
        case "approval_requested":
            return {"pending": True}
        case "account_confirmed":
            return {"pending": False, "standing": "verified"}
        case "account_refused":
            return {"pending": False}
        case "blocked":
            return {"blocked": data["reason"]}
        case "unblocked":
            return {"blocked": ""}
        case _:
            return {}
