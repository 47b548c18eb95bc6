"""Views: query tables built from events, one database per feature; never the truth."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import OperationalError

from finnest.errors import NotYet, Unavailable
from finnest.feature import Fact, Projection

T = TypeVar("T")

_positions = sa.MetaData()
POSITIONS = sa.Table(
    "positions",
    _positions,
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)
"""The last version applied of each stream."""


class Views:
    """The query tables of one feature."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        # One writer at a time: SQLite would only make the others wait.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="views")
        self._projections: list[Projection] = []

    @classmethod
    def at(cls, path: Path) -> Views:
        """Open the tables in a SQLite file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 10})

        event.listen(engine, "connect", _durable)
        event.listen(engine, "begin", _begin)
        return cls(engine)

    def create(self, *projections: Projection) -> None:
        """Make the tables that are not there yet."""
        self._projections = list(projections)
        _positions.create_all(self._writing)
        for projection in projections:
            projection.tables.create_all(self._writing)

    async def apply(self, fact: Fact) -> bool:
        """Apply a fact durably; return False when it was applied before.

        Raises:
            NotYet: An earlier event of the stream has not arrived.
            Unavailable: The database does not take it now.
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._writer, self._apply_one, fact)
        except OperationalError as error:
            raise Unavailable("views-away", "the view database does not take changes") from error

    async def read(self, query: Callable[[sa.Connection], T]) -> T:
        """Return what the query finds."""

        def run() -> T:
            with self._engine.connect() as connection:
                return query(connection)

        return await asyncio.to_thread(run)

    def rebuild(self, facts: Callable[[Callable[[Fact], None]], None]) -> int:
        """Drop the tables and fill them from history in one transaction; return the number of facts.

        `facts` calls its argument with each fact, oldest first. It is asked when nobody else writes any more,
        so what it does not know yet comes after this, and readers see the old tables until all is done.
        """
        count = 0
        with self._writing.begin() as connection:
            for projection in self._projections:
                projection.tables.drop_all(connection)
                projection.tables.create_all(connection)
            _positions.drop_all(connection)
            _positions.create_all(connection)

            def take(fact: Fact) -> None:
                nonlocal count
                count += self._apply(connection, fact)

            facts(take)
        return count

    def close(self) -> None:
        """Finish what is being written and close."""
        self._writer.shutdown(wait=True)
        self._engine.dispose()

    def _apply_one(self, fact: Fact) -> bool:
        with self._writing.begin() as connection:
            return self._apply(connection, fact)

    def _apply(self, connection: sa.Connection, fact: Fact) -> bool:
        wanted = sa.select(POSITIONS.c.version).where(POSITIONS.c.stream == fact.stream)
        last = connection.execute(wanted).scalar() or 0
        if fact.version <= last:
            return False
        if fact.version > last + 1:
            raise NotYet("gap", f"version {last + 1} of {fact.stream} has not arrived")
        for projection in self._projections:
            projection.apply(connection, fact)
        position = insert(POSITIONS).values(stream=fact.stream, version=fact.version)
        connection.execute(
            position.on_conflict_do_update(
                index_elements=[POSITIONS.c.stream], set_={"version": fact.version}
            )
        )
        return True


def _durable(connection: sqlite3.Connection, _: object) -> None:
    """Make commits survive a power cut: the broker forgets what is acknowledged."""
    # Python's driver would begin only before the first change of a row: too late for DROP TABLE.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
