"""Our own runs: through the public API, from the inside, and the bare limit of the same installation."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import nats

from finnest.agents.messages import AskAgent
from finnest.agents.runs import wires
from finnest.agents.threads import KIND as THREAD
from finnest.clock import SystemClock, fresh_id
from finnest.ids import derived
from finnest.turn import Message
from tests.bench.peers.figures import Batch, Figures, Gauge, Load, measured
from tests.bench.peers.platform_app import BARE
from tests.bench.peers.protocol import ANSWER, QUESTION
from tests.bench.rig import Running

AGENT = "assistant"
TENANT = "bench"
PUBLIC, INSIDE = "Finnest, public API", "Finnest, inside"
LIMIT, LIMIT_MORE = "bare limit", "bare limit, publishes and calls too"
UNDER_WAY = ("accepted", "thinking", "acting")
RUN_S = 60.0
COUNTED = 40
"""Runs by which is counted what one takes."""


class Ours:
    """An installation whose app is `platform_app`, with the connections to use it."""

    def __init__(self, here: Running, api: aiohttp.ClientSession, sidecar: aiohttp.ClientSession) -> None:
        self._here = here
        self._api = api
        self._sidecar = sidecar
        self._ended: dict[str, asyncio.Future[None]] = {}
        self.counts: dict[str, int] = {}
        """How often one run uses the sidecar for what; with the keys and bytes of one transaction."""

    async def figures(self, runs: tuple[int, int]) -> list[Figures]:
        """Measure all rows, one after the other."""
        gauge = Gauge(self._here.cpu_ms, self._here.stored_bytes, self._here.rss_mb)
        public = await measured(PUBLIC, self._load(self._ask), gauge, runs)
        inside = await measured(INSIDE, self._load(self._turn), gauge, runs)
        each = await self._counts_of_a_run()
        strict = {**each, "publishes": 0, "calls": 0}
        self.counts = each
        return [
            public,
            inside,
            await measured(LIMIT, self._load(self._bare(strict)), gauge, runs),
            await measured(LIMIT_MORE, self._load(self._bare(each)), gauge, runs),
        ]

    async def listen(self, message: Any) -> None:
        """Note that a run has finished."""
        stream = json.loads(message.data)["id"].partition("@")[0]
        waiting = self._ended.get(stream.rpartition("/")[2])
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def _load(self, one: Callable[[], Awaitable[None]]) -> Load:
        async def load(count: int, at_once: int) -> Batch:
            took: list[float] = []
            left = iter(range(count))

            async def client() -> None:
                for _ in left:
                    began = time.perf_counter()
                    await one()
                    took.append((time.perf_counter() - began) * 1000)

            began = time.perf_counter()
            await asyncio.gather(*(client() for _ in range(at_once)))
            return Batch(time.perf_counter() - began, took)

        return load

    async def _ask(self) -> None:
        """Make one run as anybody would."""
        body = {"text": QUESTION}
        async with self._api.post(f"/v1/agents/{AGENT}/messages?wait=30", json=body) as answer:
            run = await answer.json()
        began = time.perf_counter()
        # A busy machine answers that the question is taken, and tells the rest when asked again.
        while run.get("status") in UNDER_WAY and time.perf_counter() - began < RUN_S:
            await asyncio.sleep(0.01)
            async with self._api.get(f"/v1/runs/{run.get('run') or run['id']}") as answer:
                run = await answer.json() if answer.status == 200 else run
        if run.get("answer") != ANSWER:
            raise RuntimeError(f"another answer: {run}")

    async def _turn(self) -> None:
        """Make one run by the call of its actor; it has ended when the bus says so."""
        run, thread = (derived(kind, TENANT, "bench", fresh_id()) for kind in (AGENT, THREAD))
        command = wires(AGENT).make(AskAgent, text=QUESTION, thread=thread, roles=("approver",))
        now = SystemClock().now()
        message = Message(
            id=fresh_id(),
            type=command.wire,
            tenant=TENANT,
            thing=run,
            data=command.wire_data(),
            by="bench",
            at=now,
        )
        ended = self._ended[run] = asyncio.get_running_loop().create_future()
        body = message.model_dump_json().encode()
        answer = await self._put(f"/v1.0/actors/{AGENT}.{AGENT}/{TENANT}.{run}/method/turn", body)
        if "outcome" not in answer:
            raise RuntimeError(str(answer))
        await asyncio.wait_for(ended, RUN_S)
        del self._ended[run]

    def _bare(self, each: dict[str, int]) -> Callable[[], Awaitable[None]]:
        calls = max(each["actor_calls"], 1)
        last = {"transactions": 1, "publishes": 0, "calls": 0, "keys": each["keys"], "bytes": each["bytes"]}
        first = {
            **last,
            "transactions": each["transactions"] - (calls - 1),
            "publishes": each["publishes"],
            "calls": each["calls"],
        }

        async def run() -> None:
            for number in range(calls):
                path = f"/v1.0/actors/{BARE}/{TENANT}.bare-{fresh_id()}/method/turn"
                await self._put(path, json.dumps(first if number == 0 else last).encode())

        return run

    async def _counts_of_a_run(self) -> dict[str, int]:
        """Return how often one run uses the sidecar, and the keys and bytes of one transaction."""
        before = await self._settled()
        await self._load(self._turn)(COUNTED, 1)
        after = await self._settled()
        total = {kind: after[kind] - before[kind] for kind in after}
        each = {kind: round(count / COUNTED) for kind, count in total.items()}
        each["keys"] = max(round(total["keys"] / total["transactions"]), 1)
        each["bytes"] = round(total["bytes"] / total["transactions"])
        # The call that begins a run is ours.
        each["actor_calls"] += 1
        return each

    async def _settled(self) -> dict[str, int]:
        known: dict[str, int] = {}
        while (now := await self._counts()) != known:
            known = now
            await asyncio.sleep(0.5)
        return known

    async def _counts(self) -> dict[str, int]:
        port = self._here.ports["pairs"]["finnest"]["app"]
        headers = {"dapr-api-token": self._here.home.secrets().app_api_token}
        async with self._api.get(f"http://127.0.0.1:{port}/bench/counts", headers=headers) as answer:
            return await answer.json()

    async def _put(self, path: str, body: bytes) -> Any:
        async with self._sidecar.put(path, data=body) as answer:
            answer.raise_for_status()
            return await answer.json()


@asynccontextmanager
async def connected(here: Running) -> AsyncGenerator[Ours]:
    """Connect to the gateway, the sidecar and the bus of an installation."""
    secrets = here.home.secrets()
    key = {"authorization": f"Bearer {here.home.dev_key.read_text().strip()}"}
    token = {"dapr-api-token": secrets.dapr_api_token}
    port = here.ports["pairs"]["finnest"]["dapr_http"]
    bus = await nats.connect(f"nats://finnest:{secrets.nats_password}@127.0.0.1:{here.ports['broker']}")
    async with (
        aiohttp.ClientSession(here.url, headers=key) as api,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=token) as sidecar,
    ):
        ours = Ours(here, api, sidecar)
        await bus.subscribe(f"events.{AGENT}.agent_finished.v1.*", cb=ours.listen)
        try:
            yield ours
        finally:
            await bus.close()
