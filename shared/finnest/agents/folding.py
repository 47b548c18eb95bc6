"""How the events of a run make its state. Pure."""

from __future__ import annotations

from typing import Any

from finnest.agents import messages as m
from finnest.agents.state import Queued, Run
from finnest.agents.texts import shortened
from finnest.records import Event

ANSWER_BYTES = 4_000
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


def evolve(run: Run, event: Event) -> Run:
    """Return the run after an event."""
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
            settled = {result.call for result in event.results}
            queue = tuple(one for one in run.queue if one.call.id not in settled)
            status = "acting" if queue else "thinking"
            change = {"queue": queue, "status": status, "tainted": run.tainted or event.outside}
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
            change = {"status": "finished", "queue": ()}
        case m.Failed() | m.Cancelled():
            status = "failed" if isinstance(event, m.Failed) else "cancelled"
            change = {"status": status, "answer": event.reason, "queue": (), "waiting": None}
        case _:
            return run
    return run.model_copy(update=change)
