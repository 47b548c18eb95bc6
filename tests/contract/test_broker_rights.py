"""What the broker of `k8s/components/nats` lets a sidecar do, tried on the real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error
from nats.js.api import ConsumerConfig
from nats.js.errors import APIError

from finnest.dapr.brokerwatch import is_up
from finnest.dev import runtime
from finnest.dev.bus import ensure
from finnest.dev.home import REPO, SERVICES
from finnest.dev.ports import LOOPBACK, any_free
from finnest.manifest import discover
from finnest.testing import eventually
from tests.contract.servers import process

CONFIG = REPO / "k8s" / "components" / "nats" / "nats.conf"
ALONE = REPO / "k8s" / "tests" / "lab" / "cluster.conf"
TOO_LONG_S = 2.0


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    """The server with the configuration that pods get, alone and on loopback."""
    folder = tmp_path_factory.mktemp("nats")
    port = any_free(())
    monitor = any_free((port,))
    text = CONFIG.read_text().replace("/data", str(folder / "data"))
    text = text.replace("0.0.0.0:4222", f"{LOOPBACK}:{port}").replace("0.0.0.0:8222", f"{LOOPBACK}:{monitor}")
    (folder / "nats.conf").write_text(text)
    (folder / "cluster.conf").write_text(ALONE.read_text())
    words = {"POD_NAME": "nats-0", "BUS_PASSWORD": "s-bus", "SIDECAR_PASSWORD": "s-sidecar"}
    command = [runtime.ensure(print).nats, "--config", folder / "nats.conf"]
    with process(command, folder / "nats.log", words):
        yield port


async def _connected(port: int, user: str) -> Client:
    return await nats.connect(f"nats://{user}:s-{user}@{LOOPBACK}:{port}", allow_reconnect=False)


@pytest.fixture
async def sidecar(broker: int) -> AsyncGenerator[Client]:
    """A connection as every sidecar has one, after the Job `bus`."""
    address = f"nats://bus:s-bus@{LOOPBACK}:{broker}"
    await eventually(lambda: is_up(address))
    await ensure(address, discover(SERVICES))
    client = await _connected(broker, "sidecar")
    yield client
    await client.close()


async def test_a_sidecar_binds_to_the_consumer_that_was_made_for_it(sidecar: Client) -> None:
    stream = sidecar.jetstream(timeout=TOO_LONG_S)
    info = await stream.consumer_info("events", "events-payments-0")
    assert info.config.filter_subjects
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def hear(message: Msg) -> None:
        await message.ack()
        await heard.put(message.subject)

    await sidecar.subscribe(info.config.deliver_subject or "", info.config.deliver_group or "", cb=hear)
    await stream.publish("events.matching.matched.v1.0", b"{}")
    assert await asyncio.wait_for(heard.get(), TOO_LONG_S) == "events.matching.matched.v1.0"


async def test_a_sidecar_makes_no_consumer_for_it_would_hear_everything(sidecar: Client) -> None:
    greedy = ConsumerConfig(durable_name="greedy", filter_subject="events.>")
    with pytest.raises((TimeoutError, APIError, Error)):
        await sidecar.jetstream(timeout=TOO_LONG_S).add_consumer("events", greedy)


async def test_a_sidecar_neither_makes_nor_empties_a_stream(sidecar: Client) -> None:
    stream = sidecar.jetstream(timeout=TOO_LONG_S)
    with pytest.raises((TimeoutError, APIError, Error)):
        await stream.add_stream(name="own", subjects=["own.>"])
    with pytest.raises((TimeoutError, APIError, Error)):
        await stream.purge_stream("events")


async def test_a_sidecar_hears_nothing_beside_its_consumers(sidecar: Client) -> None:
    subscription = await sidecar.subscribe("events.>")
    await sidecar.jetstream(timeout=TOO_LONG_S).publish("events.payments.paid.v1.0", b"{}")
    with pytest.raises((TimeoutError, Error)):
        await subscription.next_msg(timeout=0.5)
