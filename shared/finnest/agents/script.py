"""A run's events as the conversation that a model is given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from finnest.agents.models.port import Call, Result, Said
from finnest.agents.threads import Thread
from finnest.agents.tools import RESULT_CHARS
from finnest.ports import Recorded


def conversation(thread: Thread, before: Sequence[Recorded], own: Sequence[Recorded]) -> list[Said]:
    """Return earlier exchanges, then the run that this one goes on from, then its own events."""
    said: list[Said] = []
    for exchange in thread.last:
        said.append(Said(role="user", text=exchange.question))
        said.append(Said(role="assistant", text=exchange.answer))
    for entry in (*before, *own):
        said += _said(entry.type.split(".")[1], entry.data)
    return said


def told(result: Result) -> str:
    """Return a result as text for a model: the sentence, then the facts, cut to a bound."""
    facts = json.dumps(result.content, ensure_ascii=False) if result.content else ""
    whole = f"{result.summary}\n{facts}" if facts else result.summary
    return whole if len(whole) <= RESULT_CHARS else f"{whole[:RESULT_CHARS]} [cut: ask for less]"


def _said(what: str, data: dict[str, Any]) -> list[Said]:
    match what:
        case "agent_asked":
            return [Said(role="user", text=data["text"])]
        case "agent_answered":
            calls = tuple(Call.model_validate(call) for call in data["calls"])
            return [Said(role="assistant", text=data["text"], calls=calls)]
        case "agent_done":
            results = tuple(Result.model_validate(result) for result in data["results"])
            return [Said(role="tools", results=results)]
        case _:
            return []
