"""Pages of a view: a list that is read from a cursor on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def paged(
    wanted: sa.Select[Any],
    at: sa.Column[Any],
    id: sa.Column[Any],
    after: str | None,
    limit: int,
    *,
    newest: bool,
) -> sa.Select[Any]:
    """Return the query for one page in the order of `at` and `id`, from a cursor on (`at~id`)."""
    if after:
        since, _, last = after.partition("~")
        place, cursor = sa.tuple_(at, id), (since, last)
        wanted = wanted.where(place < cursor if newest else place > cursor)
    order = (at.desc(), id.desc()) if newest else (at, id)
    return wanted.order_by(*order).limit(limit)
