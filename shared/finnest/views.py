"""Views: query tables built from events, one database (or schema) per feature; never the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
import structlog

from finnest.databases import WRITES, ensure_schema, insert, is_away, postgres, reached, sqlite
from finnest.errors import Unavailable
from finnest.feature import Fact, Projection
from finnest.ids import is_kernels

T = TypeVar("T")
log = structlog.get_logger()

_positions = sa.MetaData()
POSITIONS = sa.Table(
    "positions",
    _positions,
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)
"""The last version applied of each stream."""
EARLY = sa.Table(
    "early",
    _positions,
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("fact", sa.String, nullable=False),
)
"""Facts that came before one of their stream that is still on its way, as JSON."""
_FIRST = insert(POSITIONS).values(stream=sa.bindparam("stream"), version=sa.bindparam("version"))
_ADVANCE = _FIRST.on_conflict_do_update(
    index_elements=[POSITIONS.c.stream], set_={"version": _FIRST.excluded.version}
)
_PLACE = sa.select(
    sa.select(POSITIONS.c.version).where(POSITIONS.c.stream == sa.bindparam("stream")).scalar_subquery(),
    sa.exists().where(EARLY.c.stream == sa.bindparam("stream")),
)
_KEEP = insert(EARLY).on_conflict_do_nothing()
_ONE = (EARLY.c.stream == sa.bindparam("stream"), EARLY.c.version == sa.bindparam("version"))
_WAITS = sa.select(EARLY.c.fact).where(*_ONE)
_DROP = sa.delete(EARLY).where(*_ONE)
BATCH = 100
"""Facts that share a commit at most."""


class Views:
    """The query tables of one feature."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(**{WRITES: True})
        # One writer at a time: the database would only make the others wait.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="views")
        self._queue: list[tuple[Fact, asyncio.Future[bool]]] = []
        self._work: asyncio.Task[None] | None = None
        self._projections: list[Projection] = []

    @classmethod
    def at(cls, path: Path) -> Views:
        """Open the tables in a SQLite file."""
        return cls(sqlite(path))

    @classmethod
    def of(cls, feature: str, home: Path, database: Path | None) -> Views:
        """Open the tables of a feature: in the database that a folder names, or in a file below `home`."""
        if database is not None:
            return cls(postgres(database, f"{feature}_views"))
        return cls.at(home / "data" / "views" / f"{feature}.db")

    def create(self, *projections: Projection) -> None:
        """Make the tables that are not there yet.

        Raises:
            Unavailable: The database does not answer.
        """
        self._projections = list(projections)
        with reached(), self._writing.begin() as connection:
            ensure_schema(connection)
            _positions.create_all(connection)
            for projection in projections:
                projection.tables.create_all(connection)

    async def apply(self, fact: Fact) -> bool:
        """Take a fact durably; return False when it was known before.

        One that comes before an earlier one of its stream is kept and applied after that. Facts that arrive
        together share a commit.

        Raises:
            Unavailable: The database does not take it now.
        """
        applied: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue.append((fact, applied))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._work_off())
        return await applied

    async def read(self, query: Callable[[sa.Connection], T]) -> T:
        """Return what the query finds.

        Raises:
            Unavailable: The database does not answer.
        """

        def run() -> T:
            with reached(), self._engine.connect() as connection:
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

    async def _work_off(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            batch, self._queue = self._queue[:BATCH], self._queue[BATCH:]
            facts = [fact for fact, _ in batch]
            results = await loop.run_in_executor(self._writer, self._apply_all, facts)
            for (_, applied), result in zip(batch, results, strict=True):
                if applied.done():
                    continue
                if isinstance(result, Exception):
                    applied.set_exception(result)
                else:
                    applied.set_result(result)

    def _apply_all(self, facts: Sequence[Fact]) -> list[bool | Exception]:
        """Apply facts in one commit; one that fails is undone alone."""
        try:
            with reached(), self._writing.begin() as connection:
                return [self._apply(connection, fact) for fact in facts]
        except Exception as error:  # noqa: BLE001
            # Handed to whoever waits for this fact.
            if len(facts) == 1 or isinstance(error, Unavailable):
                return [error for _ in facts]
            return [self._apply_all([fact])[0] for fact in facts]

    def _apply(self, connection: sa.Connection, fact: Fact) -> bool:
        version, others_wait = connection.execute(_PLACE, {"stream": fact.stream}).one()
        last = version or 0
        if fact.version <= last:
            return False
        if fact.version > last + 1:
            row = {"stream": fact.stream, "version": fact.version, "fact": fact.model_dump_json()}
            return connection.execute(_KEEP, row).rowcount > 0
        self._project(connection, fact)
        if others_wait:
            self._follow(connection, fact)
        return True

    def _project(self, connection: sa.Connection, fact: Fact) -> None:
        kernels = is_kernels(fact.stream)
        for projection in self._projections:
            if projection.of_kernel == kernels:
                projection.apply(connection, fact)
        connection.execute(_ADVANCE, {"stream": fact.stream, "version": fact.version})

    def _follow(self, connection: sa.Connection, fact: Fact) -> None:
        """Apply what came early and is due after this fact; one that breaks stays, for a rebuild."""
        due: Fact | None = fact
        while (due := self._early(connection, due.stream, due.version + 1)) is not None:
            try:
                with connection.begin_nested():
                    self._project(connection, due)
                    connection.execute(_DROP, {"stream": due.stream, "version": due.version})
            except Exception as error:
                if is_away(error):
                    raise
                log.exception("early-fact-broke", id=due.id)
                return

    def _early(self, connection: sa.Connection, stream: str, version: int) -> Fact | None:
        known = connection.execute(_WAITS, {"stream": stream, "version": version}).scalar()
        return None if known is None else Fact.model_validate_json(known)
