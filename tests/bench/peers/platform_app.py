"""The whole platform with a model that answers at once; beside it an actor with nothing of the kernel.

It counts what goes through the sidecar, so that the bare actor can be told to do the same.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from finnest import settings as environment
from finnest import telemetry
from finnest.agents import mind
from finnest.agents.models.port import Call, Model, Prompt, Reply
from finnest.clock import fresh_id
from finnest.dapr.bus import DaprPublisher
from finnest.dapr.sidecar import Sidecar
from finnest.dapr.stores import DaprStore
from finnest.ports import Write
from finnest.serve import serve
from tests.bench.peers.protocol import ANSWER

BARE = "bare.run"
STORE = "state-assistant"
TOOL = "approvals.find_waiting"
KINDS = {
    "transactions": "/transaction",
    "publishes": "/publish/",
    "calls": "/invoke/",
    "actor_calls": "/method/turn",
    "reminders": "/reminders/",
    "reads": "/bulk",
}


class Instant(Model):
    """Asks for the tool first, then answers."""

    name = "instant"

    async def reply(self, prompt: Prompt, on_text: Callable[[str], None] | None = None) -> Reply:
        if prompt.said[-1].role == "user":
            return Reply(calls=(Call(id="c1", tool=TOOL),), model=self.name)
        return Reply(text=ANSWER, model=self.name)


def extend(app: FastAPI, sidecar: Sidecar) -> list[str]:
    """Add the counts and the bare actor; return its type."""
    counts = _counted(sidecar)
    store = DaprStore(sidecar, STORE)
    publisher = DaprPublisher(sidecar)

    async def tell(_: Request) -> Response:
        return JSONResponse(counts)

    async def turn(request: Request) -> Response:
        """Do as many things as the body says, one after the other."""
        wanted = json.loads(await request.body())
        for _ in range(wanted["transactions"]):
            filler = "x" * (wanted["bytes"] // wanted["keys"])
            keys = [f"bare/{fresh_id()}" for _ in range(wanted["keys"])]
            await store.transact([Write(key, filler, if_absent=n < 2) for n, key in enumerate(keys)])
        for _ in range(wanted["publishes"]):
            event = {"specversion": "1.0", "id": fresh_id(), "source": "bare", "type": "bare.done.v1"}
            await publisher.publish("events.bare.done.v1.0", {**event, "data": "x" * 300})
        for _ in range(wanted["calls"]):
            await sidecar.request("GET", "/invoke/finnest/method/healthz")
        return JSONResponse({})

    app.add_route("/bench/counts", tell, ["GET"])
    app.add_route(f"/actors/{BARE}/{{actor_id}}/method/turn", turn, ["PUT"])
    # It must be found before the kernel's route of the same shape.
    app.router.routes.insert(0, app.router.routes.pop())
    return [BARE]


def _counted(sidecar: Sidecar) -> Counter[str]:
    counts: Counter[str] = Counter()
    inner = sidecar.request

    async def request(method: str, path: str, **more: Any) -> Any:
        for kind, part in KINDS.items():
            counts[kind] += part in path
        if KINDS["transactions"] in path:
            counts["keys"] += more["body"].count(b'"operation":')
            counts["bytes"] += len(more["body"])
        return await inner(method, path, **more)

    sidecar.request = request  # pyright: ignore[reportAttributeAccessIssue]
    return counts


def _instant(home: Path) -> Model:
    return Instant()


def main() -> None:
    """Run the process as its environment says."""
    telemetry.configure()
    mind.chosen = _instant
    asyncio.run(serve(environment.from_environment(), extend))


if __name__ == "__main__":
    main()
