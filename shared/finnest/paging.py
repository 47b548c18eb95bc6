"""Pages of a view: a list that is read from a cursor on."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from finnest.errors import Invalid

Row = dict[str, Any]


def paged(
    wanted: sa.Select[*tuple[Any, ...]],
    at: sa.Column[Any],
    id: sa.Column[Any],
    after: str | None,
    limit: int,
    *,
    newest: bool,
) -> sa.Select[*tuple[Any, ...]]:
    """Return the query for `limit` rows in the order of `at` and `id`, from a cursor on.

    Raises:
        Invalid: That is not a cursor.
    """
    if after:
        place, last = sa.tuple_(at, id), _read(after)
        wanted = wanted.where(place < last if newest else place > last)
    order = (at.desc(), id.desc()) if newest else (at, id)
    return wanted.order_by(*order).limit(limit)


def page_of(
    rows: Sequence[Row], limit: int, at: str, shown: Callable[[Row], Mapping[str, Any]] = dict
) -> dict[str, Any]:
    """Return a page as people get it, of up to `limit + 1` rows; the one too many tells that more follow."""
    more = len(rows) > limit
    rows = rows[:limit]
    return {
        "items": [shown(row) for row in rows],
        "next": cursor(rows[-1][at], rows[-1]["id"]) if more else None,
    }


def cursor(at: str, id: str) -> str:
    """Return the cursor that goes on after this place; it goes into a URL as it is."""
    return base64.urlsafe_b64encode(f"{at}~{id}".encode()).decode().rstrip("=")


def _read(text: str) -> tuple[str, str]:
    try:
        whole = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        whole = ""
    at, found, id = whole.partition("~")
    if not found:
        raise Invalid("bad-cursor", "`after` takes what an earlier page gave as `next`")
    return at, id
