"""The tables of invoices."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
INVOICES = sa.Table(
    "invoices",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("received_at", sa.String),
    sa.Column("number", sa.String),
    sa.Column("supplier", sa.String),
    sa.Column("total_cents", sa.BigInteger),
    sa.Column("currency", sa.String),
    sa.Column("own_status", sa.String),
    sa.Column("own_reasons", sa.JSON),
    sa.Column("payment_status", sa.String),
    sa.Column("payment_reasons", sa.JSON),
    sa.Column("payment_id", sa.String),
    sa.Column("run_id", sa.String),
)
"""Own and payment columns are filled from different streams, in whatever order these arrive."""
HOLDS = sa.Table(
    "holds",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("invoice", sa.String, primary_key=True),
    sa.Column("supplier", sa.String, nullable=False),
    sa.Column("reason", sa.String),
)
"""What the supplier's side says of an invoice: the reason why it waits, None when it may go on."""
MATCHES = sa.Table(
    "matches",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("invoice", sa.String, primary_key=True),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
)
"""What the comparison with order and receipt says of an invoice."""
STATUS = sa.func.coalesce(
    INVOICES.c.payment_status,
    sa.case((HOLDS.c.reason.is_not(None), "exception")),
    MATCHES.c.status,
    INVOICES.c.own_status,
)
_HELD = sa.and_(HOLDS.c.tenant == INVOICES.c.tenant, HOLDS.c.invoice == INVOICES.c.id)
_COMPARED = sa.and_(MATCHES.c.tenant == INVOICES.c.tenant, MATCHES.c.invoice == INVOICES.c.id)
ROWS = (
    sa.select(
        INVOICES,
        HOLDS.c.reason.label("hold"),
        HOLDS.c.supplier.label("supplier_ref"),
        MATCHES.c.status.label("match_status"),
        MATCHES.c.reasons.label("match_reasons"),
        STATUS.label("status"),
    )
    .select_from(INVOICES)
    .outerjoin(HOLDS, _HELD)
    .outerjoin(MATCHES, _COMPARED)
)
DRAFTS = sa.Table(
    "drafts",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("read_at", sa.String),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("number", sa.String),
    sa.Column("supplier", sa.String),
    sa.Column("total_cents", sa.Integer),
    sa.Column("currency", sa.String),
    sa.Column("invoice_id", sa.String),
)
"""What was read from PDFs, on its way to be an invoice."""
HISTORY = sa.Table(
    "history",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("invoice", sa.String, primary_key=True),
    sa.Column("event", sa.String, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("type", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("summary", sa.String, nullable=False),
)
