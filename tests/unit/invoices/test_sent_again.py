"""The same bytes sent again: the same id, and where the invoice stands by now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from finnest.context import HEADER, Caller, sign
from finnest.dapr.streams import TurnStreams
from finnest.dev.contracts import resting
from finnest.feature import Fact, Kit
from finnest.manifest import read
from finnest.testing import MemoryBlobs, MemoryCommands, MemoryPeers, MemoryProcesses, Stage
from finnest.views import Views
from finnest.web import problems
from finnest.web.caller import Callers
from services.invoices import main
from services.invoices.api import router
from services.invoices.documents.findings import Report
from services.invoices.domain.invoice import Invoices
from services.invoices.ports import Days, Judge, Read, Texts
from services.invoices.views import InvoiceViews
from tests.data.ubl_documents import Bill

T = TypeVar("T")
TENANT = "kestrel"
FOLDER = Path(main.__file__).parent
BODY = Bill("A-1").xml()


class NoJudge(Judge, Days, Texts):
    """Judges and reads nothing; it is always the same day."""

    async def judge(self, sender: str, body: bytes, today: date, ruleset: str | None = None) -> Report:
        raise AssertionError("nothing is judged while it is taken in")

    async def read(self, body: bytes) -> Read:
        raise AssertionError("there is no paper here")

    def today(self, tenant: str) -> date:
        return date(2026, 11, 24)


class CountedViews(Views):
    """Views that know how often they were read."""

    reads = 0

    async def read(self, query: Callable[[sa.Connection], T]) -> T:
        self.reads += 1
        return await super().read(query)


class Door:
    """The routes of invoices on twins."""

    def __init__(self, home: Path) -> None:
        self._stage = Stage("invoices", [Invoices()], tenant=TENANT)
        engine = sa.create_engine(f"sqlite:///{home / 'invoices.db'}")
        self.views = CountedViews(engine)
        self.views.create(InvoiceViews())
        clock = self._stage.clock
        settings = resting(FOLDER.parent, home)
        kit = Kit(
            manifest=read(FOLDER / "feature.yaml"),
            manifests=(),
            settings=settings,
            clock=clock,
            commands=MemoryCommands("invoices", self._stage.turns, clock),
            streams=TurnStreams("invoices", self._stage.turns),
            blobs=MemoryBlobs(),
            store=self._stage.store,
            peers=MemoryPeers({}),
            processes=MemoryProcesses(),
            views=self.views,
            context_key="key",
        )
        app = FastAPI()
        app.state.callers = Callers("key", clock)
        problems.install(app)
        app.include_router(router(kit, NoJudge(), NoJudge(), NoJudge()))
        self._signed = sign(Caller(tenant=TENANT, user="ada", roles=("clerk",)), "key", clock.now())
        self._http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test")

    async def send(self) -> tuple[int, dict[str, Any]]:
        """Send the document; return status and answer."""
        headers = {HEADER: self._signed, "content-type": "application/xml"}
        answer = await self._http.post("/v1/invoices", content=BODY, headers=headers)
        return answer.status_code, answer.json()

    async def hear(self, thing: str, type: str, **data: Any) -> None:
        """Take the first event of a stream."""
        stream = f"{type.partition('.')[0]}/{TENANT}/{thing}"
        at = datetime(2026, 11, 24, tzinfo=UTC)
        fact = Fact(
            id=f"{stream}@1",
            type=type,
            tenant=TENANT,
            stream=stream,
            thing=thing,
            version=1,
            at=at,
            by="ada",
            data=data,
        )
        await self.views.apply(fact)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


async def test_what_comes_for_the_first_time_reads_no_table(door: Door) -> None:
    status, shown = await door.send()
    assert (status, shown["status"], door.views.reads) == (202, "received", 0)


async def test_what_comes_again_says_where_the_invoice_stands(door: Door) -> None:
    _, first = await door.send()
    await door.hear(first["id"], "invoices.received.v1", summary={}, submitted_by="ada")
    await door.hear("sup-1", "suppliers.held.v1", invoice_id=first["id"], hold="another account")
    status, again = await door.send()
    assert (again["id"], again["status"], door.views.reads) == (first["id"], "exception", 1)
    assert status == 202, "its own report is not there yet"


async def test_what_no_table_has_yet_is_what_its_own_stream_says(door: Door) -> None:
    _, first = await door.send()
    assert await door.send() == (202, first)
