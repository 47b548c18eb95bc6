"""A run as people and programs see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.agents import nested
from finnest.agents.state import Run
from finnest.ports import Recorded

SHOWN = (
    "asked",
    "answered",
    "judged",
    "planned",
    "handed",
    "heard",
    "done",
    "waits",
    "decided",
    "finished",
    "failed",
    "cancelled",
    "paused",
    "resumed",
)


def shown(id: str, run: Run, history: Sequence[Recorded]) -> dict[str, Any]:
    """Return a run with its steps, what it waits for and what it cost, the runs that it asked for included."""
    began = history[0] if history else None
    spent = run.spent
    return {
        "id": id,
        "agent": run.agent,
        "user": run.user,
        "thread": run.thread or None,
        "status": "paused" if run.paused and not run.ended else run.status,
        "text": began.data.get("text", "") if began else "",
        "answer": run.answer or None,
        "waiting": _waiting(id, run),
        "parent": run.parent and run.parent.run,
        "asked": [child.run for child in run.children if not child.call],
        "steps": [step(entry) for entry in history if is_shown(entry)],
        "tainted": run.tainted,
        "cost": {
            "model_answers": spent.steps,
            "input_tokens": spent.usage.input_tokens,
            "output_tokens": spent.usage.output_tokens,
            "usd": f"{spent.usage.micros / 1_000_000:.6f}",
        },
        "links": {"self": f"/v1/runs/{id}", "events": f"/v1/runs/{id}/events"},
    }


def _waiting(id: str, run: Run) -> dict[str, Any] | None:
    """Return what a person must decide, and by `run` where: in this run, or in one that it asked for."""
    wanted = nested.wanted(id, run)
    if wanted is None:
        return None
    mine = run.waiting
    return {
        "run": wanted.run,
        "action": wanted.action,
        "args": mine and mine.call.args,
        "args_hash": wanted.args_hash,
        "decides": wanted.by,
        "preview": mine.preview if mine else wanted.preview,
        "why": mine and mine.why,
        "until": wanted.until.isoformat(),
    }


def is_shown(entry: Recorded) -> bool:
    """Return whether people see an event; the kernel's own notes they do not."""
    return _what(entry) in SHOWN


def step(entry: Recorded) -> dict[str, Any]:
    """Return one event of a run; `version` is its place, and the id that a stream of events resumes from."""
    return {
        "version": entry.version,
        "at": entry.at.isoformat(),
        "type": _what(entry),
        "by": entry.by,
        "data": entry.data,
    }


def _what(entry: Recorded) -> str:
    name = entry.type.split(".")[1]
    return name.removeprefix("agent_")
