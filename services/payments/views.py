"""The tables that payments and pay runs are listed from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from finnest.feature import Fact, Projection
from services.payments.domain.events import STEPS

_metadata = sa.MetaData()
PAYMENTS = sa.Table(
    "payments",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("invoice_id", sa.String, nullable=False),
    sa.Column("number", sa.String, nullable=False),
    sa.Column("supplier", sa.String, nullable=False),
    sa.Column("amount_cents", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("reason", sa.String),
    sa.Column("pay_on", sa.String),
    sa.Column("run_id", sa.String),
    sa.Column("proposed_at", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Index("payments_due", "tenant", "status", "pay_on"),
    sa.Index("payments_listed", "tenant", "proposed_at", "id"),
)
PAY_RUNS = sa.Table(
    "pay_runs",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("pay_on", sa.String, nullable=False),
    sa.Column("format", sa.String, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("total_cents", sa.BigInteger, nullable=False),
    sa.Column("opened_at", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Index("pay_runs_listed", "tenant", "opened_at", "id"),
)
_STATUS = {step.wire: step.leads_to for step in STEPS if step.leads_to}
_RUN_STATUS = {
    "payments.run_filed.v1": "filed",
    "payments.run_empty.v1": "empty",
    "payments.run_sent.v1": "sent",
}

_DUE = ("id", "number", "supplier", "amount_cents", "currency", "pay_on")

Row = dict[str, Any]


class PaymentViews(Projection):
    """Keeps the tables of payments and pay runs."""

    tables = _metadata

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        table = PAY_RUNS if fact.thing.startswith("run-") else PAYMENTS
        if fact.type == "payments.proposed.v1":
            connection.execute(insert(PAYMENTS).values(**_proposed(fact)))
        elif fact.type == "payments.run_opened.v1":
            connection.execute(insert(PAY_RUNS).values(**_opened(fact)))
        elif fact.type.startswith("payments."):
            changes = _changes(fact)
            mine = (table.c.tenant == fact.tenant) & (table.c.id == fact.thing)
            if changes:
                connection.execute(sa.update(table).where(mine).values(**changes))


def listed(
    tenant: str, status: str | None, after: str | None, limit: int
) -> Callable[[sa.Connection], list[Row]]:
    """Return the query for a tenant's payments, newest first, from a cursor on (`at~id`)."""

    def query(connection: sa.Connection) -> list[Row]:
        wanted = sa.select(PAYMENTS).where(PAYMENTS.c.tenant == tenant)
        if status:
            wanted = wanted.where(PAYMENTS.c.status == status)
        if after:
            at, _, id_ = after.partition("~")
            wanted = wanted.where(sa.tuple_(PAYMENTS.c.proposed_at, PAYMENTS.c.id) < (at, id_))
        order = (PAYMENTS.c.proposed_at.desc(), PAYMENTS.c.id.desc())
        found = connection.execute(wanted.order_by(*order).limit(limit)).mappings()
        return [dict(row) for row in found]

    return query


def runs(
    tenant: str, status: str | None, after: str | None, limit: int
) -> Callable[[sa.Connection], list[Row]]:
    """Return the query for a tenant's pay runs, newest first, from a cursor on (`at~id`)."""

    def query(connection: sa.Connection) -> list[Row]:
        wanted = sa.select(PAY_RUNS).where(PAY_RUNS.c.tenant == tenant)
        if status:
            wanted = wanted.where(PAY_RUNS.c.status == status)
        if after:
            at, _, id_ = after.partition("~")
            wanted = wanted.where(sa.tuple_(PAY_RUNS.c.opened_at, PAY_RUNS.c.id) < (at, id_))
        order = (PAY_RUNS.c.opened_at.desc(), PAY_RUNS.c.id.desc())
        found = connection.execute(wanted.order_by(*order).limit(limit)).mappings()
        return [dict(row) for row in found]

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


def cursor(row: Row) -> str:
    """Return the cursor that goes on after this row."""
    return f"{row.get('proposed_at') or row['opened_at']}~{row['id']}"


def _proposed(fact: Fact) -> Row:
    bill = fact.data["bill"]
    return {
        "tenant": fact.tenant,
        "id": fact.thing,
        "invoice_id": fact.data["invoice_id"],
        "number": bill["number"],
        "supplier": bill["supplier"],
        "amount_cents": bill["payable_cents"],
        "currency": bill["currency"],
        "status": "proposed",
        "proposed_at": fact.at.isoformat(),
        "at": fact.at.isoformat(),
    }


def _opened(fact: Fact) -> Row:
    return {
        "tenant": fact.tenant,
        "id": fact.thing,
        "status": "opened",
        "pay_on": fact.data["pay_on"],
        "format": fact.data["format"],
        "count": 0,
        "total_cents": 0,
        "opened_at": fact.at.isoformat(),
        "at": fact.at.isoformat(),
    }


def _changes(fact: Fact) -> Row:
    """Return what the fact changes in its row; nothing for one that the tables do not show."""
    if fact.type in _RUN_STATUS:
        shown = {name: fact.data[name] for name in ("count", "total_cents") if name in fact.data}
        return {"status": _RUN_STATUS[fact.type], "at": fact.at.isoformat(), **shown}
    if fact.type not in _STATUS and fact.type != "payments.rescheduled.v1":
        return {}
    shown = {name: fact.data[name] for name in ("reason", "pay_on", "run_id") if name in fact.data}
    if fact.type in _STATUS:
        shown["status"] = _STATUS[fact.type]
    return {"at": fact.at.isoformat(), **shown}
