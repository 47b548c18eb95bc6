"""The whole demo flow: orders, deliveries, invoices and credit notes of several tenants at once, to their end.

Each tenant is new and sends its documents one after the other, the next when the one before rests. At the end
each document of each tenant must have the status that the demo's table says.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

import aiohttp

from finnest.cli.demo import MOVING, PATHS, ROOT
from finnest.context import Caller
from finnest.dev.api import Api
from finnest.dev.confirming import confirm, people_of
from finnest.dev.home import Home
from finnest.dev.keys import key_of, new_key
from tests.bench.rig import Running, running
from tests.data.make_documents import demo_files
from tests.data.make_documents import statuses as expected_statuses

Row = tuple[str, str, str]
TENANTS = 4
RESTS_WITHIN_S = 60.0
POLL_S = 0.02
_ROLES = ("clerk", "viewer")


async def demo(home: Path) -> list[Row]:
    """Documents per second from the first one sent to the last one settled, all tenants together."""
    documents = demo_files()
    async with running(home) as here:
        await _feed(here, "warm", documents)
        began = time.perf_counter()
        await asyncio.gather(*(_feed(here, f"bench-{n}", documents) for n in range(TENANTS)))
        took = time.perf_counter() - began
    rate = TENANTS * len(documents) / took
    about = (
        f"{TENANTS} tenants x {len(documents)} orders, deliveries, invoices; each waits for the one before"
    )
    return [("whole demo flow, end to end", f"{rate:.0f} documents/s", about)]


async def _feed(here: Running, tenant: str, documents: Mapping[str, bytes]) -> None:
    new_key(here.home, tenant, Caller(tenant=tenant, user="bench", roles=_ROLES))
    headers = {"authorization": f"Bearer {key_of(here.home, tenant)}", "content-type": "application/xml"}
    wanted = expected_statuses()
    links: dict[str, str] = {}
    async with aiohttp.ClientSession(here.url, headers=headers) as session:
        for name, body in documents.items():
            if name.endswith(".json"):
                sent = await asyncio.to_thread(_confirm, here.home, tenant, body)
            else:
                sent = await _send(session, body)
            if sent is None:
                if wanted[name] != "refused":
                    raise RuntimeError(f"{tenant}: {name} was refused")
                continue
            links[name] = sent["links"]["self"]
            moving = MOVING - {"received"} if "receipts" in links[name] else MOVING
            await _until(session, links[name], wanted[name], moving)
        for name, link in links.items():
            status = await _until(session, link, wanted[name])
            if status != wanted[name]:
                raise RuntimeError(f"{tenant}: {name} must be {wanted[name]}, and is {status}")


def _confirm(home: Home, tenant: str, supplier: bytes) -> dict[str, Any]:
    people = [Api(home, name) for name in people_of(home, tenant)]
    return confirm(Api(home, tenant), people, supplier).content


async def _send(session: aiohttp.ClientSession, body: bytes) -> dict[str, Any] | None:
    """Send a document until it is taken; None when it is refused."""
    root = ROOT.search(body[:4000])
    path = PATHS[root.group(1)] if root else "/v1/invoices"
    while True:
        async with session.post(path, data=body) as answer:
            if answer.status < 300:
                return await answer.json()
            if answer.status not in (409, 429, 503):
                return None
        await asyncio.sleep(POLL_S)


async def _until(
    session: aiohttp.ClientSession, link: str, wanted: str, moving: Container[str] | None = None
) -> str:
    """Return a document's status when it is the one that is wanted, is none of `moving`, or takes too long."""
    deadline = time.monotonic() + RESTS_WITHIN_S
    while True:
        async with session.get(link) as answer:
            answer.raise_for_status()
            status = str((await answer.json())["status"])
        rests = moving is not None and status not in moving
        if status == wanted or rests or time.monotonic() > deadline:
            return status
        await asyncio.sleep(POLL_S)
