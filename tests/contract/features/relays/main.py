"""Relays: a workflow asks the agent, whose run begins a workflow and waits for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter

from finnest.agents.tools import ToolContext, ToolResult, tool
from finnest.agents.workflows import agent_activities, ask, tell
from finnest.feature import Feature, Kit, Settings, Workflow
from finnest.ids import digest
from finnest.ports import Write
from finnest.processes import Arranger, Steps, act
from finnest.turn import Decider
from finnest.web.caller import Who

RELAY, QUIZ = "relays_relay", "relays_quiz"
GO = "go"


async def _preview(ctx: ToolContext) -> ToolResult:
    return ToolResult(summary="I will start the relay.")


@tool(effect="write", says=("start the relay",), preview=_preview)
async def start_relay(ctx: ToolContext) -> ToolResult:
    """Start the relay."""
    instance = f"relay-{digest(ctx.key)}"
    given = {"tenant": ctx.who.tenant, "run": ctx.run, "instance": instance}
    await ctx.kit.processes.start(RELAY, instance, given)
    await ctx.kit.store.transact([Write("relays/last", instance)])
    return ToolResult(summary="The relay has begun.", process=instance)


def relay(ctx: Arranger, argument: str) -> Steps:
    """Wait until somebody says go."""
    given = json.loads(argument)
    yield ctx.wait_for_external_event(GO)
    yield from tell(ctx, "relays", {**given, "text": "The relay is over.", "content": {"laps": 4}})
    return "{}"


def quiz(ctx: Arranger, argument: str) -> Steps:
    """Ask the agent and note what it answers."""
    given = json.loads(argument)
    answer = yield from ask(ctx, "relays", given)
    yield from act(ctx, "relays_note", {**answer, "instance": given["instance"]})
    return "{}"


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    return []


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    async def relays_note(given: dict[str, Any]) -> dict[str, Any]:
        await kit.store.transact([Write(f"relays/{given['instance']}", json.dumps(given))])
        return {}

    activities = [*agent_activities(kit), relays_note]
    workflows = [Workflow(RELAY, relay, activities), Workflow(QUIZ, quiz)]
    return Feature(kit.manifest, deciders, router=_routes(kit), workflows=workflows, tools=(start_relay,))


def _routes(kit: Kit) -> APIRouter:
    router = APIRouter()

    @router.post("/quiz/{name}")
    async def begin(name: str, body: dict[str, str], who: Who) -> dict[str, str]:
        """Let a workflow ask the agent."""
        given = {"tenant": who.tenant, "user": who.user, "roles": who.roles, "name": "question", **body}
        await kit.processes.start(QUIZ, name, {**given, "workflow": QUIZ, "instance": name})
        return {}

    @router.get("/quiz/{name}")
    async def noted(name: str) -> dict[str, Any]:
        """Return what the workflow noted, the relay that was begun last, and nothing while there is none."""
        found = await kit.store.get([f"relays/{name}", "relays/last"])
        return {
            "answer": json.loads(found.get(f"relays/{name}", "null")),
            "relay": found.get("relays/last"),
        }

    @router.post("/relay/{instance}/go")
    async def go(instance: str) -> dict[str, bool]:
        """Let a relay end."""
        return {"told": await kit.processes.tell(RELAY, instance, GO, {})}

    return router
