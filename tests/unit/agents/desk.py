"""A feature with an agent on twins: real turns, real effects, a scripted model, one tool."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from finnest.agents.desk import Desk
from finnest.agents.effects import agent_effects
from finnest.agents.guard import Guard, Rule
from finnest.agents.memory import Memories
from finnest.agents.messages import AskAgent, Origin
from finnest.agents.models.port import Call, Model, Prompt, Reply
from finnest.agents.recalling import Recall
from finnest.agents.runs import Runs
from finnest.agents.state import Run
from finnest.agents.threads import Threads
from finnest.agents.tools import Tool, Toolbox, ToolContext, ToolResult, tool
from finnest.dapr.streams import TurnStreams
from finnest.dev.contracts import resting
from finnest.dev.home import SERVICES
from finnest.feature import Kit
from finnest.ids import StreamKey
from finnest.manifest import DeclaredTool, Manifest
from finnest.ports import Answer, Write
from finnest.tenants import Tenants, shipped_tenants
from finnest.testing import MemoryBlobs, MemoryCommands, MemoryPeers, MemoryProcesses, Stage
from finnest.views import Views

Handler = Callable[[bytes], Awaitable[Answer]]
MANIFEST = Manifest(
    name="desk", agent="clerk", summary="Keeps things.", tools=(DeclaredTool(name="look", effect="read"),)
)
BUDGETS = Manifest(name="budgets", summary="Bounds what agents spend.")
GUARD = Guard({"desk": ((Rule(tools=("look",), then="allow", why="reading is free"),), "v1")})


@tool(effect="read")
async def look(ctx: ToolContext) -> ToolResult:
    """Look at things."""
    return ToolResult(summary="There are 7 things.")


class Scripted(Model):
    """Answers at once with what the test wrote."""

    name = "scripted"

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.prompts: list[Prompt] = []

    async def reply(self, prompt: Prompt, on_text: Callable[[str], None] | None = None) -> Reply:
        self.prompts.append(prompt)
        return self.replies.pop(0)


def uses(*tools: str) -> Reply:
    return Reply(calls=tuple(Call(id=f"c{i}", tool=name) for i, name in enumerate(tools)), model="scripted")


def says(text: str) -> Reply:
    return Reply(text=text, model="scripted")


@dataclass
class Counted:
    """How often each stream's keys were written, by transactions."""

    transactions: Counter[str] = field(default_factory=Counter[str])

    def watch(self, stage: Stage) -> None:
        inner = stage.store.apply

        def apply(writes: Sequence[Write]) -> bool:
            self.transactions.update({write.key.split("/")[2] for write in writes})
            return inner(writes)

        stage.store.apply = apply  # pyright: ignore[reportAttributeAccessIssue]


class World:
    """The feature `desk` and whoever talks to its clerk."""

    def __init__(
        self,
        model: Scripted,
        views: Views,
        tools: Sequence[Tool] = (look,),
        peers: Mapping[str, Handler] | None = None,
        tenants: Tenants | None = None,
        recall: Recall | None = None,
    ) -> None:
        self.model = model
        self.runs = Runs("desk", "clerk", GUARD, {"desk.look": "read"})
        self.threads = Threads("desk")
        self.stage = Stage("desk", [self.runs, self.threads, Memories("desk")])
        self.counted = Counted()
        self.counted.watch(self.stage)
        self.commands = MemoryCommands("desk", self.stage.turns, self.stage.clock)
        box = Toolbox("desk", tools)

        async def specs(_: bytes) -> Answer:
            return answer({"items": [spec.wire_data() for spec in box.specs()]})

        async def use(_: bytes) -> Answer:
            return answer({"summary": "There are 7 things.", "content": {}})

        self.kit = Kit(
            manifest=MANIFEST,
            manifests=[MANIFEST, BUDGETS],
            settings=resting(SERVICES),
            clock=self.stage.clock,
            commands=self.commands,
            streams=TurnStreams("desk", self.stage.turns),
            blobs=MemoryBlobs(),
            store=self.stage.store,
            peers=MemoryPeers({"GET /desk/tools": specs, "POST /desk/tools/look": use, **(peers or {})}),
            processes=MemoryProcesses(),
            views=views,
            context_key="key",
            tenants=tenants or shipped_tenants(),
        )
        desk = Desk(self.kit, GUARD)
        made = agent_effects(self.kit, self.runs, self.threads, desk, model, recall)
        for name, effect in made.items():
            self.stage.give(name, effect)

    async def ask(self, run: str, text: str, thread: str = "thr-1", origin: Origin | None = None) -> Run:
        """Say something and see the run through."""
        command = self.runs.wires.make(AskAgent, text=text, thread=thread, origin=origin)
        await self.stage.say(run, command)
        await self.stage.perform(run)
        return await self.stage.state(run)

    def bytes_of(self, *things: str) -> int:
        """Return what the streams of these things take in the store."""
        keys = [StreamKey("desk", "kestrel", thing).stream for thing in things]
        kept: dict[str, Any] = self.stage.store.shared()
        return sum(
            len(key) + len(one.value)
            for key, one in kept.items()
            if any(key.startswith(f"{k}/") for k in keys)
        )


def answer(content: dict[str, Any]) -> Answer:
    return Answer(200, json.dumps(content).encode(), "application/json", {})
