"""The tables that orders, deliveries and matches are listed from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from finnest.databases import insert
from finnest.feature import Fact, Projection
from finnest.paging import paged
from services.matching.documents.identity import number_key, of_event

_metadata = sa.MetaData()


def _table(name: str, *columns: sa.Column[Any] | sa.Index) -> sa.Table:
    return sa.Table(
        name,
        _metadata,
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("number", sa.String),
        sa.Column("supplier", sa.String),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        *columns,
        sa.Index(f"{name}_listed", "tenant", "at", "id"),
    )


ORDERS = _table(
    "orders",
    sa.Column("currency", sa.String),
    sa.Column("total", sa.String),
    sa.Column("line_count", sa.Integer),
    sa.Column("revision", sa.Integer),
)
DELIVERIES = _table("deliveries", sa.Column("kind", sa.String), sa.Column("order", sa.String))
MATCHES = _table(
    "matches",
    sa.Column("invoice_id", sa.String),
    sa.Column("identity", sa.String),
    sa.Column("number_key", sa.String),
    sa.Index("matches_by_number", "tenant", "identity", "number_key"),
)
TABLES = {"ord": ORDERS, "rct": DELIVERIES, "mat": MATCHES}
_STATUS = {
    "waiting": "unmatched",
    "exception": "exception",
    "matched": "matched",
    "rejected": "rejected",
    "replaced": "cancelled",
    "delivery_waits": "waiting",
    "delivery_counted": "received",
}
_NEW = ("order_recorded", "delivery_taken", "taken", "matched")

Row = dict[str, Any]


class MatchingViews(Projection):
    """Keeps the tables of matching."""

    tables = _metadata

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        table = TABLES.get(fact.thing.partition("-")[0])
        what = fact.type.split(".")[1]
        if table is None:
            return
        row: Row = {"tenant": fact.tenant, "id": fact.thing, "at": fact.at.isoformat()}
        changes = _changes(what, fact)
        if what in _NEW and not (what == "delivery_taken" and not fact.data["line_count"]):
            row |= {"status": "taken", **_facts(what, fact)} | changes
            fresh = {name: value for name, value in row.items() if name != "at"}
            known = insert(table).values(**row)
            connection.execute(known.on_conflict_do_update(index_elements=["tenant", "id"], set_=fresh))
        elif changes:
            mine = (table.c.tenant == fact.tenant) & (table.c.id == fact.thing)
            connection.execute(sa.update(table).where(mine).values(**changes))


def by_number(tenant: str, text: str) -> Callable[[sa.Connection], list[str]]:
    """Return the query for the matches of an invoice, by its id or number, newest first."""

    def query(connection: sa.Connection) -> list[str]:
        named = sa.or_(MATCHES.c.invoice_id == text, sa.func.lower(MATCHES.c.number) == text.lower())
        wanted = sa.select(MATCHES.c.id).where(MATCHES.c.tenant == tenant, named)
        return list(connection.execute(wanted.order_by(MATCHES.c.at.desc()).limit(10)).scalars())

    return query


def listed(
    table: sa.Table, tenant: str, status: str | None, after: str | None, limit: int
) -> Callable[[sa.Connection], list[Row]]:
    """Return the query for a tenant's rows, newest first, after a cursor (`at~id`)."""

    def query(connection: sa.Connection) -> list[Row]:
        wanted = sa.select(table).where(table.c.tenant == tenant)
        if status:
            wanted = wanted.where(table.c.status == status)
        page = paged(wanted, table.c.at, table.c.id, after, limit, newest=True)
        return [dict(row) for row in connection.execute(page).mappings()]

    return query


def of_number(tenant: str, identity: str, number: str) -> Callable[[sa.Connection], list[str]]:
    """Return the query for the matches of a supplier's invoices with a number."""

    def query(connection: sa.Connection) -> list[str]:
        wanted = sa.select(MATCHES.c.id).where(
            MATCHES.c.tenant == tenant, MATCHES.c.identity == identity, MATCHES.c.number_key == number
        )
        return list(connection.execute(wanted.limit(10)).scalars())

    return query


def _facts(what: str, fact: Fact) -> Row:
    data = fact.data.get("data", fact.data)
    if fact.thing.startswith("mat-"):
        return {
            "invoice_id": data["invoice_id"],
            "number": data.get("number"),
            "supplier": data.get("supplier"),
            "identity": of_event(data.get("supplier_id"), data.get("supplier")),
            "number_key": number_key(data.get("number") or ""),
        }
    names = ("currency", "total", "line_count", "revision") if what == "order_recorded" else ("kind", "order")
    return {
        "number": data["number"],
        "supplier": data.get("name"),
        **{name: data.get(name) for name in names},
    }


def _changes(what: str, fact: Fact) -> Row:
    if what in ("order_recorded", "order_laid"):
        whole = "rejected" if fact.data.get("response") == "RE" else "open"
        return {"status": "taken" if fact.data.get("parts", 1) > 1 else whole}
    if what == "delivery_taken":
        return {}
    if what not in _STATUS:
        return {}
    reason = None if what == "matched" else fact.data.get("reason") or fact.data.get("summary")
    return {
        "status": _STATUS[what],
        "reason": reason if what != "delivery_counted" else fact.data.get("reason"),
    }
