"""Where views are kept: a SQLite file beside the one process of a feature, or PostgreSQL, which several share.

Projections are written once. `insert` has the `ON CONFLICT` that both speak; amounts are `BigInteger`, for an
`Integer` of PostgreSQL ends at 21 million dollars in cents.
"""

from __future__ import annotations

import sqlite3
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.pg8000 import PGDialect_pg8000
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from finnest.errors import Unavailable

__all__ = ["ensure_schema", "insert", "is_away", "postgres", "reached", "sqlite"]

WRITES = "writes"
"""Execution option of a connection that changes tables: it begins when nobody else writes any more."""
WAITS_S = 10
"""How long a statement, or a writer for its turn, waits at most."""
POOL, MORE = 2, 3
"""Connections of one process: kept, and more when many read at once."""
AWAY = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE that pass: connection, rollback, resources, locks, intervention."""
NUL, UNKNOWN = "\x00", "\ufffd"


class Dialect(PGDialect_pg8000):
    """pg8000 tells what the network does in the words of the system, where SQLAlchemy waits for its own."""

    supports_statement_cache = True

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Return whether a kept connection is still there."""
        try:
            return super().do_ping(dbapi_connection)
        except OSError as error:
            raise self.loaded_dbapi.InterfaceError("network error") from error


registry.register("postgresql.finnest", __name__, Dialect.__name__)


def sqlite(path: Path) -> sa.Engine:
    """Open a file; it is made when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": WAITS_S})
    event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def postgres(folder: Path, schema: str) -> sa.Engine:
    """Open a schema of the database that a folder names: `url` with role and password, `ca.crt` for TLS.

    Nothing is connected yet.

    Raises:
        OSError: There is no such folder or file.
    """
    address = sa.make_url((folder / "url").read_text().strip()).set(drivername="postgresql+finnest")
    given: dict[str, Any] = {"timeout": WAITS_S, "application_name": "finnest-views"}
    authority = folder / "ca.crt"
    if authority.exists():
        given["ssl_context"] = ssl.create_default_context(cafile=str(authority))
    engine = sa.create_engine(
        address, connect_args=given, pool_size=POOL, max_overflow=MORE, pool_pre_ping=True, pool_recycle=600
    )

    def enter(connection: Any, _: object) -> None:
        connection.cursor().execute("SELECT set_config('search_path', %s, false)", (schema,))
        connection.commit()

    event.listen(engine, "connect", enter)
    event.listen(engine, "begin", _begin_postgres)
    event.listen(engine, "handle_error", _lost)
    event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def ensure_schema(connection: sa.Connection) -> None:
    """Make the schema where an administrator has not, as `components/postgres/roles.sql` does."""
    if connection.dialect.name == "postgresql" and not connection.scalar(sa.text("SELECT current_schema()")):
        wanted = connection.scalar(sa.text("SELECT current_setting('search_path')"))
        connection.execute(sa.schema.CreateSchema(str(wanted).strip('"'), if_not_exists=True))


def is_away(error: Exception) -> bool:
    """Return whether the database could not take it now, and the same again may do."""
    if isinstance(error, OSError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated:
        return True
    said = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return isinstance(said, dict) and str(said.get("C", ""))[:2] in AWAY


@contextmanager
def reached() -> Generator[None]:
    """Say `Unavailable` of what the block could not do and the same again may."""
    try:
        yield
    except (DBAPIError, OSError) as error:
        if not is_away(error):
            raise
        raise Unavailable("views-away", "the view database does not answer; try again in a moment") from error


def _durable(connection: sqlite3.Connection, _: object) -> None:
    """Make commits survive a power cut: the broker forgets what is acknowledged."""
    # Python's driver would begin only before the first change of a row: too late for DROP TABLE.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(WRITES, False):
        # As in SQLite: what the last writer did is seen by the next, whatever a projection reads before it writes.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext(current_setting('search_path')))")


def _lost(context: sa.engine.ExceptionContext) -> None:
    if isinstance(context.original_exception, OSError):
        context.is_disconnect = True


def _without_nul(
    _connection: sa.Connection, _cursor: Any, statement: str, parameters: Any, *_: Any
) -> tuple[str, Any]:
    """PostgreSQL's text has no NUL; what a person reads says that something was there."""
    if isinstance(parameters, (list, tuple)) and any(
        isinstance(one, str) and NUL in one for one in parameters
    ):
        parameters = tuple(one.replace(NUL, UNKNOWN) if isinstance(one, str) else one for one in parameters)
    return statement, parameters
