"""The desk of an agent: which tools it is offered, and how it previews and uses them, wherever they live."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import pydantic

from finnest.agents import wide
from finnest.agents.calling import as_user
from finnest.agents.grants import grant
from finnest.agents.guard import ASK, Asked, Guard
from finnest.agents.models.port import Call
from finnest.agents.nested import is_piece
from finnest.agents.tools import EffectKind, ToolResult, ToolSpec
from finnest.context import GRANT_HEADER, Caller
from finnest.errors import FinnestError, Unavailable, from_status
from finnest.feature import Kit
from finnest.manifest import Manifest

SPECS_S = 60.0
SILENT_S = 5.0
"""How long a feature that did not say what tools it has is not asked again."""
USE_S = 10.0
MEMORY: Mapping[str, EffectKind] = {"remember_fact": "write", "forget_fact": "write", "recall_facts": "read"}
"""The tools that every agent has of itself (`memory.py`)."""


def reachable(own: Manifest, manifests: Sequence[Manifest]) -> Mapping[str, EffectKind]:
    """Return the tools that a feature's agent can be offered, by name: its own and those it declares."""

    def names() -> Iterator[tuple[str, EffectKind]]:
        for name, effect in MEMORY.items():
            yield f"{own.name}.{name}", effect
        for manifest in manifests:
            for tool in manifest.tools:
                name = f"{manifest.name}.{tool.name}"
                if manifest.name == own.name or any(fnmatchcase(name, use) for use in own.uses):
                    yield name, tool.effect

    return dict(names())


def askable(own: Manifest, manifests: Sequence[Manifest]) -> Mapping[str, Manifest]:
    """Return the features whose agents a feature's agent may ask, by the name of the tool for it."""
    return {
        f"{manifest.name}.{ASK}": manifest
        for manifest in manifests
        if manifest.agent is not None
        and not manifest.is_native
        and manifest.name != own.name
        and any(fnmatchcase(manifest.name, one) for one in own.asks)
    }


def asking(name: str, manifest: Manifest) -> ToolSpec:
    """Return the tool that asks the agent of this feature."""
    text = {
        "type": "string",
        "description": "What it shall do, complete in itself.",
        "x-slot": {"kind": "piece"},
    }
    return ToolSpec(
        name=name,
        description=f"Ask the {manifest.agent}, the agent of {manifest.name}, to do a piece of work by itself. "
        f"{manifest.summary}",
        effect="read",
        says=(f"ask the {manifest.agent}",),
        parameters={
            "type": "object",
            "properties": {"text": text},
            "required": ["text"],
            "additionalProperties": False,
        },
    )


class Desk:
    """Reaches tools through the sidecar, as the user with the user's rights."""

    def __init__(self, kit: Kit, guard: Guard) -> None:
        self._kit = kit
        self._guard = guard
        self._tools = reachable(kit.manifest, kit.manifests)
        self._agents = askable(kit.manifest, kit.manifests)
        self._specs: dict[str, ToolSpec] = {}
        self._read_at: dict[str, float] = {}

    async def offered(self, user: Caller, tainted: bool, agents: Sequence[str] = ()) -> list[ToolSpec]:
        """Return the tools that this user's agent may see; a feature that is away offers none.

        `agents` are all in whose name it acts, when another one asked it: each must be allowed to.
        """
        await asyncio.gather(*(self._read_specs(one) for one in {n.partition(".")[0] for n in self._tools}))
        specs = {name: spec for name, spec in self._specs.items() if name in self._tools}
        specs |= {name: asking(name, manifest) for name, manifest in self._agents.items()}
        acting = [user.model_copy(update={"agent": agent}) for agent in agents or (user.agent,)]
        shown = [
            spec
            for name, spec in sorted(specs.items())
            if all(self._guard.shows(_asked(one, name, spec.effect, {}, tainted)) for one in acting)
        ]
        each = wide.spec(self._kit.manifest.name, shown)
        return shown if each is None else [*shown, each]

    async def preview(self, user: Caller, call: Call, key: str) -> ToolResult:
        """Return what the call would do, read from live data.

        Raises:
            Rejected: It cannot be done.
        """
        if is_piece(call):
            agent = self._agents[call.tool].agent
            return ToolResult(summary=f"I will ask the {agent}: {call.args.get('text', '')}")
        return await self._post(user, call, "/preview", key, {})

    async def use(
        self, user: Caller, call: Call, key: str, *, decided: bool, tainted: bool = False, run: str = ""
    ) -> ToolResult:
        """Use a tool for a run; the same key is the same use.

        Raises:
            Rejected: The tool refused, or the guard did.
        """
        token = grant(self._kit, user, call.tool, call.args, decided=decided, tainted=tainted, run=run)
        return await self._post(user, call, "", key, {GRANT_HEADER: token})

    def is_outside(self, tool: str) -> bool:
        """Return whether a tool's answer has text that somebody outside wrote; unknown ones count as such."""
        spec = self._specs.get(tool)
        return spec is None or spec.outside

    def today(self, tenant: str) -> date:
        """Return the date where the tenant is, in which people's words for days are meant."""
        return self._kit.tenants.of(tenant).day(self._kit.clock.now())

    async def _read_specs(self, feature: str) -> None:
        if time.monotonic() - self._read_at.get(feature, -SPECS_S) < SPECS_S:
            return
        try:
            answer = await self._kit.peers.call(feature, "GET", "/tools")
        except FinnestError:
            self._read_at[feature] = time.monotonic() - SPECS_S + SILENT_S
            return
        if answer.status == 200:
            for one in json.loads(answer.body)["items"]:
                self._specs[one["name"]] = ToolSpec.model_validate(one)
            self._read_at[feature] = time.monotonic()

    async def _post(
        self, user: Caller, call: Call, what: str, key: str, headers: Mapping[str, str]
    ) -> ToolResult:
        feature, _, name = call.tool.partition(".")
        answer = await self._kit.peers.call(
            feature,
            "POST",
            f"/tools/{name}{what}",
            body=json.dumps(call.args).encode(),
            headers={**as_user(self._kit, user, key), **headers},
            timeout_s=USE_S,
        )
        body = _json(answer.body)
        if answer.status != 200:
            raise from_status(answer.status, str(body.get("detail") or f"{feature} answered {answer.status}"))
        try:
            return ToolResult.model_validate(body)
        except pydantic.ValidationError as error:
            raise Unavailable("no-result", f"{call.tool} gave no result") from error


def _asked(user: Caller, tool: str, effect: EffectKind, args: dict[str, Any], tainted: bool) -> Asked:
    return Asked(
        tenant=user.tenant,
        agent=user.agent,
        roles=user.roles,
        tool=tool,
        effect=effect,
        args=args,
        tainted=tainted,
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
