"""`finnest bus ensure`: the streams and consumers of the bus, made from the manifests before any sidecar."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import nats
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from finnest.dev.render import ACK_WAIT_S, MAX_ACK_PENDING
from finnest.manifest import LANES, Manifest

COMMANDS_MAX_AGE_S = 30 * 24 * 3600
DUPLICATE_WINDOW_S = 120


async def ensure(
    nats_url: str, features: Sequence[Manifest], ack_wait_s: int = ACK_WAIT_S, replicas: int = 1
) -> list[str]:
    """Make or correct every stream and consumer; return a line for each change.

    `replicas` is how many servers keep each message.

    A consumer that exists keeps its place. It must match the component that binds to it exactly, or the
    component fails while its sidecar looks healthy.
    """
    async with connected(nats_url) as js:
        lines: list[str] = []
        for lane in LANES:
            lines += await _stream(js, lane, replicas)
        for feature in features:
            for lane, partition, name in feature.consumers():
                filters = feature.filters(lane, partition)
                lines += await _consumer(js, lane, name, filters, ack_wait_s)
        return lines


@asynccontextmanager
async def connected(nats_url: str) -> AsyncGenerator[JetStreamContext]:
    """Connect to the broker for a short task."""
    client = await nats.connect(nats_url, connect_timeout=5, allow_reconnect=False)
    try:
        yield client.jetstream(timeout=10)
    finally:
        await client.close()


async def _stream(js: JetStreamContext, lane: str, replicas: int) -> list[str]:
    wanted = StreamConfig(
        name=lane,
        subjects=[f"{lane}.>"],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW,
        max_age=COMMANDS_MAX_AGE_S if lane == "commands" else 0,
        duplicate_window=DUPLICATE_WINDOW_S,
        num_replicas=replicas,
    )
    try:
        known = (await js.stream_info(lane)).config
    except NotFoundError:
        await js.add_stream(wanted)
        return [f"made stream {lane}"]
    if known.num_replicas == replicas:
        return []
    await js.update_stream(wanted)
    return [f"changed stream {lane} to {replicas} replicas"]


async def _consumer(
    js: JetStreamContext, lane: str, name: str, filters: list[str], ack_wait_s: int
) -> list[str]:
    wanted = ConsumerConfig(
        durable_name=name,
        deliver_policy=DeliverPolicy.ALL,
        deliver_subject=f"deliver.{name}",
        deliver_group=name,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ack_wait_s,
        max_ack_pending=MAX_ACK_PENDING,
        filter_subjects=filters,
    )
    try:
        known = (await js.consumer_info(lane, name)).config
    except NotFoundError:
        await js.add_consumer(lane, wanted)
        return [f"made consumer {name}"]
    given = known.filter_subjects or [known.filter_subject or ""]
    same = sorted(given) == filters and known.ack_wait == ack_wait_s
    if same and known.max_ack_pending == MAX_ACK_PENDING:
        return []
    await js.add_consumer(lane, wanted)
    return [f"changed consumer {name}"]
