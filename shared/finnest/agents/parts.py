"""The parts of wide work: what a call about many items says, and which of them are taken up next. Pure."""

from __future__ import annotations

import pydantic

from finnest.agents.models.port import Call
from finnest.agents.state import Plan, Queued, Run
from finnest.records import Record

EACH = "for_each"
ITEMS = 60
ITEM_CHARS = 300
OF = "#"
"""Stands between the id of the call and the number of its part."""


class Each(Record):
    """The arguments of a call about many items."""

    tool: str
    argument: str
    items: tuple[str, ...] = pydantic.Field(min_length=1, max_length=ITEMS)

    @pydantic.field_validator("items")
    @classmethod
    def _few_words(cls, items: tuple[str, ...]) -> tuple[str, ...]:
        if any(not 0 < len(one.strip()) <= ITEM_CHARS for one in items):
            raise ValueError(f"an item has 1 to {ITEM_CHARS} characters")
        return tuple(dict.fromkeys(items))


def is_each(call: Call) -> bool:
    """Return whether a call is about many items."""
    return call.tool.endswith(f".{EACH}")


def is_part(call: str, whole: str) -> bool:
    """Return whether the id of a call is that of a part of another."""
    return call.startswith(f"{whole}{OF}")


def planned(run: Run, call: str, workers: int, more_steps: int) -> Run:
    """Return the run with the call's items as its plan, and the first of them in the queue."""
    whole = next(one for one in run.queue if one.call.id == call)
    each = Each.model_validate(whole.call.args)
    plan = Plan(
        call=call,
        tool=each.tool,
        argument=each.argument,
        items=each.items,
        workers=workers,
        why=whole.why,
        policy=whole.policy,
    )
    limits = run.limits.model_copy(update={"steps": run.limits.steps + more_steps})
    queue = tuple(one for one in run.queue if one.call.id != call)
    change = {"plan": plan, "queue": queue, "limits": limits, "widened": run.widened or more_steps > 0}
    return filled(run.model_copy(update=change))


def filled(run: Run) -> Run:
    """Return the run with as many parts in its queue as may be worked on; without a plan when none is left."""
    plan = run.plan
    if plan is None:
        return run
    busy = sum(is_part(one.call.id, plan.call) for one in run.queue)
    free = max(plan.workers - busy, 0)
    fresh = [_part(plan, plan.begun + n, item) for n, item in enumerate(plan.items[:free])]
    left = plan.model_copy(update={"items": plan.items[free:], "begun": plan.begun + len(fresh)})
    going = busy or fresh
    return run.model_copy(update={"queue": (*run.queue, *fresh), "plan": left if going else None})


def _part(plan: Plan, number: int, item: str) -> Queued:
    call = Call(id=f"{plan.call}{OF}{number}", tool=plan.tool, args={plan.argument: item})
    return Queued(call=call, verdict="allow", why=plan.why, policy=plan.policy, effect="read")
