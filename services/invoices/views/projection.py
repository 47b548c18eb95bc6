"""Fills the tables of invoices from events."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from finnest.databases import insert
from finnest.feature import Fact, Projection
from services.invoices.story import is_step, match_says, payment_says, summary_of
from services.invoices.views.asked import apply_approval, apply_file
from services.invoices.views.compared import apply_comparison
from services.invoices.views.drafted import apply_draft
from services.invoices.views.tables import HISTORY, HOLDS, INVOICES, MATCHES, METADATA


class InvoiceViews(Projection):
    """Keeps the tables of invoices."""

    tables = METADATA

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        feature, what, _ = fact.type.split(".")
        if feature == "invoices" and what.startswith("draft_"):
            apply_draft(connection, fact, what)
        if not is_step(fact.type):
            return
        if feature == "invoices":
            if what != "found_different":
                self._own(connection, fact, what)
        elif feature == "suppliers" and "invoice_id" in fact.data:
            _hold(connection, fact)
        elif feature == "matching":
            apply_comparison(connection, fact, what)
            if "invoice_id" in fact.data:
                _match(connection, fact, match_says(what, fact.data))
        elif feature == "approvals":
            apply_approval(connection, fact, what)
        elif fact.type == "payments.run_filed.v1":
            apply_file(connection, fact)
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


def _match(connection: sa.Connection, fact: Fact, columns: dict[str, Any]) -> None:
    invoice = fact.data["invoice_id"]
    if columns:
        row = insert(MATCHES).values(tenant=fact.tenant, invoice=invoice, **columns)
        connection.execute(row.on_conflict_do_update(index_elements=["tenant", "invoice"], set_=columns))
    _remember(connection, fact, invoice)


def _reasons(what: str, data: dict[str, Any]) -> list[str]:
    if what == "invalid":
        return [f"{f['rule']}: {f['message']}" for f in data["findings"]]
    if what == "validated":
        return list(data.get("flags", ()))
    if what == "duplicate":
        because = data.get("because")
        return [f"duplicate of {data['of']}: {because}" if because else f"duplicate of {data['of']}"]
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
