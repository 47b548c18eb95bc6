"""How the events of a run make its state. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from finnest.agents import messages as m
from finnest.agents.parts import filled, planned
from finnest.agents.state import Child, Queued, Run
from finnest.records import Event
from finnest.texts import shortened

ANSWER_BYTES = 6_000
QUESTION_BYTES = 1_000


def _queued(run: Run, event: m.Judged) -> Queued:
    call = next(one for one in run.proposed if one.id == event.call)
    return Queued(
        call=call,
        verdict=event.verdict,
        why=event.why,
        needs=event.needs,
        policy=event.policy,
        effect=event.effect,
    )


def _queue_of(run: Run, event: Event) -> Run:
    """Return the run with what is left to do: the parts of wide work come, and what has its result goes."""
    if isinstance(event, m.Planned) and event.call:
        return planned(run, event.call, event.choice.workers, event.choice.more_steps)
    if isinstance(event, m.Done):
        settled = {result.call for result in event.results}
        left = tuple(one for one in run.queue if one.call.id not in settled)
        return filled(run.model_copy(update={"queue": left}))
    return run


def _told(run: Run, event: m.Done) -> dict[str, Any]:
    """Return what a run that only hands something on answers."""
    if not run.ask or not event.results:
        return {}
    last = event.results[-1]
    return {"answer": shortened(last.summary, ANSWER_BYTES), "in_vain": not last.ok}


def _busy(children: Sequence[Child]) -> str:
    return "waiting" if any(child.wanted for child in children) else "acting"


def _below(run: Run, event: m.Handed | m.Heard | m.Reported) -> dict[str, Any]:
    """Return what changes when the runs below begin and tell, and when this one tells the run above."""
    match event:
        case m.Handed():
            call = event.call if event.process else ""
            children = (*run.children, Child(run=event.run, until=event.until, call=call))
            return {"children": children, "status": _busy(children)}
        case m.Heard():
            return _heard(run, event)
        case m.Reported():
            return {"reports": event.number}


def _heard(run: Run, event: m.Heard) -> dict[str, Any]:
    goes_on = event.status in ("acting", "waiting")
    now = {"heard": event.number, "wanted": event.wanted}
    children = tuple(
        child.model_copy(update=now) if child.run == event.run else child
        for child in run.children
        if goes_on or child.run != event.run
    )
    return {
        "children": children,
        "status": _busy(children),
        "tainted": run.tainted or event.tainted,
        "below": run.below.plus(event.spent),
    }


def _clocked(run: Run, at: datetime | None) -> Run:
    """Return the run with its clock stopped while nobody works, and going on from there."""
    stands = run.status == "waiting" or run.paused or any(child.call for child in run.children)
    if at is None or stands == (run.stands_since is not None):
        return run
    if run.stands_since is None:
        return run.model_copy(update={"stands_since": at})
    due = run.due + (at - run.stands_since) if run.due else None
    return run.model_copy(update={"due": due, "stands_since": None})


def evolve(run: Run, event: Event) -> Run:
    """Return the run after an event."""
    run = _queue_of(run, event)
    change: dict[str, Any] = {}
    match event:
        case m.Asked():
            change = {
                "status": "thinking",
                "agent": event.agent,
                "user": event.user,
                "roles": event.roles,
                "thread": event.thread,
                "question": shortened(event.text, QUESTION_BYTES),
                "origin": event.origin,
                "limits": event.limits,
                "parent": event.parent,
                "process": event.process,
                "ask": event.ask,
                "tainted": event.tainted,
                "due": event.due,
            }
        case m.Answered():
            usage = {n: v + getattr(event.usage, n) for n, v in run.usage.model_dump().items()}
            change = {
                "steps": run.steps + 1,
                "usage": run.usage.model_validate(usage),
                "proposed": event.calls,
                "tainted": run.tainted or event.reminded,
                # Beside calls the text is in the history; the state must hold the calls.
                "answer": "" if event.calls else shortened(event.text, ANSWER_BYTES),
            }
        case m.Judged():
            proposed = tuple(call for call in run.proposed if call.id != event.call)
            change = {"status": "acting", "queue": (*run.queue, _queued(run, event)), "proposed": proposed}
        case m.Done():
            status = _busy(run.children) if run.queue else "thinking"
            change = {"status": status, "tainted": run.tainted or event.outside, **_told(run, event)}
        case m.Handed() | m.Heard() | m.Reported():
            change = _below(run, event)
        case m.Waits():
            change = {"status": "waiting", "waiting": event.waiting}
        case m.Decided():
            kept = run.roles if event.roles is None else event.roles
            roles = tuple(role for role in run.roles if role in kept)
            change = {"status": "acting", "waiting": None, "roles": roles}
        case m.Paused() | m.Resumed():
            change = {"paused": isinstance(event, m.Paused), "held_back": False}
        case m.HeldBack():
            change = {"held_back": True}
        case m.Finished():
            change = {"status": "finished", "queue": (), "plan": None, "children": ()}
        case m.Failed() | m.Cancelled():
            status = "failed" if isinstance(event, m.Failed) else "cancelled"
            change = {"status": status, "answer": event.reason, "queue": (), "waiting": None}
            change |= {"plan": None, "children": ()}
        case _:
            return run
    return _clocked(run.model_copy(update=change), event.at if isinstance(event, m.Dated) else None)
