"""Listens to the bus: one stream per consumer, opened by the app, over the sidecar's gRPC port.

Subscriptions that the sidecar delivers by HTTP are not used: when several requests to an app that just died
fail at the same time, Dapr 1.18.3 notes the failure of one at another (the handler chain of
`pkg/middleware/http/pipeline.go` is shared by all requests), takes the first for answered with an empty 200,
and acknowledges a message that nobody saw. A stream ends with its app, and what was not answered comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import structlog
from dapr.proto.runtime.v1 import dapr_pb2_grpc
from dapr.proto.runtime.v1.appcallback_pb2 import TopicEventResponse
from dapr.proto.runtime.v1.pubsub_pb2 import (
    SubscribeTopicEventsRequestAlpha1,
    SubscribeTopicEventsRequestInitialAlpha1,
    SubscribeTopicEventsRequestProcessedAlpha1,
)

MESSAGE_BYTES = 8 * 1024 * 1024
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0
DRAIN_S = 3.0

log = structlog.get_logger()

Take = Callable[[str, bytes], Awaitable[str]]
"""Takes a lane and a message as it is on the bus; returns `SUCCESS` or `RETRY`."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One consumer: its component, which is bound to a durable, and who takes what it delivers."""

    component: str
    lane: str
    take: Take


class Listener:
    """Keeps every subscription open for as long as it runs."""

    def __init__(self, port: int, token: str, subscriptions: Sequence[Subscription]) -> None:
        self._target = f"127.0.0.1:{port}"
        self._metadata = (("dapr-api-token", token),) if token else ()
        self._subscriptions = subscriptions

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Take deliveries, one at a time per subscription; at the end, finish those that were begun."""
        options = [
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.initial_reconnect_backoff_ms", int(FIRST_PAUSE_S * 1000)),
            ("grpc.max_reconnect_backoff_ms", int(LONGEST_PAUSE_S * 1000)),
        ]
        async with grpc.aio.insecure_channel(self._target, options) as channel:
            stub: Any = dapr_pb2_grpc.DaprStub(channel)
            busy = [asyncio.Lock() for _ in self._subscriptions]
            tasks = [
                asyncio.create_task(self._keep_open(stub, one, lock))
                for one, lock in zip(self._subscriptions, busy, strict=True)
            ]
            try:
                yield
            finally:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(DRAIN_S):
                        for lock in busy:
                            await lock.acquire()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_open(self, stub: Any, subscription: Subscription, busy: asyncio.Lock) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._take_all(stub, subscription, busy)
            except grpc.aio.AioRpcError as error:
                log.info("subscription-ended", component=subscription.component, code=str(error.code()))
            except Exception:
                # What was not answered comes again.
                log.exception("subscription-broke", component=subscription.component)
            if asyncio.get_running_loop().time() - began > LONGEST_PAUSE_S:
                pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _take_all(self, stub: Any, subscription: Subscription, busy: asyncio.Lock) -> None:
        first = SubscribeTopicEventsRequestInitialAlpha1(
            pubsub_name=subscription.component,
            topic=f"{subscription.lane}.>",
            # Raw: the sidecar would hand back what it cannot read, for ever, and read the rest twice.
            metadata={"rawPayload": "true"},
        )
        call = stub.SubscribeTopicEventsAlpha1(metadata=self._metadata, wait_for_ready=True)
        try:
            await call.write(SubscribeTopicEventsRequestAlpha1(initial_request=first))
            async for answer in call:
                if not answer.HasField("event_message"):
                    continue
                event = answer.event_message
                async with busy:
                    verdict = await subscription.take(subscription.lane, event.data)
                    done = SubscribeTopicEventsRequestProcessedAlpha1(
                        id=event.id,
                        status=TopicEventResponse(
                            status=TopicEventResponse.TopicEventResponseStatus.Value(verdict)
                        ),
                    )
                    await call.write(SubscribeTopicEventsRequestAlpha1(event_processed=done))
        finally:
            call.cancel()
