"""The invoices as people list them: their own life and what suppliers and payments say about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from finnest.feature import Fact, Projection
from services.invoices.story import payment_says, summary_of

_metadata = sa.MetaData()
INVOICES = sa.Table(
    "invoices",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("received_at", sa.String),
    sa.Column("number", sa.String),
    sa.Column("supplier", sa.String),
    sa.Column("total_cents", sa.Integer),
    sa.Column("currency", sa.String),
    sa.Column("own_status", sa.String),
    sa.Column("own_reasons", sa.JSON),
    sa.Column("payment_status", sa.String),
    sa.Column("payment_reasons", sa.JSON),
    sa.Column("payment_id", sa.String),
    sa.Column("run_id", sa.String),
    sa.Column("approval_id", sa.String),
)
"""Own and payment columns are filled from different streams, in whatever order these arrive."""
HOLDS = sa.Table(
    "holds",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("invoice", sa.String, primary_key=True),
    sa.Column("supplier", sa.String, nullable=False),
    sa.Column("reason", sa.String),
)
"""What the supplier's side says of an invoice: the reason why it waits, None when it may go on."""
STATUS = sa.func.coalesce(
    INVOICES.c.payment_status,
    sa.case((HOLDS.c.reason.is_not(None), "exception")),
    INVOICES.c.own_status,
)
_HELD = sa.and_(HOLDS.c.tenant == INVOICES.c.tenant, HOLDS.c.invoice == INVOICES.c.id)
_ROWS = (
    sa.select(
        INVOICES, HOLDS.c.reason.label("hold"), HOLDS.c.supplier.label("supplier_ref"), STATUS.label("status")
    )
    .select_from(INVOICES)
    .outerjoin(HOLDS, _HELD)
)
HISTORY = sa.Table(
    "history",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("invoice", sa.String, primary_key=True),
    sa.Column("event", sa.String, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("type", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("summary", sa.String, nullable=False),
)


class InvoiceViews(Projection):
    """Keeps the tables of invoices."""

    tables = _metadata

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        feature, what, _ = fact.type.split(".")
        if what in ("noted", "dead_lettered") or fact.thing.startswith("dead-"):
            return
        if feature == "invoices":
            self._own(connection, fact, what)
        elif feature == "suppliers" and "invoice_id" in fact.data:
            _hold(connection, fact)
        elif feature == "payments" and "invoice_id" in fact.data:
            columns = {"payment_id": fact.thing, **payment_says(what, fact.data)}
            _upsert(connection, fact.tenant, fact.data["invoice_id"], columns)
            _remember(connection, fact, fact.data["invoice_id"])

    def _own(self, connection: sa.Connection, fact: Fact, what: str) -> None:
        columns: dict[str, Any]
        if what == "received":
            summary = fact.data["summary"]
            columns = {
                "received_at": fact.at.isoformat(),
                "number": summary.get("number"),
                "supplier": summary.get("supplier"),
                "total_cents": summary.get("payable_cents"),
                "currency": summary.get("currency"),
                "own_status": "received",
                "own_reasons": [],
            }
        else:
            status = {"validated": "received", "check_failed": "failed"}.get(what, what)
            columns = {"own_status": status, "own_reasons": _reasons(what, fact.data)}
        _upsert(connection, fact.tenant, fact.thing, columns)
        _remember(connection, fact, fact.thing)


def page(
    tenant: str, status: str | None, supplier: str | None, after: str | None, limit: int
) -> Callable[[sa.Connection], list[dict[str, Any]]]:
    """Return the query for invoices, newest first, after a cursor (`received_at~id`)."""

    def query(connection: sa.Connection) -> list[dict[str, Any]]:
        wanted = _ROWS.where(INVOICES.c.tenant == tenant, INVOICES.c.received_at.is_not(None))
        if status:
            wanted = wanted.where(STATUS.in_([status]))
        if supplier:
            wanted = wanted.where(INVOICES.c.supplier.icontains(supplier, autoescape=True))
        if after:
            at, _, id_ = after.partition("~")
            wanted = wanted.where(sa.tuple_(INVOICES.c.received_at, INVOICES.c.id) < (at, id_))
        order = (INVOICES.c.received_at.desc(), INVOICES.c.id.desc())
        rows = connection.execute(wanted.order_by(*order).limit(limit)).mappings()
        return [dict(row) for row in rows]

    return query


def one(tenant: str, id: str) -> Callable[[sa.Connection], dict[str, Any]]:
    """Return the query for what others say about an invoice, with their part of the history."""

    def query(connection: sa.Connection) -> dict[str, Any]:
        invoice = sa.and_(INVOICES.c.tenant == tenant, INVOICES.c.id == id)
        row = connection.execute(_ROWS.where(invoice)).mappings().first()
        history = connection.execute(
            sa.select(HISTORY.c.at, HISTORY.c.type, HISTORY.c.by, HISTORY.c.summary)
            .where(HISTORY.c.tenant == tenant, HISTORY.c.invoice == id)
            .order_by(HISTORY.c.at, HISTORY.c.event)
        ).mappings()
        return {**(dict(row) if row else {}), "history": [dict(entry) for entry in history]}

    return query


def _hold(connection: sa.Connection, fact: Fact) -> None:
    """Keep why the invoice waits; that it may go on is part of its history only when it had to wait."""
    invoice = fact.data["invoice_id"]
    mine = sa.and_(HOLDS.c.tenant == fact.tenant, HOLDS.c.invoice == invoice)
    waited = connection.execute(sa.select(HOLDS.c.reason).where(mine)).first()
    columns = {"supplier": fact.thing, "reason": fact.data.get("hold")}
    row = insert(HOLDS).values(tenant=fact.tenant, invoice=invoice, **columns)
    connection.execute(row.on_conflict_do_update(index_elements=["tenant", "invoice"], set_=columns))
    if waited or columns["reason"]:
        _remember(connection, fact, invoice)


def _reasons(what: str, data: dict[str, Any]) -> list[str]:
    if what == "invalid":
        return [f"{f['rule']}: {f['message']}" for f in data["findings"]]
    if what == "duplicate":
        return [f"duplicate of {data['of']}"]
    return [f"the check failed: {data['reason']}"] if what == "check_failed" else []


def _upsert(connection: sa.Connection, tenant: str, id: str, columns: dict[str, Any]) -> None:
    row = insert(INVOICES).values(tenant=tenant, id=id, **columns)
    connection.execute(row.on_conflict_do_update(index_elements=["tenant", "id"], set_=columns))


def _remember(connection: sa.Connection, fact: Fact, invoice: str) -> None:
    connection.execute(
        insert(HISTORY)
        .values(
            tenant=fact.tenant,
            invoice=invoice,
            event=f"{fact.stream}@{fact.version:08d}",
            at=fact.at.isoformat(),
            type=fact.type,
            by=fact.by,
            summary=summary_of(fact.type, fact.data),
        )
        .on_conflict_do_nothing()
    )
