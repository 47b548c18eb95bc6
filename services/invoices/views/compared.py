"""How an invoice was compared with its orders: as far as the events of matching say it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from finnest.databases import insert
from finnest.feature import Fact
from services.invoices.views.tables import MATCHES, METADATA

COMPARISONS = sa.Table(
    "comparisons",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("match", sa.String, primary_key=True),
    sa.Column("invoice", sa.String, nullable=False, index=True),
    sa.Column("summary", sa.String),
    sa.Column("orders", sa.JSON),
    sa.Column("findings", sa.JSON),
    sa.Column("accepted_by", sa.String),
)
"""Which match is of which invoice, and what its last step said."""
QUANTITIES = sa.Table(
    "quantities",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("match", sa.String, primary_key=True),
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("line", sa.String, primary_key=True),
    sa.Column("quantity", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
)
"""What orders keep (`reserved`) or count (`matched`) for a match; these may come before the match itself."""
ORDERS = sa.Table(
    "orders",
    METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("number", sa.String, nullable=False),
)
_STATES = {"quantities_reserved": "reserved", "quantities_matched": "matched"}
_SAYS = frozenset({"waiting", "exception", "accepted", "matched", "rejected", "replaced"})


def apply_comparison(connection: sa.Connection, fact: Fact, what: str) -> None:
    """Keep what an event of matching says: of a match, of quantities in an order, or an order's number."""
    if what == "taken":
        _put(connection, fact, fact.data["data"]["invoice_id"], {})
    elif what in _SAYS and "invoice_id" in fact.data:
        _put(connection, fact, fact.data["invoice_id"], _said(what, fact.data))
    elif what == "order_recorded":
        row = {"tenant": fact.tenant, "id": fact.thing, "number": fact.data["number"]}
        connection.execute(insert(ORDERS).values(**row).on_conflict_do_nothing())
    elif what in _STATES:
        for line, quantity in fact.data["lines"].items():
            key = {"tenant": fact.tenant, "match": fact.data["match"], "stream": fact.thing, "line": line}
            told = {"quantity": str(quantity), "state": _STATES[what]}
            row = insert(QUANTITIES).values(**key, **told)
            connection.execute(row.on_conflict_do_update(index_elements=list(key), set_=told))
    elif what == "quantities_released":
        mine = (QUANTITIES.c.match == fact.data["match"], QUANTITIES.c.stream == fact.thing)
        connection.execute(sa.delete(QUANTITIES).where(QUANTITIES.c.tenant == fact.tenant, *mine))


def comparison_of(connection: sa.Connection, tenant: str, invoice: str) -> dict[str, Any] | None:
    """Return how an invoice compares; None when nobody has compared it.

    `lines` are lines of orders with the quantity that they count or keep for this invoice (in the order's
    unit, below zero when goods are given back), `findings` what the last step said is wrong.
    """
    mine = (COMPARISONS.c.tenant == tenant, COMPARISONS.c.invoice == invoice)
    row = connection.execute(sa.select(COMPARISONS).where(*mine)).mappings().first()
    if row is None:
        return None
    status = connection.execute(
        sa.select(MATCHES.c.status).where(MATCHES.c.tenant == tenant, MATCHES.c.invoice == invoice)
    ).scalar()
    lines = _lines(connection, tenant, row["match"])
    orders = dict.fromkeys([*(row["orders"] or ()), *(line["order"] for line in lines if line["order"])])
    return {
        "status": status or "unmatched",
        "summary": row["summary"],
        "orders": list(orders),
        "lines": lines,
        "findings": row["findings"] or [],
        "accepted_by": row["accepted_by"],
    }


def _lines(connection: sa.Connection, tenant: str, match: str) -> list[dict[str, Any]]:
    wanted = sa.select(QUANTITIES).where(QUANTITIES.c.tenant == tenant, QUANTITIES.c.match == match)
    rows = connection.execute(wanted.order_by(QUANTITIES.c.stream, QUANTITIES.c.line)).mappings().all()
    wanted_names = sa.select(ORDERS.c.id, ORDERS.c.number).where(
        ORDERS.c.tenant == tenant, ORDERS.c.id.in_({_order(row["stream"]) for row in rows})
    )
    names = {row["id"]: row["number"] for row in connection.execute(wanted_names).mappings()}
    return [
        {
            "order": names.get(_order(row["stream"])),
            "line": row["line"],
            "quantity": row["quantity"],
            "state": row["state"],
            "links": {"order": f"/v1/orders/{_order(row['stream'])}"},
        }
        for row in rows
    ]


def _order(stream: str) -> str:
    """Return the order of a stream: long orders have parts, `ord-abc-1`."""
    return "-".join(stream.split("-")[:2])


def _said(what: str, data: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"summary": data["summary"]}
    if what in ("waiting", "exception"):
        said |= {"findings": data["findings"], "orders": data.get("orders", [])}
    if what == "matched":
        said |= {"findings": [], "accepted_by": data.get("accepted_by") or None}
    if what == "accepted":
        said["accepted_by"] = data["by"]
    return said


def _put(connection: sa.Connection, fact: Fact, invoice: str, said: dict[str, Any]) -> None:
    row = insert(COMPARISONS).values(tenant=fact.tenant, match=fact.thing, invoice=invoice, **said)
    on = ["tenant", "match"]
    connection.execute(row.on_conflict_do_update(index_elements=on, set_={"invoice": invoice, **said}))
