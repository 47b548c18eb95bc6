"""Pieces of a run's work that agents of other features do, each in a run of its own. Pure.

The run above rests meanwhile, with a deadline; the run below tells it over the bus when it waits for a
person, when it goes on, and how it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from finnest.agents import messages as m
from finnest.agents.folding import evolve
from finnest.agents.guard import ASK
from finnest.agents.models.port import Call
from finnest.agents.state import Child, Run
from finnest.agents.wires import Wires
from finnest.ids import derived
from finnest.records import Event
from finnest.texts import shortened
from finnest.turn import Message, Start, Turn

SHOWN_BYTES = 300


def is_piece(call: Call) -> bool:
    """Return whether a call asks another feature's agent."""
    return call.tool.endswith(f".{ASK}")


def errand(wires: Wires, asked: m.AskAgent) -> m.Thought:
    """Return what stands for a model's answer in a run that hands on what a workflow wants of another's agent."""
    call = Call(id="errand", tool=f"{asked.ask}.{ASK}", args={"text": asked.text})
    return wires.make(m.Thought, calls=(call,), model="workflow")


def child_id(thing: str, run: Run, call: Call) -> str:
    """Return the id of the run that does this piece; the same call of the same answer, the same run."""
    return derived(call.tool.partition(".")[0], thing, str(run.steps), call.id)


def call_of(thing: str, run: Run, child: Child) -> Call | None:
    """Return the call whose result a run or a workflow below is."""
    if not child.call:
        return piece(thing, run, child.run)
    return next((one.call for one in run.queue if one.call.id == child.call), None)


def piece(thing: str, run: Run, child: str) -> Call | None:
    """Return the call that a run below works on, or None when it has its result."""
    calls = (one.call for one in run.queue if is_piece(one.call))
    return next((call for call in calls if child_id(thing, run, call) == child), None)


def share(run: Run, at: datetime | None = None) -> m.Limits:
    """Return the limits of one piece: what is left of the run's own, in equal parts, one step kept to answer.

    Its time is all that is left at `at` (UTC): pieces work side by side.
    """
    calls = [*run.proposed, *(one.call for one in run.queue)]
    planned = len(run.plan.items) if run.plan and is_piece(Call(id="", tool=run.plan.tool)) else 0
    parts = max(sum(is_piece(call) for call in calls) + planned, 1)
    limits, spent = run.limits, run.spent
    used = spent.usage.input_tokens + spent.usage.output_tokens
    left = {
        "steps": limits.steps - spent.steps - 1,
        "tokens": limits.tokens - used,
        "micros": limits.micros - spent.usage.micros,
    }
    shared = {name: max(one, 0) // parts for name, one in left.items()}
    left_s = int((run.due - at).total_seconds()) if run.due and at else limits.work_s
    return limits.model_copy(update={**shared, "work_s": max(left_s, 1)})


def too_deep(run: Run) -> str:
    """Return why this agent may ask no other, or nothing."""
    if len(run.agents) >= run.limits.depth:
        return f"{len(run.agents)} agents stand in a row already, and {run.limits.depth} may"
    return ""


def refusal(run: Run) -> str:
    """Return why nothing can be handed on now, or nothing."""
    if why := too_deep(run):
        return why
    return "this run has too few steps left to share" if share(run).steps < 1 else ""


def hand(wires: Wires, run: Run, events: Sequence[Event], message: Message) -> Turn:
    """Return the turn that hands on as many allowed pieces as may be worked on at the same time."""
    said, starts = list(events), list[Start]()
    there = {child.run for child in run.children}
    calls = [one.call for one in run.queue if one.verdict == "allow" and is_piece(one.call)]
    fresh = [call for call in calls if child_id(message.thing, run, call) not in there]
    for call in fresh[: max(run.limits.parallel - len(there), 0)]:
        handed, start = handing(wires, run, call, message)
        said.append(handed)
        starts.append(start)
    return Turn(said, {"status": "acting"}, starts)


def handing(
    wires: Wires, run: Run, call: Call, message: Message, *, decided: bool = False
) -> tuple[Event, Start]:
    """Return the event and the effect that hand on one piece; `decided` when a person said yes to it."""
    child = child_id(message.thing, run, call)
    limits = share(run, message.at)
    until = message.at + timedelta(seconds=limits.wait_s + limits.work_s)
    handed = wires.make(m.Handed, run=child, call=call.id, until=until, at=message.at)
    args = {"run": child, "limits": limits.wire_data(), "tainted": run.tainted, "decided": decided}
    return handed, Start(effect="agent_hand", args=args)


def drops(children: Sequence[Child]) -> list[Start]:
    """Return the effects that stop these runs, whether they have begun or not; a workflow goes on to its end."""
    return [Start(effect="agent_drop", args={"run": child.run}) for child in children if not child.call]


def wanted(thing: str, run: Run) -> m.Wanted | None:
    """Return what a person must decide, in this run or below it, before it goes on."""
    waiting = run.waiting
    if waiting is None:
        return next((child.wanted for child in run.children if child.wanted), None)
    return m.Wanted(
        run=thing,
        action=waiting.call.tool,
        args_hash=waiting.args_hash,
        by=waiting.by,
        preview=shortened(waiting.preview, SHOWN_BYTES),
        until=waiting.until,
    )


def reported(wires: Wires, before: Run, after: Run, thing: str) -> Event | None:
    """Return what the run above is told of a turn, if anything."""
    want = wanted(thing, after)
    if after.parent is None or (not after.ended and want == wanted(thing, before)):
        return None
    told = {"to": after.parent.run, "number": after.reports + 1, "tainted": after.tainted}
    if after.ended:
        return wires.make(m.Reported, **told, status=after.status, answer=after.answer, spent=after.spent)
    return wires.make(m.Reported, **told, status="waiting" if want else "acting", wanted=want)


def wake_at(run: Run) -> datetime | None:
    """Return the run's next deadline, or None when nothing bounds it."""
    bounds = [child.until for child in run.children]
    bounds += [run.waiting.until] if run.waiting else []
    bounds += [run.due] if run.due and run.stands_since is None else []
    return None if run.ended else min(bounds, default=None)


def folded(run: Run, events: Sequence[Event]) -> Run:
    """Return the run after all the events."""
    for event in events:
        run = evolve(run, event)
    return run
