"""Wide work: one call of a model names many items, and the run uses one tool, or asks one agent, for each. Pure.

A few parts at a time wait in the queue as calls of their own; the rest stands in the plan. Each part is judged
like any other call before the first is made, and only what nobody has to decide is done in this way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pydantic

from finnest.agents import messages as m
from finnest.agents import nested, planning, steps
from finnest.agents.guard import Guard, Judgement
from finnest.agents.models.port import Call
from finnest.agents.parts import EACH, ITEMS, Each, is_each, is_part
from finnest.agents.planning import Choice, Width
from finnest.agents.state import Run
from finnest.agents.tools import EffectKind, ToolSpec
from finnest.agents.wires import Wires
from finnest.records import Event


def spec(feature: str, offered: Sequence[ToolSpec]) -> ToolSpec | None:
    """Return the tool by which an agent states many items; None when it is offered nothing to use for them."""
    usable = [one.name for one in offered if one.effect == "read" and one.parameters.get("required")]
    if not usable:
        return None
    return ToolSpec(
        name=f"{feature}.{EACH}",
        description=f"Use one reading tool, or ask one agent, for each of many items at once (up to {ITEMS}). "
        "Name the tool, its argument that takes the item, and the items; how many are worked on at the same "
        "time is decided here.",
        effect="read",
        parameters={
            "type": "object",
            "properties": {
                "tool": {"type": "string", "enum": usable, "x-slot": {"kind": "each"}},
                "argument": {"type": "string"},
                "items": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["tool", "argument", "items"],
            "additionalProperties": False,
        },
    )


def judged(
    wires: Wires, run: Run, call: Call, guard: Guard, tools: Mapping[str, EffectKind], tenant: str
) -> Sequence[Event]:
    """Return what the guard says about a call; of one about many items also how they are worked on."""
    if not is_each(call):
        return [steps.judged(wires, run, call, guard, tools, tenant)]
    judgement, width = _judgement(run, call, guard, tools, tenant)
    said = wires.make(
        m.Judged,
        call=call.id,
        tool=call.tool,
        effect="read",
        verdict=judgement.verdict,
        why=judgement.why,
        policy=judgement.version,
    )
    if width is None:
        return [said]
    choice = planning.choose(width)
    return [said, wires.make(m.Planned, call=call.id, tool=call.args["tool"], width=width, choice=choice)]


def noted(wires: Wires, run: Run) -> Sequence[Event]:
    """Return how many calls of one answer that only read, or ask agents, are worked on; nothing when they are few."""
    free = [one.call for one in run.queue if one.verdict == "allow" and one.effect == "read"]
    said: list[Event] = []
    for agents in (False, True):
        count = sum(nested.is_piece(call) == agents for call in free)
        if count >= planning.WIDE and run.plan is None:
            width = width_of(run, count, agents=agents, widens=False)
            limit = run.limits.parallel if agents else run.limits.reads
            choice = Choice(how="parallel", workers=min(limit, count), why="one answer asked for all of them")
            said.append(wires.make(m.Planned, call="", tool="", width=width, choice=choice))
    return said


def width_of(run: Run, items: int, *, agents: bool, widens: bool) -> Width:
    """Return what is decided from about so many items."""
    limits, spent = run.limits, run.spent
    used = spent.usage.input_tokens + spent.usage.output_tokens
    return Width(
        items=items,
        agents=agents,
        at_once=limits.parallel if agents else limits.reads,
        steps=max(limits.steps - spent.steps - 1, 0),
        tokens=max(limits.tokens - used, 0),
        micros=max(limits.micros - spent.usage.micros, 0),
        used_tokens=used,
        used_micros=spent.usage.micros,
        widens=widens,
    )


def _judgement(
    run: Run, call: Call, guard: Guard, tools: Mapping[str, EffectKind], tenant: str
) -> tuple[Judgement, Width | None]:
    """Return the word about all parts, and the width of what is allowed."""
    try:
        each = Each.model_validate(call.args)
    except pydantic.ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]["msg"]
        return _no(f"it takes a tool, its argument and 1 to {ITEMS} items ({problem})"), None
    if tools.get(each.tool) != "read":
        return _no(f"this agent has no tool {each.tool} that only reads"), None
    if run.plan is not None:
        return _no("one list at a time: ask for this one next"), None
    others = {one.call.id for one in run.queue} | {one.id for one in run.proposed}
    if any(is_part(id, call.id) for id in others):
        return _no("another call has the name of one of its parts"), None
    version = ""
    for item in each.items:
        said = steps.word(guard, run, tenant, each.tool, "read", {each.argument: item})
        version = said.version
        if said.verdict != "allow":
            return _no(f"{item}: {said.why}", said.version), None
    agents = nested.is_piece(Call(id="", tool=each.tool))
    if agents and (why := nested.too_deep(run)):
        return _no(why), None
    width = width_of(
        run, len(each.items), agents=agents, widens=agents and run.parent is None and not run.widened
    )
    if why := planning.trouble(width):
        return _no(why), None
    return Judgement(
        verdict="allow", why=f"{each.tool} for each of {len(each.items)}", version=version
    ), width


def _no(why: str, version: str = "limits") -> Judgement:
    return Judgement(verdict="deny", why=why, version=version)
