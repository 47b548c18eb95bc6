"""How lists and histories of matching are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from finnest.feature import Kit
from finnest.paging import page_of
from finnest.ports import Recorded
from services.matching.views import listed

Row = dict[str, Any]


async def page(
    kit: Kit,
    table: sa.Table,
    tenant: str,
    status: str | None,
    after: str | None,
    limit: int,
    shown: Callable[[Row], Row],
) -> Row:
    """Return one page of a table, newest first."""
    rows = await kit.views.read(listed(table, tenant, status, after, limit + 1))
    return page_of(rows, limit, "at", shown)


def history(entries: Sequence[Recorded]) -> list[Row]:
    """Return what people read of a stream: the entries that have a sentence."""
    return [
        {"at": e.at.isoformat(), "type": e.type, "by": e.by, "summary": e.data["summary"]}
        for e in entries
        if "summary" in e.data
    ]


def links_of(path: str, document: str) -> dict[str, str]:
    """Return the links of an order or delivery; one to its document where that was kept (its hash)."""
    return {"self": path, **({"document": f"{path}/document"} if document else {})}
