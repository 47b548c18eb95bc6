"""Pieces: what a person wants another agent to be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from finnest.agents.models.port import Call
from finnest.agents.models.rules.sentence import sentences
from finnest.agents.tools import ToolSpec
from finnest.ids import digest

_ASK = re.compile(
    r"^\W*(?:(?:hi|hello|hey|please|pls|kindly|(?:can|could|would) you)\b\W*)*(?:ask|tell|have|let)\s+(?:the|our)\s+"
    r"(?P<agent>[a-z]+)(?:\s+agent)?\b[\s,:]*(?:to\s+)?(?P<text>.+)$",
    re.IGNORECASE | re.DOTALL,
)


def is_piece(tool: ToolSpec) -> bool:
    """Return whether the tool asks another agent."""
    return any(
        one.get("x-slot", {}).get("kind") == "piece" for one in tool.parameters.get("properties", {}).values()
    )


def pieces(text: str, tools: Sequence[ToolSpec]) -> list[Call]:
    """Return what other agents are to be asked, when that is all that the message wants."""
    agents = {tool.says[0].rpartition(" ")[2].lower(): tool for tool in tools if is_piece(tool) and tool.says}
    wanted: list[tuple[ToolSpec, str]] = []
    for clause in (one for sentence in sentences(text, ()) for one in sentence):
        found = _ASK.match(clause.text)
        tool = agents.get(found["agent"].lower()) if found else None
        if clause.bent or (tool is None and not wanted):
            return []
        if found is not None and tool is not None:
            wanted.append((tool, found["text"].strip()))
        else:
            last, said = wanted.pop()
            wanted.append((last, f"{said} and {clause.text}"))
    return [_call(tool, said) for tool, said in wanted]


def _call(tool: ToolSpec, text: str) -> Call:
    args: Mapping[str, str] = {"text": text}
    return Call(id=digest(tool.name, text)[:12], tool=tool.name, args=dict(args), note=tool.says[0])
