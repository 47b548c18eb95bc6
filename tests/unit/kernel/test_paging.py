"""Lists are read page by page, each row once, whatever comes between."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from finnest.errors import Invalid
from finnest.paging import Row, cursor, page_of, paged

ROWS = sa.Table("rows", sa.MetaData(), sa.Column("at", sa.String), sa.Column("id", sa.String))
AT, ID = ROWS.c.at, ROWS.c.id
ROW = st.tuples(
    st.sampled_from(["2026-06-01T09:00:00+00:00", "2026-06-01T09:00:00.5+00:00"]), st.text("ab1-", min_size=1)
)


def read(rows: set[tuple[str, str]], limit: int, *, newest: bool) -> list[tuple[str, str]]:
    engine = sa.create_engine("sqlite://")
    found: list[tuple[str, str]] = []
    with engine.begin() as connection:
        ROWS.metadata.create_all(connection)
        if rows:
            connection.execute(ROWS.insert(), [{"at": at, "id": id} for at, id in rows])
        after: str | None = None
        while True:
            wanted = paged(sa.select(ROWS), AT, ID, after, limit + 1, newest=newest)
            some: list[Row] = [dict(row) for row in connection.execute(wanted).mappings()]
            page: dict[str, Any] = page_of(some, limit, "at")
            assert len(page["items"]) <= limit
            found += [(row["at"], row["id"]) for row in page["items"]]
            after = page["next"]
            if after is None:
                return found


@given(st.sets(ROW, max_size=12), st.integers(1, 5), st.booleans())
def test_all_pages_together_are_all_rows_in_order(
    rows: set[tuple[str, str]], limit: int, newest: bool
) -> None:
    assert read(rows, limit, newest=newest) == sorted(rows, reverse=newest)


@given(ROW)
def test_a_cursor_goes_into_a_url_as_it_is(row: tuple[str, str]) -> None:
    assert quote(cursor(*row)) == cursor(*row)


@pytest.mark.parametrize("text", ["x", "never a cursor", "2026-06-01~a", "____", "é", "YQ"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        paged(sa.select(ROWS), AT, ID, text, 1, newest=True)
