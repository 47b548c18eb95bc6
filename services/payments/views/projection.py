"""Fills the tables of payments from events."""

from __future__ import annotations

import sqlalchemy as sa

from finnest.databases import insert
from finnest.feature import Fact, Projection
from services.payments.domain.events import STEPS
from services.payments.views.queries import Row
from services.payments.views.tables import METADATA, PAY_RUNS, PAYEES, PAYMENTS

_STATUS = {step.wire: step.leads_to for step in STEPS if step.leads_to}
_RUN_STATUS = {
    "payments.run_filed.v1": "filed",
    "payments.run_empty.v1": "empty",
    "payments.run_sent.v1": "sent",
}


class PaymentViews(Projection):
    """Keeps the tables of payments and pay runs."""

    tables = METADATA

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        table = PAY_RUNS if fact.thing.startswith("run-") else PAYMENTS
        if fact.type == "payments.proposed.v1":
            connection.execute(insert(PAYMENTS).values(**_proposed(fact)))
            _remember_payee(connection, fact)
        elif fact.type == "payments.run_opened.v1":
            connection.execute(insert(PAY_RUNS).values(**_opened(fact)))
        elif fact.type.startswith("payments."):
            changes = _changes(fact)
            mine = (table.c.tenant == fact.tenant) & (table.c.id == fact.thing)
            if changes:
                connection.execute(sa.update(table).where(mine).values(**changes))


def _remember_payee(connection: sa.Connection, fact: Fact) -> None:
    supplier_ref = fact.data["bill"].get("supplier_ref")
    if supplier_ref:
        row = {"tenant": fact.tenant, "supplier_ref": supplier_ref, "payment": fact.thing}
        connection.execute(insert(PAYEES).values(**row).on_conflict_do_nothing())


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
        shown = {"reason": None, **shown, "status": _STATUS[fact.type]}
    if fact.type == "payments.suspended.v1":
        shown["run_id"] = None
    return {"at": fact.at.isoformat(), **shown}
