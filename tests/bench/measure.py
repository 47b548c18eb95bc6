"""The measurements; each returns rows of a table: what, figure, beside."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

from finnest.clock import fresh_id
from finnest.dev.home import REPO
from finnest.turn import Message
from services.invoices.judging.workers import MAX_RESIDENT_MB
from tests.bench import bench_validation
from tests.bench.bare_app import BARE
from tests.bench.rig import Running, Timing, load, running
from tests.data.ubl_documents import many_invoices

Row = tuple[str, str, str]
TURNS = 3_000
DOCUMENTS = 300
SETTLED_S = 120.0
WORKER_RESTS_S = 65.0
"""After this time without documents the rules worker has ended."""


async def turns(home: Path) -> list[Row]:
    """Durable turns per second beside the bare limit of the same run, in turn, three rounds."""
    env = {
        "FINNEST_SERVICES": str(REPO / "tests" / "bench" / "features"),
        "FINNEST_SERVE_MODULE": "tests.bench.bare_app",
    }
    rows: list[Row] = []
    async with running(home, **env, BENCH_DEAF="1") as here, _sidecar(here) as session:
        for at_once in (1, 16):
            count = TURNS if at_once > 1 else TURNS // 4
            pairs = [
                (await _bare(here, session, count, at_once), await _turns(here, session, count, at_once))
                for _ in range(3)
            ]
            bare, whole = sorted(pairs, key=lambda p: p[1].rate / p[0].rate)[1]
            rows += [
                (f"bare limit, {at_once} at once", _per_s(bare), "actor call + transaction + publish"),
                (
                    f"turns, {at_once} at once",
                    _per_s(whole),
                    f"{whole.rate / bare.rate:.2f} of the bare limit, target 0.5",
                ),
            ]
    async with running(home, **env) as here, _sidecar(here) as session:
        pairs = [
            (await _bare(here, session, TURNS, 16), await _turns(here, session, TURNS, 16)) for _ in range(3)
        ]
        bare, heard = sorted(pairs, key=lambda p: p[1].rate / p[0].rate)[1]
        said = f"{heard.rate / bare.rate:.2f} of the bare limit, whose events nobody hears"
        rows.append(("turns, 16 at once, each event heard again", _per_s(heard), said))
    return rows


async def documents(home: Path) -> list[Row]:
    """Documents from accept to scheduled payment, with start and memory."""
    async with running(home) as here:
        ready = here.rss_mb()
        await asyncio.sleep(WORKER_RESTS_S)
        idle = here.rss_mb()
        key = here.home.dev_key.read_text().strip()
        bodies = list(many_invoices(DOCUMENTS + 20))
        headers = {"authorization": f"Bearer {key}", "content-type": "application/xml"}
        async with aiohttp.ClientSession(here.url, headers=headers) as session:
            judged = await load(100, 1, lambda n: _post(session, "/v1/invoices/validate", bodies[n]))
            for body in bodies[DOCUMENTS:]:
                await _post(session, "/v1/invoices", body)
            await _settle(session, 20)
            began = time.perf_counter()
            accept = await load(DOCUMENTS, 16, lambda n: _post(session, "/v1/invoices", bodies[n]))
            await _settle(session, DOCUMENTS + 20)
            whole = DOCUMENTS / (time.perf_counter() - began)
            one = await _end_to_end(session)
        return [
            ("start to ready, warm", f"{here.ready_s:.1f} s", "target 6 s"),
            (
                "memory idle, everything",
                f"{idle:.0f} MB",
                f"target 450 MB; {ready:.0f} MB with a rules worker",
            ),
            ("import of the monolith", f"{_import_s():.2f} s", "target 2 s"),
            ("accept, 16 at once", _per_s(accept), "stored, on the bus, first turn saved"),
            ("document to scheduled payment, 16 at once", f"{whole:.0f}/s", "end to end, all durable"),
            ("document to scheduled payment, alone", f"{one:.0f} ms", "end to end"),
            ("validation through the API", f"{judged.p50_ms:.1f} ms", f"p99 {judged.p99_ms:.1f} ms"),
        ]


async def validation(home: Path) -> list[Row]:
    """Documents judged by the official rules beside the bare XSLT of the same run."""
    found = await bench_validation.measured()
    share = f"{found.share:.0%} of bare XSLT ({found.bare.rate:.0f}/s), target 70 %"
    figure = f"{found.whole.rate:.0f}/s, p99 {found.p99_ms:.0f} ms"
    return [
        (f"documents judged, {bench_validation.PROCESSES} processes", figure, share),
        ("memory of a rules worker", found.kept, f"replaced over {MAX_RESIDENT_MB} MiB"),
    ]


async def agents(home: Path) -> list[Row]:
    """Questions with one tool through the gateway, answered by a planner that needs no time."""
    rows: list[Row] = []
    async with running(home) as here:
        headers = {"authorization": f"Bearer {here.home.dev_key.read_text().strip()}"}
        headers["content-type"] = "application/json"
        async with aiohttp.ClientSession(here.url, headers=headers) as session:

            async def ask(number: int) -> None:
                body = b'{"text": "what waits for approval?"}'
                run = await _post(session, "/v1/agents/assistant/messages?wait=30", body)
                if run["status"] != "finished":
                    raise RuntimeError(str(run))

            await load(20, 4, ask)
            for at_once, count in ((1, 60), (16, 240)):
                timing = await load(count, at_once, ask)
                rows.append(
                    (
                        f"question, one tool, answer, {at_once} at once",
                        _per_s(timing),
                        "6 commits, 7 events, all durable",
                    )
                )
    return rows


async def _bare(here: Running, session: aiohttp.ClientSession, count: int, at_once: int) -> Timing:
    async def call(number: int) -> None:
        await _put(session, f"/v1.0/actors/{BARE}/bench.bare-{number % 64}/method/turn", b"{}")

    return await load(count, at_once, call)


async def _turns(here: Running, session: aiohttp.ClientSession, count: int, at_once: int) -> Timing:
    from finnest.clock import SystemClock

    now = SystemClock().now()

    async def call(number: int) -> None:
        thing = f"count-{number % 64}"
        message = Message(
            id=fresh_id(), type="counter.add.v1", tenant="bench", thing=thing, data={}, by="bench", at=now
        )
        path = f"/v1.0/actors/counter.keeper/bench.{thing}/method/turn"
        answer = await _put(session, path, message.model_dump_json().encode())
        if "outcome" not in answer:
            raise RuntimeError(str(answer))

    return await load(count, at_once, call)


async def _end_to_end(session: aiohttp.ClientSession) -> float:
    took: list[float] = []
    for body in list(many_invoices(DOCUMENTS + 40))[DOCUMENTS + 20 :]:
        began = time.perf_counter()
        shown = await _post(session, "/v1/invoices", body)
        while (await _get(session, f"/v1/invoices/{shown['id']}"))["status"] != "scheduled":
            await asyncio.sleep(0.002)
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[len(took) // 2]


async def _settle(session: aiohttp.ClientSession, wanted: int) -> None:
    deadline = time.monotonic() + SETTLED_S
    while True:
        count, after = 0, ""
        while after is not None:
            page = await _get(session, f"/v1/invoices?status=scheduled&limit=200{after}")
            count += len(page["items"])
            after = f"&after={page['next']}" if page["next"] else None
        if count >= wanted:
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"{count} of {wanted} documents are scheduled after {SETTLED_S} s")
        await asyncio.sleep(0.1)


def _sidecar(here: Running) -> aiohttp.ClientSession:
    token = here.home.secrets().dapr_api_token
    return aiohttp.ClientSession(
        f"http://127.0.0.1:{here.ports['pairs']['finnest']['dapr_http']}", headers={"dapr-api-token": token}
    )


async def _put(session: aiohttp.ClientSession, path: str, body: bytes) -> Any:
    async with session.put(path, data=body) as answer:
        answer.raise_for_status()
        return await answer.json()


async def _post(session: aiohttp.ClientSession, path: str, body: bytes) -> Any:
    async with session.post(path, data=body) as answer:
        answer.raise_for_status()
        return await answer.json()


async def _get(session: aiohttp.ClientSession, path: str) -> Any:
    async with session.get(path) as answer:
        answer.raise_for_status()
        return await answer.json()


def _import_s() -> float:
    began = time.perf_counter()
    modules = "finnest.serve, services.invoices.main, services.payments.main, services.gateway.main"
    subprocess.run([sys.executable, "-c", f"import {modules}"], check=True, cwd=REPO)
    return time.perf_counter() - began


def _per_s(timing: Timing) -> str:
    return f"{timing.rate:.0f}/s, p50 {timing.p50_ms:.1f} ms, p99 {timing.p99_ms:.0f} ms"
