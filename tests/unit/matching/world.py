"""Matching on twins: real turns, views, papers and routes, and effects that interleave and crash as told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa
from fastapi import FastAPI

from finnest.context import HEADER, REQUEST_HEADER, Caller, sign
from finnest.dapr.streams import TurnStreams
from finnest.dev.contracts import resting
from finnest.errors import Later, Unavailable
from finnest.feature import Fact, Kit
from finnest.ids import StreamKey
from finnest.manifest import read
from finnest.ports import Answer, EffectCall
from finnest.testing.reach import MemoryPeers, MemoryProcesses
from finnest.testing.stage import Stage
from finnest.testing.stores import MemoryBlobs
from finnest.turn import Message, Start
from finnest.turns import announced, effect_result
from finnest.views import Views
from finnest.web import problems
from finnest.web.caller import Callers
from services.matching import main
from services.matching.documents.identity import match_id
from services.matching.domain.match import MatchState
from services.matching.domain.match_messages import MatchInvoice
from tests.data.ubl_documents import Bill
from tests.unit.matching.parking import ParkingCommands

FOLDER = Path(main.__file__).parent
TENANT = "kestrel"
ROLES = ("viewer", "clerk", "approver")
XML = "application/xml"
_JUDGE = "POST /invoices/v1/invoices/validate"
Pick = Callable[[int], int]
"""Chooses one of n."""


class World:
    """One feature on twins; `policy` is written for everybody."""

    def __init__(self, home: Path, policy: str = "") -> None:
        if policy:
            (home / "policy").mkdir(exist_ok=True)
            (home / "policy" / "matching.yaml").write_text(policy)
        settings = resting(FOLDER.parent, home)
        deciders = main.rules(settings)
        self.stage = Stage("matching", deciders, {}, TENANT)
        self.commands = ParkingCommands("matching", self.stage.turns, self.stage.clock)
        self._documents: dict[str, Callable[[bytes], Any]] = {_JUDGE: self._judged}
        self.findings: list[dict[str, str]] = []
        """What the official rules say about every UBL document."""
        self.judged_by = 200
        """Status of the answer of who judges; 0 when nobody answers."""
        engine = sa.create_engine(
            "sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False}
        )
        self.views = Views(engine)
        self.kit = Kit(
            manifest=read(FOLDER / "feature.yaml"),
            manifests=(),
            settings=settings,
            clock=self.stage.clock,
            commands=self.commands,
            streams=TurnStreams("matching", self.stage.turns),
            blobs=MemoryBlobs(),
            store=self.stage.store,
            peers=MemoryPeers(self._documents),
            processes=MemoryProcesses(),
            views=self.views,
            context_key="key",
        )
        self.feature = main.build(self.kit, deciders)
        self.views.create(*self.feature.projections)
        self._applied = 0
        self._http = self._client()
        self._count = 0
        self.attempts = 0
        """Effects that were begun, the repeated ones too."""

    async def ask(
        self,
        method: str,
        path: str,
        content: Any = None,
        *,
        user: str = "ada",
        roles: tuple[str, ...] = ROLES,
        accept: str = "*/*",
    ) -> httpx2.Response:
        """Call a route as the gateway does; bytes are sent as XML, all else as JSON."""
        self._count += 1
        caller = Caller(tenant=TENANT, user=user, roles=roles)
        signed = sign(caller, "key", self.stage.clock.now())
        headers = {HEADER: signed, REQUEST_HEADER: f"r-{self._count}", "accept": accept}
        if isinstance(content, bytes):
            headers["content-type"] = XML
            return await self._http.request(method, path, content=content, headers=headers)
        return await self._http.request(method, path, json=content, headers=headers)

    async def order(self, content: Any) -> str:
        """Send an order that must be taken; return its id."""
        answer = await self.ask("POST", "/v1/orders", content)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()["id"]

    async def receive(self, content: Any) -> str:
        """Send a delivery that must be taken; return its id."""
        answer = await self.ask("POST", "/v1/receipts", content)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()["id"]

    async def invoice(self, bill: Bill, **changes: Any) -> str:
        """Let an invoice come from the features before; return its id."""
        id = f"inv-{bill.number.lower().replace(' ', '')}"
        body = bill.xml()

        async def document(_: bytes) -> Answer:
            return Answer(200, body, XML, {})

        self._documents[f"GET /invoices/v1/invoices/{id}/document"] = document
        data: dict[str, Any] = {
            "source": "sup-x",
            "invoice_id": id,
            "number": bill.number,
            "supplier": bill.supplier.name,
            "supplier_id": f"{bill.supplier.scheme}:{bill.supplier.abn}",
            "kind": "credit_note" if bill.corrects else "invoice",
            "currency": bill.currency,
            "payable_cents": int((bill.net + bill.tax) * 100),
            "order_reference": bill.order or None,
            "line_orders": tuple({line.order: None for line in bill.lines if line.order}),
            "submitted_by": "ada",
            "a_field_of_tomorrow": {"x": 1},
            **changes,
        }
        command = MatchInvoice.model_validate(data)
        self.commands.things.add(command.address())
        await self.stage.say(command.address(), command, request=f"vetted/{id}")
        return id

    async def match(self, invoice_id: str) -> MatchState:
        """Return the match of an invoice."""
        return await self.stage.state(match_id(invoice_id))

    async def status(self, invoice_id: str) -> str:
        """Return the status of an invoice's match."""
        return (await self.match(invoice_id)).status

    async def codes(self, invoice_id: str) -> list[str]:
        """Return the codes of what is wrong with an invoice."""
        return [f.code for f in (await self.match(invoice_id)).findings if f.weight != "note"]

    async def lines(self, order: str) -> dict[str, tuple[str, str, str]]:
        """Return of each line of an order what was ordered, received, invoiced."""
        shown = (await self.ask("GET", f"/v1/orders/{order}")).json()["lines"]
        return {line["id"]: (line["ordered"], line["received"], line["invoiced"]) for line in shown}

    async def settle(
        self,
        pick: Pick = lambda n: 0,
        crash: Callable[[], bool] = lambda: False,
        check: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Perform all effects and what follows, several at once; `pick` chooses which goes on, a step at a
        time, and `crash` whether it dies instead, to be begun again. `check` is called after each step."""
        running: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                for thing, key, start in await self._pending():
                    if key not in running:
                        self.attempts += 1
                        running[key] = asyncio.create_task(self._perform(thing, key, start), name=key)
                await self._quiet(running)
                await self.see()
                if check is not None:
                    await check()
                running = {key: task for key, task in running.items() if not task.done()}
                if not running:
                    if not await self._pending():
                        return
                    continue
                keys = sorted(running)
                key = keys[pick(len(keys))]
                if crash():
                    running.pop(key).cancel()
                    self.commands.parked.pop(key, None)
                else:
                    self.commands.parked.pop(key).set_result(None)
        finally:
            for task in running.values():
                task.cancel()

    async def see(self) -> None:
        """Let the views hear what was published."""
        sent = list(self.stage.bus.sent.values())
        for _, event in sent[self._applied :]:
            await self.views.apply(_fact(event))
        self._applied = len(sent)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, and tell those whose deadline it was."""
        self.stage.clock.advance(seconds)
        for thing in sorted(self.commands.things):
            head = await self.stage.turns.load(self._key(thing))
            if head.due(self.stage.clock.now()):
                await self.stage.tick(thing)
        await self.settle()

    async def _judged(self, _: bytes) -> Answer:
        if not self.judged_by:
            raise Unavailable("peer-away", "invoices does not answer")
        body = {"ruleset": "t01", "valid": True, "findings": self.findings}
        if self.judged_by >= 400:
            body = {"type": "urn:finnest:problem:too-large", "detail": "it is too large"}
        return Answer(self.judged_by, json.dumps(body).encode(), "application/json", {})

    async def _pending(self) -> list[tuple[str, str, Start]]:
        found: list[tuple[str, str, Start]] = []
        for thing in sorted(self.commands.things):
            head = await self.stage.turns.load(self._key(thing))
            found += [(thing, key, start) for key, start in head.pending.items()]
        return found

    async def _quiet(self, running: dict[str, asyncio.Task[None]]) -> None:
        """Return when every effect has ended or wants to say something."""
        while any(not t.done() and key not in self.commands.parked for key, t in running.items()):
            await asyncio.sleep(0)

    async def _perform(self, thing: str, key: str, start: Start) -> None:
        call = EffectCall(TENANT, thing, key, dict(start.args), "")
        try:
            result = await self.feature.effects[start.effect](call)
        except Later:
            return
        message = Message(
            id=effect_result(key),
            type=result.wire,
            tenant=TENANT,
            thing=thing,
            data=result.wire_data(),
            by="agent:matcher",
            at=self.stage.clock.now(),
        )
        outcome = await self.stage.turns.take(self._key(thing), message)
        assert outcome.refused is None, outcome.refused
        await self.stage.turns.publish(self._key(thing))

    def _key(self, thing: str) -> StreamKey:
        return StreamKey("matching", TENANT, thing)

    def _client(self) -> httpx2.AsyncClient:
        app = FastAPI()
        app.state.callers = Callers("key", self.stage.clock)
        problems.install(app)
        assert self.feature.router is not None
        app.include_router(self.feature.router)
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url="http://test")


def _fact(event: dict[str, Any]) -> Fact:
    key = StreamKey.of_stream(event["stream"])
    return Fact(
        id=event["id"],
        type=event["type"],
        tenant=key.tenant,
        stream=event["stream"],
        thing=event["subject"],
        version=event["streamversion"],
        at=datetime.fromisoformat(event["time"]).astimezone(UTC),
        by=event["by"],
        data=announced(event),
    )
