"""A run's events as the conversation that a model is given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from finnest.agents.models.port import Call, Result, Said
from finnest.agents.parts import OF, Each, is_each, is_part
from finnest.agents.threads import Thread
from finnest.agents.tools import RESULT_CHARS
from finnest.ports import Recorded
from finnest.texts import shortened

ALL_BYTES = 5_000
"""What the parts of wide work tell together; an answer can say it whole."""
LINE_BYTES = 40
"""What each of them may tell at least."""


def conversation(thread: Thread, before: Sequence[Recorded], own: Sequence[Recorded]) -> list[Said]:
    """Return earlier exchanges, then the run that this one goes on from, then its own events."""
    said: list[Said] = []
    for exchange in thread.last:
        said.append(Said(role="user", text=exchange.question))
        said.append(Said(role="assistant", text=exchange.answer))
    parts = _Parts()
    for entry in (*before, *own):
        said += _said(entry.type.split(".")[1], entry.data, parts)
    return said


def told(result: Result) -> str:
    """Return a result as text for a model: the sentence, then the facts, cut to a bound."""
    facts = json.dumps(result.content, ensure_ascii=False) if result.content else ""
    whole = f"{result.summary}\n{facts}" if facts else result.summary
    return whole if len(whole) <= RESULT_CHARS else f"{whole[:RESULT_CHARS]} [cut: ask for less]"


class _Parts:
    """Collects the results of parts until those of the whole call are there."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._told: dict[str, dict[str, Result]] = {}

    def state(self, calls: Sequence[Call]) -> None:
        """Take note of the calls of an answer; a part told before belongs to an earlier one."""
        self._calls = {call.id: call for call in calls if is_each(call)}
        self._told = {id: {} for id in self._calls}

    def whole(self, results: Sequence[Result]) -> list[Result]:
        """Return the results of calls, those of parts as one when all are there."""
        found: list[Result] = []
        for result in results:
            id = next((id for id in self._calls if is_part(result.call, id)), None)
            if id is None:
                found.append(result)
                continue
            self._told[id][result.call] = result
            each = Each.model_validate(self._calls[id].args)
            if len(self._told[id]) == len(each.items):
                found.append(_combined(self._calls[id], each, self._told[id]))
        return found


def _combined(call: Call, each: Each, told: dict[str, Result]) -> Result:
    in_order = sorted(told.values(), key=lambda one: int(one.call.rpartition(OF)[2]))
    share = max(ALL_BYTES // len(in_order) - 4, LINE_BYTES)
    lines: list[str] = []
    for item, result in zip(each.items, in_order, strict=True):
        line = " ".join(result.summary.split())
        lines.append(f"- {shortened(line if item in line else f'{item}: {line}', share)}")
    failed = [item for item, one in zip(each.items, in_order, strict=True) if not one.ok]
    count = f"{len(lines)} looked at" + (f", {len(failed)} of them in vain" if failed else "")
    return Result(
        call=call.id,
        tool=call.tool,
        ok=len(failed) < len(lines),
        summary=f"{count}:\n" + "\n".join(lines),
        content={"looked_at": len(lines), "failed": failed},
    )


def _said(what: str, data: dict[str, Any], parts: _Parts) -> list[Said]:
    match what:
        case "agent_asked":
            return [Said(role="user", text=data["text"])]
        case "agent_answered":
            calls = tuple(Call.model_validate(call) for call in data["calls"])
            parts.state(calls)
            return [Said(role="assistant", text=data["text"], calls=calls)]
        case "agent_done":
            results = parts.whole([Result.model_validate(result) for result in data["results"]])
            return [Said(role="tools", results=tuple(results))] if results else []
        case _:
            return []
