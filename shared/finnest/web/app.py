"""The inner app of a process: what its sidecar calls, and the routes of the features it hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from finnest.dapr.consumer import Consumer
from finnest.dapr.host import ActorHost
from finnest.dapr.listener import Subscription
from finnest.errors import Later
from finnest.feature import Feature
from finnest.ids import StreamKey
from finnest.turn import Message
from finnest.web import problems
from finnest.web.caller import Callers
from finnest.web.guard import BodyLimit, TokenGuard

BODY_BYTES = 8 * 1024 * 1024
IDLE = "20m"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hosted:
    """A feature with its actor host and its end of the bus."""

    feature: Feature
    host: ActorHost
    consumer: Consumer

    def subscriptions(self) -> list[Subscription]:
        """Return one subscription per consumer, each bound to its own durable."""
        consumers = self.feature.manifest.consumers()
        return [Subscription(durable, lane, self.consumer.handle) for lane, _, durable in consumers]


def inner_app(hosted: Sequence[Hosted], app_token: str, callers: Callers) -> FastAPI:
    """Return the app that listens for the sidecar."""
    app = FastAPI(title="finnest", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.callers = callers
    app.state.actors = [h.feature.manifest.actor for h in hosted if h.feature.deciders]
    problems.install(app)
    app.add_middleware(BodyLimit, limit_bytes=BODY_BYTES)
    app.add_middleware(TokenGuard, token=app_token)
    by_actor = {one.feature.manifest.actor: one for one in hosted}

    async def healthz(_: Request) -> Response:
        return Response(status_code=204)

    async def config(_: Request) -> Response:
        return JSONResponse(
            {
                "entities": app.state.actors,
                "actorIdleTimeout": IDLE,
                "drainOngoingCallTimeout": "5s",
                "drainRebalancedActors": True,
            }
        )

    async def turn(request: Request) -> Response:
        one = by_actor[request.path_params["actor"]]
        name = one.feature.manifest.name
        key = StreamKey.of_actor(name, request.path_params["actor_id"])
        message = Message.model_validate_json(await request.body())
        return JSONResponse(await one.host.answer(key, message))

    async def remind(request: Request) -> Response:
        one = by_actor[request.path_params["actor"]]
        key = StreamKey.of_actor(one.feature.manifest.name, request.path_params["actor_id"])
        try:
            await one.host.tick(key)
        except Later as later:
            log.info("tick-waits", stream=key.stream, reason=later.slug)
        return Response(status_code=200)

    async def deactivate(request: Request) -> Response:
        one = by_actor[request.path_params["actor"]]
        one.host.deactivate(StreamKey.of_actor(one.feature.manifest.name, request.path_params["actor_id"]))
        return Response(status_code=200)

    app.add_route("/healthz", healthz, ["GET"])
    app.add_route("/dapr/config", config, ["GET"])
    app.add_route("/actors/{actor}/{actor_id}/method/turn", turn, ["PUT"])
    app.add_route("/actors/{actor}/{actor_id}/method/remind/wake", remind, ["PUT"])
    app.add_route("/actors/{actor}/{actor_id}", deactivate, ["DELETE"])
    return app
