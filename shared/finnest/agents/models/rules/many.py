"""Many things at once: one call that states the items, when a sentence is about many."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finnest.agents.models.port import Call
from finnest.agents.parts import ITEMS
from finnest.agents.tools import ToolSpec
from finnest.ids import digest

ALL = re.compile(r"\b(?:everything|all|every|each|both|them|those|these|the lot|anything)\b", re.IGNORECASE)
"""Words for whatever there is of a kind."""


def is_each(tool: ToolSpec) -> bool:
    """Return whether the tool uses another for each of many items."""
    return any(
        one.get("x-slot", {}).get("kind") == "each" for one in tool.parameters.get("properties", {}).values()
    )


def for_each(each: ToolSpec, tool: str, argument: str, items: Sequence[str]) -> Call:
    """Return the call that uses a tool for each item, as many as there may be."""
    args = {"tool": tool, "argument": argument, "items": list(items[:ITEMS])}
    id = digest(each.name, repr(sorted(args.items())))[:12]
    return Call(id=id, tool=each.name, args=args, note=f"{tool} for each of {len(args['items'])}")
