"""Why we host actors ourselves: what the SDK's actor runtime does with a real sidecar.

When one of these fails, a newer SDK has changed: look whether `finnest.dapr.host` can go.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import aiohttp
import pytest

from finnest.clock import fresh_id
from finnest.dapr.sidecar import Sidecar
from finnest.dev import runtime
from finnest.dev.home import REPO
from finnest.dev.ports import LOOPBACK, any_free
from finnest.dev.readiness import get
from finnest.testing import eventually
from tests.contract.servers import TOKEN, process

STATE = """\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: actors}
spec:
  type: state.sqlite
  version: v1
  metadata:
    - {name: connectionString, value: "file:$folder/actors.db"}
    - {name: actorStateStore, value: "true"}
"""


@dataclass(frozen=True)
class Tills:
    """Where the SDK's app and its sidecar listen."""

    app: int
    sidecar: int


@pytest.fixture(scope="module")
def tills(tmp_path_factory: pytest.TempPathFactory) -> Generator[Tills]:
    """The app on the SDK's runtime with a sidecar and placement of its own."""
    folder = tmp_path_factory.mktemp("sdk")
    resources = folder / "resources"
    resources.mkdir()
    (resources / "actors.yaml").write_text(Template(STATE).substitute(folder=folder))
    taken: list[int] = []
    while len(taken) < 8:
        taken.append(any_free(taken))
    app, http, grpc, internal, profile, placement, health, raft = taken
    binaries = runtime.ensure(print)
    settings = {
        "DAPR_HTTP_PORT": str(http),
        "DAPR_GRPC_PORT": str(grpc),
        "DAPR_API_TOKEN": TOKEN,
        "APP_API_TOKEN": "the app's own token",
        "DAPR_HOST_IP": LOOPBACK,
        "NAMESPACE": "default",
        "PYTHONPATH": str(REPO),
    }
    with ExitStack() as stack:
        commands: dict[str, list[Any]] = {
            "placement": [
                *(binaries.placement, "--port", placement, "--listen-address", LOOPBACK),
                *("--healthz-port", health, "--healthz-listen-address", LOOPBACK),
                *("--initial-cluster", f"dapr-placement-0={LOOPBACK}:{raft}"),
                *("--enable-metrics=false", "--log-level", "warn"),
            ],
            "app": [sys.executable, "-m", "tests.contract.sdk_app", app],
            "daprd": [
                *(binaries.daprd, "--app-id", "sdk", "--app-port", app, "--app-protocol", "http"),
                *("--app-channel-address", LOOPBACK, "--resources-path", resources),
                *("--dapr-http-port", http, "--dapr-grpc-port", grpc, "--profile-port", profile),
                *("--dapr-internal-grpc-port", internal, "--dapr-listen-addresses", LOOPBACK),
                *("--dapr-internal-grpc-listen-address", LOOPBACK, "--enable-metrics=false"),
                *("--placement-host-address", f"{LOOPBACK}:{placement}"),
                *("--scheduler-host-address", "", "--dapr-graceful-shutdown-seconds", 1),
                *("--log-level", "warn"),
            ],
        }
        for name, command in commands.items():
            stack.enter_context(process(command, folder / f"{name}.log", settings))
        asyncio.run(_ready(http, folder))
        yield Tills(app, http)


async def _ready(port: int, folder: Path) -> None:
    def hosts_tills() -> bool:
        _, body = get(port, "/v1.0/metadata", 1, TOKEN)
        actors = json.loads(body or b"{}").get("actorRuntime", {})
        return actors.get("runtimeStatus") == "RUNNING" and "Till" in str(actors)

    try:
        await eventually(hosts_tills, within_s=30)
    except AssertionError as error:
        logs = "\n".join(file.read_text()[-1_500:] for file in folder.glob("*.log"))
        raise AssertionError(f"{error}\n{logs}") from error


@dataclass
class Till:
    """One actor, called through the sidecar."""

    sidecar: Sidecar
    id: str

    async def call(self, method: str, data: object) -> tuple[int, bytes]:
        return await self.sidecar.send("POST", f"/actors/Till/{self.id}/method/{method}", data)

    async def stored(self, name: str) -> str:
        """Return what the state store holds, as text."""
        _, body = await self.sidecar.send("GET", f"/actors/Till/{self.id}/state/{name}")
        return body.decode()


@pytest.fixture
async def till(tills: Tills) -> AsyncGenerator[Till]:
    async with Sidecar(tills.sidecar, TOKEN) as sidecar:
        yield Till(sidecar, fresh_id())


async def test_the_sdk_saves_with_the_next_good_call_what_a_broken_one_left_behind(
    till: Till,
) -> None:
    assert (await till.call("Put", {"text": "good"}))[0] == 200
    status, _ = await till.call("Put", {"text": "half", "break": True})
    assert status == 500
    assert await till.stored("text") == '"good"'
    assert (await till.call("Count", {}))[0] == 200
    assert await till.stored("text") == '"half"'


@pytest.mark.parametrize(("text", "kind"), [("2024-01-15", "datetime"), ("5m", "timedelta")])
async def test_the_sdk_takes_text_that_looks_like_a_date_or_duration_for_one(
    till: Till, text: str, kind: str
) -> None:
    status, body = await till.call("Put", {"text": text})
    assert status == 200
    assert json.loads(body) == {"seen as": kind}
    assert await till.stored("text") != json.dumps(text)


async def test_the_sdk_s_web_extension_lets_in_anybody_and_tells_them_the_exception(
    tills: Tills,
) -> None:
    body = json.dumps({"text": "x", "break": True})
    url = f"http://{LOOPBACK}:{tills.app}/actors/Till/stranger/method/Put"
    async with aiohttp.ClientSession() as session, session.put(url, data=body) as answer:
        assert answer.status == 500
        assert "broken on purpose" in await answer.text()
