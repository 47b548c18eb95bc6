"""Several features whose agents ask each other, on twins: real rules, effects, routes and grants; scripted models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import httpx2
from fastapi import FastAPI

from finnest.agents.desk import Desk, askable, reachable
from finnest.agents.effects import agent_effects
from finnest.agents.guard import Guard
from finnest.agents.handing import handing_effects, piece_router
from finnest.agents.memory import Memories
from finnest.agents.messages import AskAgent, Limits
from finnest.agents.models.port import Call, Reply
from finnest.agents.routes import run_router, tool_router
from finnest.agents.runs import Runs
from finnest.agents.state import Run
from finnest.agents.threads import Threads
from finnest.agents.tools import EffectKind, Toolbox
from finnest.agents.workflows import telling_effects
from finnest.context import Caller
from finnest.dapr.streams import TurnStreams
from finnest.dev.contracts import resting
from finnest.dev.home import SERVICES
from finnest.errors import Rejected, Unavailable
from finnest.feature import Kit
from finnest.manifest import Manifest
from finnest.ports import Answer, Peers
from finnest.testing import MemoryBlobs, MemoryCommands, MemoryProcesses, Stage
from finnest.turns import announced
from finnest.views import Views
from finnest.web import problems
from finnest.web.caller import Callers
from tests.unit.agents.desk import Scripted
from tests.unit.agents.town_tools import AGENTS, DECLARED, RULES, TOOLS


class Office:
    """One feature with an agent."""

    def __init__(self, manifest: Manifest, town: Town, views: Views) -> None:
        name = manifest.name
        self.manifest = manifest
        self.model = Scripted()
        asks: dict[str, EffectKind] = {name: "read" for name in askable(manifest, town.manifests)}
        tools: dict[str, EffectKind] = {**reachable(manifest, town.manifests), **asks}
        self.runs = Runs(name, str(manifest.agent), town.guard, tools)
        threads = Threads(name)
        self.stage = Stage(name, [self.runs, threads, Memories(name)])
        self.kit = Kit(
            manifest=manifest,
            manifests=town.manifests,
            settings=resting(SERVICES),
            clock=self.stage.clock,
            commands=MemoryCommands(name, self.stage.turns, self.stage.clock),
            streams=TurnStreams(name, self.stage.turns),
            blobs=MemoryBlobs(),
            store=self.stage.store,
            peers=town,
            processes=MemoryProcesses(),
            views=views,
            context_key="key",
        )
        made = agent_effects(self.kit, self.runs, threads, Desk(self.kit, town.guard), self.model)
        kinds = self.runs.wires
        for effect, work in {
            **made,
            **handing_effects(self.kit, kinds),
            **telling_effects(self.kit, kinds),
        }.items():
            self.stage.give(effect, work)
        app = FastAPI()
        app.state.callers = Callers("key", self.stage.clock)
        problems.install(app)
        app.include_router(tool_router(self.kit, Toolbox(name, TOOLS), town.guard))
        app.include_router(run_router(self.kit, self.runs))
        app.include_router(piece_router(self.kit, self.runs, town.guard))
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://test")

    def says(self, *replies: Reply) -> None:
        """Write what the agent's model answers next."""
        self.model.replies.extend(replies)


class Town(Peers):
    """The features, the sidecar between them, and the bus."""

    def __init__(self, views: Views, asks: Mapping[str, Sequence[str]]) -> None:
        self.guard = Guard({name: (RULES, "v1") for name in asks})
        self.manifests = [
            Manifest(name=name, agent=AGENTS[name], summary="Works.", tools=DECLARED, asks=tuple(asks[name]))
            for name in asks
        ]
        self.offices = {one.name: Office(one, self, views) for one in self.manifests}
        self.away: set[str] = set()
        """Features that do not answer."""
        self.called: list[str] = []
        self._told: set[str] = set()

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
        self.called.append(f"{method} /{feature}{path}")
        if feature in self.away or feature not in self.offices:
            raise Unavailable("peer-away", f"{feature} does not answer")
        answer = await self.offices[feature].http.request(
            method, path, content=body, headers=dict(headers or {})
        )
        return Answer(answer.status_code, answer.content, "application/json", {})

    async def ask(
        self,
        run: str,
        text: str = "do it",
        roles: Sequence[str] = ("treasurer",),
        limits: Limits | None = None,
        tainted: bool = False,
    ) -> Run:
        """Let ada ask an agent, and see everything through."""
        office = self.office(run)
        command = office.runs.wires.make(
            AskAgent, text=text, thread="", roles=tuple(roles), limits=limits or Limits(), tainted=tainted
        )
        await office.stage.say(run, command)
        await self.settle()
        return await self.run(run)

    async def settle(self) -> None:
        """Perform effects and carry events until nothing is left to be done."""
        while await self._perform() + await self._carry():
            pass

    async def tick(self, run: str) -> None:
        """Let the run's deadline pass, everywhere, and see everything through."""
        stage = self.office(run).stage
        before = stage.clock.now()
        await stage.tick(run)
        for office in self.offices.values():
            if office.stage is not stage:
                office.stage.clock.advance((stage.clock.now() - before).total_seconds())
        await self.settle()

    async def run(self, run: str) -> Run:
        """Return a run as it is now."""
        return await self.office(run).stage.state(run)

    async def below(self, run: str) -> list[str]:
        """Return the runs that a run has asked for, the first one first."""
        events = await self.office(run).stage.events(run)
        return [event.model_dump()["run"] for event in events if ".agent_handed." in event.wire]

    def office(self, run: str) -> Office:
        return self.offices[run.partition("-")[0]]

    async def _perform(self) -> int:
        count = 0
        for office in self.offices.values():
            heads = [key.split("/")[2] for key in office.stage.store.all_keys() if key.endswith("/head")]
            for thing in heads:
                count += len(await office.stage.perform(thing))
        return count

    async def _carry(self) -> int:
        count = 0
        for teller in self.offices.values():
            for id, (_, event) in list(teller.stage.bus.sent.items()):
                if id not in self._told:
                    self._told.add(id)
                    count += sum([await self.deliver(event, one) for one in self.offices.values()])
        return count

    async def deliver(self, event: Mapping[str, Any], office: Office) -> bool:
        """Bring an event to a feature as its consumer would; return whether it was for one of its runs."""
        kinds = {kind.wire: kind for kind in office.runs.commands}
        for consumed in office.manifest.hears:
            if consumed.matches(event["type"]):
                data = {"source": event["subject"], **announced(event)}
                command = kinds[str(consumed.take)].model_validate(data)
                thing = command.address()
                if thing is not None:
                    request = f"{event['id']}>{command.wire}"
                    with suppress(Rejected):
                        await office.stage.say(thing, command, by=event["by"], request=request)
                    return True
        return False


def asks(*wanted: tuple[str, str]) -> Reply:
    """Return an answer that asks the agents of these features."""
    calls = tuple(
        Call(id=f"c{i}", tool=f"{feature}.ask_agent", args={"text": text})
        for i, (feature, text) in enumerate(wanted)
    )
    return Reply(calls=calls, model="scripted")


ADA = Caller(tenant="kestrel", user="ada", roles=("treasurer",))
