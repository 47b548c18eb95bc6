"""The tables that payments and pay runs are listed from."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
PAYMENTS = sa.Table(
    "payments",
    METADATA,
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
    METADATA,
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
PAYEES = sa.Table(
    "payees",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("supplier_ref", sa.String, primary_key=True),
    sa.Column("payment", sa.String, primary_key=True),
)
"""Which payments go to which supplier."""
