"""With a real sidecar: a workflow waits for a run of an agent, and a run waits for a workflow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Generator
from typing import Any

import pytest

from finnest.apps import MONOLITH
from finnest.context import HEADER, Caller, sign
from finnest.testing import eventually
from tests.contract.rig import CLOCK, Client, Rig

ADA = Caller(tenant="kestrel", user="ada")


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Generator[Rig]:
    """One installation for all tests of this file."""
    made = Rig.at(tmp_path_factory.mktemp("rig"))
    try:
        asyncio.run(made.start("relays", "guides"))
        yield made
    finally:
        made.end()


@pytest.fixture
async def client(rig: Rig) -> AsyncGenerator[Client]:
    async with rig.client() as connected:
        yield connected


async def call(client: Client, method: str, path: str, body: Any = None) -> Any:
    """Call a route of the feature as ada; return what it answers, or None when it does not."""
    headers = {
        HEADER: sign(ADA, client.rig.plan.secrets.context_key, CLOCK.now()),
        "content-type": "application/json",
    }
    status, answer, _ = await client.sidecar.request(
        method,
        f"/invoke/{MONOLITH}/method/relays{path}",
        body=None if body is None else json.dumps(body).encode(),
        headers=headers,
    )
    return json.loads(answer) if status == 200 and answer else None


async def answered(client: Client, quiz: str) -> dict[str, Any]:
    async def noted() -> Any:
        told = await call(client, "GET", f"/quiz/{quiz}")
        return told and told["answer"]

    return await eventually(noted, 60, "the workflow got no answer")


async def begun(client: Client, quiz: str) -> str:
    """Return the relay that a run has begun."""

    async def relay() -> Any:
        told = await call(client, "GET", f"/quiz/{quiz}")
        return told and told["relay"]

    return await eventually(relay, 60, "no relay was begun")


async def go(client: Client, relay: str) -> None:
    async def told() -> Any:
        said = await call(client, "POST", f"/relay/{relay}/go", {})
        return said and said["told"]

    await eventually(told, 60, "the relay is not there")


async def test_a_workflow_gets_the_answer_of_a_run_that_it_began(client: Client) -> None:
    await call(client, "POST", "/quiz/first", {"text": "help"})
    answer = await answered(client, "first")
    assert answer["status"] == "finished"
    assert "Start the relay." in answer["answer"]


async def test_a_workflow_gets_the_answer_of_another_features_agent(client: Client) -> None:
    await call(client, "POST", "/quiz/abroad", {"text": "help", "ask": "guides"})
    answer = await answered(client, "abroad")
    assert answer["status"] == "finished"
    assert "rule-based planner" in answer["answer"]
    assert "Start the relay." not in answer["answer"]
    run = await call(client, "GET", f"/runs/{answer['run']}")
    [handed] = [step["data"]["run"] for step in run["steps"] if step["type"] == "handed"]
    assert handed.startswith("guides-")


async def test_a_workflow_waits_for_another_features_agent_though_the_app_dies(
    rig: Rig, client: Client
) -> None:
    await call(client, "POST", "/quiz/late", {"text": "help", "ask": "guides"})
    rig.kill("app")
    await rig.start_app()
    assert (await answered(client, "late"))["status"] == "finished"


async def test_a_workflow_asks_only_agents_that_its_manifest_names(client: Client) -> None:
    await call(client, "POST", "/quiz/unknown", {"text": "help", "ask": "strangers"})
    answer = await answered(client, "unknown")
    assert (answer["status"], answer["answer"]) == ("failed", "not allowed: this agent has no such tool")


async def test_a_workflow_is_told_why_the_agent_was_not_asked(client: Client) -> None:
    await call(client, "POST", "/quiz/empty", {"text": " "})
    answer = await answered(client, "empty")
    assert (answer["status"], answer["answer"]) == ("refused", "a message has 1 to 16000 characters")


async def test_a_workflow_a_run_and_its_workflow_wait_for_each_other_though_the_app_dies(
    rig: Rig, client: Client
) -> None:
    await call(client, "POST", "/quiz/long", {"text": "start the relay"})
    relay = await begun(client, "long")
    rig.kill("app")
    await rig.start_app()
    assert (await call(client, "GET", "/quiz/long"))["answer"] is None
    await go(client, relay)
    answer = await answered(client, "long")
    assert answer["status"] == "finished"
    assert answer["answer"].endswith("The relay is over.")
    run = await call(client, "GET", f"/runs/{answer['run']}")
    done = [step["data"]["results"] for step in run["steps"] if step["type"] == "done"]
    assert [(one["summary"], one["content"]) for [one] in done] == [("The relay is over.", {"laps": 4})]
