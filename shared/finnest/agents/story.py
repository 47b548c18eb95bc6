"""A run as people and programs see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.agents.state import Run
from finnest.ports import Recorded

SHOWN = (
    "asked",
    "answered",
    "judged",
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
    """Return a run with its steps, what it waits for and what it cost."""
    began = history[0] if history else None
    waiting = run.waiting
    return {
        "id": id,
        "agent": run.agent,
        "user": run.user,
        "thread": run.thread or None,
        "status": "paused" if run.paused and not run.ended else run.status,
        "text": began.data.get("text", "") if began else "",
        "answer": run.answer or None,
        "waiting": waiting
        and {
            "action": waiting.call.tool,
            "args": waiting.call.args,
            "args_hash": waiting.args_hash,
            "decides": waiting.by,
            "preview": waiting.preview,
            "why": waiting.why,
            "until": waiting.until.isoformat(),
        },
        "steps": [step(entry) for entry in history if is_shown(entry)],
        "tainted": run.tainted,
        "cost": {
            "model_answers": run.steps,
            "input_tokens": run.usage.input_tokens,
            "output_tokens": run.usage.output_tokens,
            "usd": f"{run.usage.micros / 1_000_000:.6f}",
        },
        "links": {"self": f"/v1/runs/{id}", "events": f"/v1/runs/{id}/events"},
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
