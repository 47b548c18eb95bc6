"""Why the app opens its subscriptions itself: what the sidecar does with HTTP ones when their app is dead.

When this fails, a newer Dapr has changed: look whether `finnest.dapr.listener` can go.
"""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

from finnest.dev import broker, bus, readiness, render
from finnest.dev.ports import LOOPBACK
from finnest.ids import PARTITIONS, durable
from finnest.manifest import discover
from finnest.testing import eventually
from tests.contract.rig import FEATURES, Rig
from tests.contract.servers import TOKEN, process

APP = """
import http.server, sys
class App(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = sys.argv[2].encode() if self.path == "/dapr/subscribe" else b"{}"
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), App).serve_forever()
"""
"""An app that subscribes, and is killed before there is a message."""
MESSAGES = 16 * PARTITIONS
LOST_WITHIN_S = 120.0


async def test_the_sidecar_acknowledges_messages_that_a_dead_app_never_saw(tmp_path: Path) -> None:
    rig = Rig.at(tmp_path)
    shutil.copytree(FEATURES / "pads", rig.services / "pads")
    manifests = discover(rig.services)
    plan, pair = rig.plan, rig.plan.ports.pairs["finnest"]
    url = plan.ports.nats_url(plan.secrets.nats_password)
    names = [durable("events", "pads", partition) for partition in range(PARTITIONS)]
    routes = [{"pubsubname": name, "topic": "events.>", "route": f"/{name}"} for name in names]
    with ExitStack() as stack:
        config = broker.write_config(plan.home, plan.ports, plan.secrets.nats_password)
        stack.enter_context(process(plan.broker(config).command, tmp_path / "broker.log"))
        await eventually(readiness.is_listening(plan.ports.broker), 20, "no broker")
        resources = render.resources(plan.home, plan.ports, manifests, ack_wait_s=1)
        await bus.ensure(url, manifests, 1)
        app = [sys.executable, "-c", APP, pair.app, json.dumps(routes)]
        with process(app, tmp_path / "app.log"):
            command = [
                *(
                    plan.runtime.daprd,
                    "--app-id",
                    "finnest",
                    "--app-port",
                    pair.app,
                    "--app-protocol",
                    "http",
                ),
                *("--app-channel-address", LOOPBACK, "--dapr-listen-addresses", LOOPBACK),
                *("--dapr-http-port", pair.dapr_http, "--dapr-grpc-port", pair.dapr_grpc),
                *("--dapr-internal-grpc-port", pair.dapr_internal, "--enable-metrics=false"),
                *("--resources-path", resources, "--config", resources / "config.yaml"),
                *("--placement-host-address", "", "--scheduler-host-address", "", "--log-level", "error"),
            ]
            env = {"DAPR_API_TOKEN": TOKEN, "DAPR_HOST_IP": LOOPBACK, "NAMESPACE": "default"}
            stack.enter_context(process(command, tmp_path / "sidecar.log", env))
            async with bus.connected(url) as js:

                async def bound(name: str) -> bool:
                    return bool((await js.consumer_info("events", name)).push_bound)

                for name in names:
                    await eventually(lambda name=name: bound(name), 30, f"{name} was not bound")
        async with bus.connected(url) as js:
            for number in range(MESSAGES):
                await js.publish(f"events.pads.written.v1.{number % PARTITIONS}", b"{}")

            async def known() -> int:
                infos = [await js.consumer_info("events", name) for name in names]
                return sum((one.num_ack_pending or 0) + (one.num_pending or 0) for one in infos)

            async def lost() -> bool:
                return await known() < MESSAGES

            assert (await js.stream_info("events")).state.messages == MESSAGES
            await eventually(lost, LOST_WITHIN_S, "nothing was lost: the flaw is gone")
