"""The bench's process: the platform as it is, and beside it an actor with nothing of the kernel.

The bare actor does what every durable turn must do here: take the actor call, save one transaction of three
keys, publish one event. Nobody hears that event; with `BENCH_DEAF` nobody hears those of turns either.
"""

from __future__ import annotations

import asyncio
import os

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from finnest import settings as environment
from finnest import telemetry
from finnest.clock import fresh_id
from finnest.dapr.bus import DaprPublisher
from finnest.dapr.listener import Subscription
from finnest.dapr.sidecar import Sidecar
from finnest.dapr.stores import DaprStore
from finnest.ports import Write
from finnest.serve import serve
from finnest.web.app import Hosted

BARE = "bare.actor"
FILLER = "x" * 200


def add_bare(app: FastAPI, sidecar: Sidecar) -> list[str]:
    """Add the bare actor's route; return its actor types."""
    store = DaprStore(sidecar, "state-counter")
    publisher = DaprPublisher(sidecar)

    async def turn(request: Request) -> Response:
        await request.body()
        name, message = request.path_params["actor_id"], fresh_id()
        keys = (f"bare/{name}/head", f"bare/{name}/e/{message}", f"bare/{name}/seen/{message}")
        await store.transact([Write(key, FILLER) for key in keys])
        event = {
            "specversion": "1.0",
            "id": message,
            "source": "bare",
            "type": "bare.done.v1",
            "datacontenttype": "application/json",
            "data": FILLER,
        }
        await publisher.publish("events.bare.done.v1.0", event)
        return JSONResponse({})

    app.add_route(f"/actors/{BARE}/{{actor_id}}/method/turn", turn, ["PUT"])
    # It must be found before the kernel's route of the same shape.
    app.router.routes.insert(0, app.router.routes.pop())
    return [BARE]


_all = Hosted.subscriptions


def _commands_only(self: Hosted) -> list[Subscription]:
    return [one for one in _all(self) if one.lane == "commands"]


def main() -> None:
    """Run the process as its environment says."""
    telemetry.configure()
    if os.environ.get("BENCH_DEAF"):
        Hosted.subscriptions = _commands_only
    asyncio.run(serve(environment.from_environment(), add_bare))


if __name__ == "__main__":
    main()
