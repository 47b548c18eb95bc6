"""Gives a feature with an agent its runs, and one with tools its desk: what the host joins to the feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter

from finnest.agents.desk import Desk, askable, reachable
from finnest.agents.effects import agent_effects
from finnest.agents.guard import read_guard
from finnest.agents.handing import handing_effects, piece_router
from finnest.agents.memory import Memories, memory_tools
from finnest.agents.models.chosen import chosen, embedder, read_choice
from finnest.agents.recalling import Recall
from finnest.agents.routes import run_router, tool_router
from finnest.agents.runs import Runs
from finnest.agents.threads import Threads
from finnest.agents.tools import EffectKind, Tool, Toolbox
from finnest.agents.views import RunViews
from finnest.agents.workflows import telling_effects
from finnest.feature import Kit, Projection, Settings
from finnest.manifest import Manifest
from finnest.ports import Effect
from finnest.turn import Decider


class Minds:
    """What the agents of one process share: the policies, the model and the recall."""

    def __init__(self, manifests: Sequence[Manifest], settings: Settings) -> None:
        self.manifests = manifests
        self.guard = read_guard(settings.services, settings.home)
        self.model = chosen(settings.home)
        self.recall = Recall(embedder(read_choice(settings.home)))

    def of(self, manifest: Manifest) -> Mind:
        """Return the agent's side of a feature."""
        return Mind(manifest, self)


class Mind:
    """The agent's side of one feature; one without an agent has tools at most."""

    def __init__(self, manifest: Manifest, minds: Minds) -> None:
        self._manifest = manifest
        self._minds = minds
        self._runs: Runs | None = None
        self._threads = Threads(manifest.name)
        self._memories = Memories(manifest.name)
        if manifest.agent is not None:
            asks: dict[str, EffectKind] = {name: "read" for name in askable(manifest, minds.manifests)}
            tools: dict[str, EffectKind] = {**reachable(manifest, minds.manifests), **asks}
            self._runs = Runs(manifest.name, manifest.agent, minds.guard, tools)

    @property
    def deciders(self) -> Sequence[Decider[Any]]:
        """The rules of runs, threads and memory; none without an agent."""
        return [self._runs, self._threads, self._memories] if self._runs is not None else []

    @property
    def projections(self) -> Sequence[Projection]:
        """What lists the runs."""
        return [RunViews(self._manifest.name)]

    def effects(self, kit: Kit) -> Mapping[str, Effect]:
        """What runs do beside deciding."""
        if self._runs is None:
            return {}
        desk = Desk(kit, self._minds.guard)
        minds = self._minds
        made = agent_effects(kit, self._runs, self._threads, desk, minds.model, minds.recall)
        kinds = self._runs.wires
        return {**made, **handing_effects(kit, kinds), **telling_effects(kit, kinds)}

    def routers(self, kit: Kit, tools: Sequence[Tool]) -> list[APIRouter]:
        """The routes of tools and runs."""
        own = (*tools, *memory_tools(self._memories)) if self._runs is not None else tools
        made = [tool_router(kit, Toolbox(self._manifest.name, own), self._minds.guard)]
        if self._runs is None:
            return made
        return [*made, run_router(kit, self._runs), piece_router(kit, self._runs, self._minds.guard)]
