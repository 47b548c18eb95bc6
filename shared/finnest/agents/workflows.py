"""A workflow asks an agent and waits for the answer; a run of the own agent waits for a workflow.

    answer = yield from ask(ctx, "payments", given)      in a workflow's body
    yield from tell(ctx, "payments", given)              at the end of a workflow that a tool began

Both need `agent_activities(kit)` among the activities of one of the feature's workflows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from finnest.agents import messages as m
from finnest.agents.state import ENDED
from finnest.agents.wires import Wires, wires
from finnest.context import Caller
from finnest.errors import Later, Rejected
from finnest.feature import Kit
from finnest.ids import derived
from finnest.ports import Effect, EffectCall
from finnest.processes import Arranger, Steps, act
from finnest.records import Command

Activity = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


def ask(ctx: Arranger, feature: str, given: dict[str, Any]) -> Steps:
    """Ask an agent; return `{"run", "status", "answer", "tainted"}` when it has ended.

    `given` names `tenant`, `user`, `roles`, `text`, the `workflow` and its `instance`, and by `name` this
    question: the same instance and name are the same run. `ask` names another feature whose agent does it: one
    that the manifest `asks`, through a run of the own feature that hands the question on. Limits bound the wait.
    """
    told = yield from act(ctx, f"{feature}_ask_agent", given)
    if told["status"] not in (*ENDED, "refused"):
        yield ctx.wait_for_external_event(told["run"])
        told = yield from act(ctx, f"{feature}_look_at_run", {**given, "run": told["run"]})
    return told


def tell(ctx: Arranger, feature: str, given: dict[str, Any]) -> Steps:
    """Tell the run that waits for this workflow how it ended.

    `given` names `tenant`, `run` (`ToolContext.run`; nothing is told when it is empty), the own `instance`,
    a `text` for people, and perhaps `ok` and `content`.
    """
    if given["run"]:
        yield from act(ctx, f"{feature}_tell_run", given)


def agent_activities(kit: Kit) -> Sequence[Activity]:
    """Return the activities behind `ask` and `tell`; each may be repeated."""
    feature = kit.manifest.name
    made = _Activities(kit, wires(feature))
    named = {"ask_agent": made.ask, "look_at_run": made.look, "tell_run": made.tell}
    return [_as(f"{feature}_{name}", activity) for name, activity in named.items()]


def telling_effects(kit: Kit, kinds: Wires) -> Mapping[str, Effect]:
    """Return the effect by which a run that has ended tells the workflow that waits for it."""

    async def tell_workflow(call: EffectCall) -> Command:
        run = call.state
        waits = run.process
        await kit.processes.tell(waits.workflow, waits.instance, call.thing, {"status": run.status})
        return kinds.make(m.Taken, run=call.thing)

    return {"agent_tell": tell_workflow}


def _as(name: str, activity: Activity) -> Activity:
    """Return the activity under a name; "later" is an answer, which the body knows how to take."""

    async def acted(given: dict[str, Any]) -> dict[str, Any]:
        try:
            return await activity(given)
        except Later as later:
            return {"later": later.slug}

    acted.__name__ = name
    return acted


class _Activities:
    def __init__(self, kit: Kit, kinds: Wires) -> None:
        self._kit = kit
        self._wires = kinds

    async def ask(self, given: dict[str, Any]) -> dict[str, Any]:
        who = Caller(tenant=given["tenant"], user=given["user"], roles=tuple(given["roles"]))
        run = derived(self._kit.manifest.name, who.tenant, given["instance"], given["name"])
        process = m.Process(workflow=given["workflow"], instance=given["instance"])
        asked = self._wires.make(
            m.AskAgent,
            text=given["text"],
            thread="",
            roles=who.roles,
            process=process,
            ask=given.get("ask", ""),
            tainted=given.get("tainted", False),
        )
        try:
            await self._kit.commands.send(run, asked, who, request=run)
        except Rejected as refusal:
            return {"run": run, "status": "refused", "answer": refusal.detail, "tainted": False}
        return await self.look({**given, "run": run})

    async def look(self, given: dict[str, Any]) -> dict[str, Any]:
        run, _ = await self._kit.streams.state(given["tenant"], given["run"])
        return {"run": given["run"], "status": run.status, "answer": run.answer, "tainted": run.tainted}

    async def tell(self, given: dict[str, Any]) -> dict[str, Any]:
        heard = self._wires.make(
            m.HearProcess,
            instance=given["instance"],
            ok=given.get("ok", True),
            text=given["text"],
            content=given.get("content", {}),
        )
        who = Caller(tenant=given["tenant"], user=f"agent:{self._kit.manifest.agent}")
        try:
            await self._kit.commands.send(given["run"], heard, who, request=given["instance"])
        except Rejected as refusal:
            return {"told": False, "reason": refusal.slug}
        return {"told": True}
