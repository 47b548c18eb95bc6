"""What the tests of views share: two projections, and facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa

from finnest.databases import insert
from finnest.feature import Fact, Projection
from finnest.views import Views

Open = Callable[[], Views]
"""Opens the same tables again, as another process of the feature does."""
_metadata = sa.MetaData()
LINES = sa.Table(
    "lines",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("stream", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
)


class Lines(Projection):
    """Keeps texts in the order in which they come; one says that it breaks."""

    tables = _metadata

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        connection.execute(sa.insert(LINES).values(stream=fact.stream, text=fact.data["text"]))
        if fact.data["text"] == "broken":
            raise ZeroDivisionError


COUNTS = sa.Table(
    "counts",
    _metadata,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("total", sa.BigInteger, nullable=False),
)


class Counts(Projection):
    """Reads what another stream's fact has left, and adds to it."""

    tables = _metadata

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        known = connection.scalar(sa.select(COUNTS.c.total).where(COUNTS.c.tenant == fact.tenant)) or 0
        row = insert(COUNTS).values(tenant=fact.tenant, total=known + 1)
        connection.execute(
            row.on_conflict_do_update(index_elements=["tenant"], set_={"total": row.excluded.total})
        )


def fact(version: int, text: str, stream: str = "kestrel/notes/note-1") -> Fact:
    """Return a fact of a stream."""
    return Fact(
        id=f"{stream}@{version}",
        type="notes.written.v1",
        tenant="kestrel",
        stream=stream,
        thing="note-1",
        version=version,
        at=datetime(2026, 6, 1, tzinfo=UTC),
        by="ada",
        data={"text": text},
    )


def lines(connection: sa.Connection) -> list[str]:
    """Return the texts, in the order in which they were applied."""
    return list(connection.execute(sa.select(LINES.c.text).order_by(LINES.c.number)).scalars())
