"""A suite as a feature with an agent, on twins: real turns, runs, effects, desk, guard, grants and routes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import httpx2
from fastapi import FastAPI

from finnest.agents import messages as m
from finnest.agents.desk import Desk, reachable
from finnest.agents.effects import agent_effects
from finnest.agents.guard import read_guard
from finnest.agents.memory import Memories
from finnest.agents.messages import AskAgent, DecideCall, Limits, SettleCall
from finnest.agents.models.port import Model
from finnest.agents.routes import tool_router
from finnest.agents.runs import Runs
from finnest.agents.state import Run
from finnest.agents.threads import Threads
from finnest.agents.tools import Toolbox
from finnest.dapr.streams import TurnStreams
from finnest.dev.contracts import resting
from finnest.feature import Kit
from finnest.manifest import discover
from finnest.ports import Answer, Peers
from finnest.records import Event
from finnest.testing import MemoryBlobs, MemoryCommands, MemoryProcesses, Stage
from finnest.views import Views
from finnest.web import problems
from finnest.web.caller import Callers
from tests.dojo.people import People
from tests.dojo.tools import Bench, tools_of

FEATURES = Path(__file__).parent / "features"
USER = "ada"
ROLES = ("member",)
STEPS = 60
"""Model answers of one run at most; this model makes one call per answer, and the longest task takes 18."""


class AppPeers(Peers):
    """Calls the feature's own routes, as its sidecar would."""

    def __init__(self, app: FastAPI) -> None:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx2.AsyncClient(transport=transport, base_url="http://feature")

    async def call(
        self,
        feature: str,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 5.0,
    ) -> Answer:
        got = await self._client.request(method, path, content=body, headers=dict(headers or {}))
        return Answer(got.status_code, got.content, got.headers.get("content-type", ""), {})


class Platform:
    """The feature of one suite, and the people who talk to its agent."""

    def __init__(self, bench: Bench, model: Model, views: Views) -> None:
        (manifest,) = discover(FEATURES, [bench.suite.name])
        guard = read_guard(FEATURES, Path("/nonexistent"))
        self._feature = name = manifest.name
        self.runs = Runs(name, str(manifest.agent), guard, reachable(manifest, [manifest]))
        threads = Threads(name)
        self.stage = Stage(name, [self.runs, threads, Memories(name)])
        app = FastAPI()
        app.state.callers = Callers("key", self.stage.clock)
        problems.install(app)
        kit = Kit(
            manifest=manifest,
            manifests=[manifest],
            settings=resting(FEATURES),
            clock=self.stage.clock,
            commands=MemoryCommands(name, self.stage.turns, self.stage.clock),
            streams=TurnStreams(name, self.stage.turns),
            blobs=MemoryBlobs(),
            store=self.stage.store,
            peers=AppPeers(app),
            processes=MemoryProcesses(),
            views=views,
            context_key="key",
        )
        app.include_router(tool_router(kit, Toolbox(name, tools_of(manifest, bench)), guard))
        for effect, perform in agent_effects(kit, self.runs, threads, Desk(kit, guard), model).items():
            self.stage.give(effect, perform)

    async def ask(self, text: str, people: People) -> tuple[Run, list[Event]]:
        """Say something to the agent and see it through, people included; return the run and its events."""
        run = f"{self._feature}-1"
        command = self.runs.wires.make(
            AskAgent, text=text, thread="thr-1", roles=ROLES, limits=Limits(steps=STEPS)
        )
        await self.stage.say(run, command, by=USER)
        await self.stage.perform(run)
        while (state := await self.stage.state(run)).waiting is not None:
            await self._decide(run, state.waiting, people)
            await self.stage.perform(run)
        return state, await self.stage.events(run)

    async def _decide(self, run: str, waiting: m.Waiting, people: People) -> None:
        decision = people.decide(waiting)
        if waiting.by == "user":
            word = self.runs.wires.make(
                DecideCall, args_hash=waiting.args_hash, decision=decision, roles=ROLES
            )
            await self.stage.say(run, word, by=USER)
            return
        word = self.runs.wires.make(
            SettleCall,
            feature=self._feature,
            thing=run,
            approval_id="apr-1",
            args_hash=waiting.args_hash,
            verdict="approved" if decision == "approve" else "rejected",
            people=("bob",),
        )
        await self.stage.say(run, word, by="approvals")
