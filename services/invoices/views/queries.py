"""What is asked of the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from finnest.paging import paged
from services.invoices.views.asked import approvals_of, has_file
from services.invoices.views.compared import comparison_of
from services.invoices.views.tables import HISTORY, INVOICES, ROWS, STATUS


def page(
    tenant: str, status: str | None, supplier: str | None, after: str | None, limit: int
) -> Callable[[sa.Connection], list[dict[str, Any]]]:
    """Return the query for invoices, newest first, after a cursor (`received_at~id`)."""

    def query(connection: sa.Connection) -> list[dict[str, Any]]:
        wanted = ROWS.where(INVOICES.c.tenant == tenant, INVOICES.c.received_at.is_not(None))
        if status:
            wanted = wanted.where(STATUS.in_([status]))
        if supplier:
            wanted = wanted.where(INVOICES.c.supplier.icontains(supplier, autoescape=True))
        rows = paged(wanted, INVOICES.c.received_at, INVOICES.c.id, after, limit, newest=True)
        return [dict(row) for row in connection.execute(rows).mappings()]

    return query


def found(
    tenant: str, status: str | None, supplier: str | None, least: int | None, most: int | None, limit: int
) -> Callable[[sa.Connection], list[dict[str, Any]]]:
    """Return the query for invoices by status, supplier and total in cents, newest first."""

    def query(connection: sa.Connection) -> list[dict[str, Any]]:
        wanted = ROWS.where(INVOICES.c.tenant == tenant, INVOICES.c.received_at.is_not(None))
        if status:
            wanted = wanted.where(STATUS.in_([status]))
        if supplier:
            wanted = wanted.where(INVOICES.c.supplier.icontains(supplier, autoescape=True))
        if least is not None:
            wanted = wanted.where(INVOICES.c.total_cents >= least)
        if most is not None:
            wanted = wanted.where(INVOICES.c.total_cents <= most)
        rows = connection.execute(wanted.order_by(INVOICES.c.received_at.desc()).limit(limit)).mappings()
        return [dict(row) for row in rows]

    return query


def named(tenant: str, number: str) -> Callable[[sa.Connection], list[str]]:
    """Return the query for the ids of invoices with a number, newest first."""

    def query(connection: sa.Connection) -> list[str]:
        wanted = (
            sa.select(INVOICES.c.id)
            .where(INVOICES.c.tenant == tenant, sa.func.lower(INVOICES.c.number) == number.lower())
            .order_by(INVOICES.c.received_at.desc())
        )
        return list(connection.execute(wanted.limit(10)).scalars())

    return query


def row(tenant: str, id: str) -> Callable[[sa.Connection], dict[str, Any]]:
    """Return the query for an invoice as lists show it; empty when no list has it yet."""

    def query(connection: sa.Connection) -> dict[str, Any]:
        found = connection.execute(ROWS.where(INVOICES.c.tenant == tenant, INVOICES.c.id == id))
        return dict(found.mappings().first() or {})

    return query


def one(tenant: str, id: str) -> Callable[[sa.Connection], dict[str, Any]]:
    """Return the query for what others say about an invoice: history, match, approvals, whether it is in a file."""

    def query(connection: sa.Connection) -> dict[str, Any]:
        invoice = sa.and_(INVOICES.c.tenant == tenant, INVOICES.c.id == id)
        row = connection.execute(ROWS.where(invoice)).mappings().first()
        history = connection.execute(
            sa.select(HISTORY.c.at, HISTORY.c.type, HISTORY.c.by, HISTORY.c.summary)
            .where(HISTORY.c.tenant == tenant, HISTORY.c.invoice == id)
            .order_by(HISTORY.c.at, HISTORY.c.event)
        ).mappings()
        shown = dict(row) if row else {}
        return {
            **shown,
            "history": [dict(entry) for entry in history],
            "match": comparison_of(connection, tenant, id),
            "approvals": approvals_of(connection, tenant, id),
            "has_file": has_file(connection, tenant, shown.get("run_id")),
        }

    return query
