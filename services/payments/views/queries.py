"""What is asked of the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from finnest.paging import paged
from services.payments.views.tables import PAY_RUNS, PAYEES, PAYMENTS

_DUE = ("id", "number", "supplier", "amount_cents", "currency", "pay_on")
_UNDECIDED = ("proposed", "awaiting_approval", "approved", "scheduled", "included", "exception")
"""Statuses from which a payment may still go another way."""

Row = dict[str, Any]


def listed(
    tenant: str, status: str | None, after: str | None, limit: int, supplier: str | None = None
) -> Callable[[sa.Connection], list[Row]]:
    """Return the query for a tenant's payments, newest first, from a cursor on (`at~id`)."""

    def query(connection: sa.Connection) -> list[Row]:
        wanted = sa.select(PAYMENTS).where(PAYMENTS.c.tenant == tenant)
        if status:
            wanted = wanted.where(PAYMENTS.c.status == status)
        if supplier:
            wanted = wanted.where(PAYMENTS.c.supplier.icontains(supplier, autoescape=True))
        page = paged(wanted, PAYMENTS.c.proposed_at, PAYMENTS.c.id, after, limit, newest=True)
        return [dict(row) for row in connection.execute(page).mappings()]

    return query


def runs(
    tenant: str, status: str | None, after: str | None, limit: int
) -> Callable[[sa.Connection], list[Row]]:
    """Return the query for a tenant's pay runs, newest first, from a cursor on (`at~id`)."""

    def query(connection: sa.Connection) -> list[Row]:
        wanted = sa.select(PAY_RUNS).where(PAY_RUNS.c.tenant == tenant)
        if status:
            wanted = wanted.where(PAY_RUNS.c.status == status)
        page = paged(wanted, PAY_RUNS.c.opened_at, PAY_RUNS.c.id, after, limit, newest=True)
        return [dict(row) for row in connection.execute(page).mappings()]

    return query


def due(tenant: str, process_on: str, limit: int) -> Callable[[sa.Connection], list[Row]]:
    """Return the query for scheduled payments that are due by a day, the earliest first."""

    def query(connection: sa.Connection) -> list[Row]:
        wanted = (
            sa.select(*(PAYMENTS.c[name] for name in _DUE))
            .where(PAYMENTS.c.tenant == tenant, PAYMENTS.c.status == "scheduled")
            .where(PAYMENTS.c.pay_on <= process_on)
            .order_by(PAYMENTS.c.pay_on, PAYMENTS.c.id)
            .limit(limit)
        )
        return [dict(row) for row in connection.execute(wanted).mappings()]

    return query


def of_number(tenant: str, text: str) -> Callable[[sa.Connection], Row | None]:
    """Return the query for the newest payment with this id, invoice id or invoice number."""

    def query(connection: sa.Connection) -> Row | None:
        named = sa.or_(
            PAYMENTS.c.id == text,
            PAYMENTS.c.invoice_id == text,
            sa.func.lower(PAYMENTS.c.number) == text.lower(),
        )
        wanted = sa.select(PAYMENTS).where(PAYMENTS.c.tenant == tenant, named)
        row = connection.execute(wanted.order_by(PAYMENTS.c.proposed_at.desc()).limit(1)).mappings().first()
        return dict(row) if row else None

    return query


def of_supplier(
    tenant: str, supplier_ref: str, after: str, limit: int
) -> Callable[[sa.Connection], list[str]]:
    """Return the query for a supplier's payments that are at no end, by id, after one of them."""

    def query(connection: sa.Connection) -> list[str]:
        mine = sa.and_(PAYEES.c.tenant == PAYMENTS.c.tenant, PAYEES.c.payment == PAYMENTS.c.id)
        wanted = (
            sa.select(PAYMENTS.c.id)
            .join(PAYEES, mine)
            .where(PAYEES.c.tenant == tenant, PAYEES.c.supplier_ref == supplier_ref)
            .where(PAYMENTS.c.status.in_(_UNDECIDED), PAYMENTS.c.id > after)
            .order_by(PAYMENTS.c.id)
            .limit(limit)
        )
        return list(connection.execute(wanted).scalars())

    return query
