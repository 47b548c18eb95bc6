"""Every store that the kernel may stand on: the twin, and real ones behind a real sidecar."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest

from finnest.clock import SystemClock, fresh_id
from finnest.dapr.sidecar import Sidecar
from finnest.dapr.stores import DaprStore
from finnest.ids import StreamKey
from finnest.ports import Store
from finnest.testing import MemoryStore
from finnest.views import Views
from tests.contract.servers import TOKEN, Daprd, bare_sidecar, postgres, why_no_postgres
from tests.contract.views_rig import Open

_tenants = count(1)


@pytest.fixture(scope="session")
def daprd(tmp_path_factory: pytest.TempPathFactory) -> Generator[Daprd]:
    """A real sidecar with nothing but state stores."""
    with bare_sidecar(tmp_path_factory.mktemp("daprd")) as running:
        yield running


@pytest.fixture(params=["twin", "sqlite", "postgres"])
def backing(request: pytest.FixtureRequest) -> tuple[str, Daprd | None]:
    """Each kind of store in turn, with the sidecar before it."""
    kind: str = request.param
    if kind == "twin":
        return kind, None
    running: Daprd = request.getfixturevalue("daprd")
    if kind == "postgres" and running.postgres is not None:
        pytest.skip(running.postgres)
    return kind, running


@pytest.fixture
async def store(backing: tuple[str, Daprd | None]) -> AsyncGenerator[Store]:
    """Each store in turn; all tests share one, so each test has a tenant of its own."""
    kind, running = backing
    if running is None:
        yield MemoryStore(SystemClock())
        return
    async with Sidecar(running.port, TOKEN) as sidecar:
        yield DaprStore(sidecar, f"state-{kind}")


@pytest.fixture
def tenant() -> str:
    """A tenant that only this test uses."""
    return f"tenant-{next(_tenants)}"


@pytest.fixture
def key(tenant: str) -> StreamKey:
    """A stream that only this test uses."""
    return StreamKey("notes", tenant, "note-1")


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server; its port."""
    if (missing := why_no_postgres()) is not None:
        pytest.skip(missing)
    with postgres(tmp_path_factory.mktemp("postgres")) as address:
        yield dict(part.split("=") for part in address.split())["port"]


@pytest.fixture(params=["file", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """The tables of one feature, of one test alone."""
    database: Path | None = None
    if request.param == "postgres":
        port = request.getfixturevalue("database")
        (tmp_path / "url").write_text(f"postgresql://finnest@127.0.0.1:{port}/postgres\n")
        database = tmp_path
    every: list[Views] = []
    feature = f"notes_{fresh_id()}"

    def again() -> Views:
        every.append(Views.of(feature, tmp_path, database))
        return every[-1]

    yield again
    for one in every:
        one.close()
