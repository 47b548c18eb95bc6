"""The words by which a tool is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finnest.agents.models.rules.words import stem, stems, tokens
from finnest.agents.tools import ToolSpec

_ARTICLES = frozenset(["a", "an", "the", "of", "for"])


def order_of(said: str) -> list[str]:
    """Return the words of a phrase by which something is ordered."""
    return [word for word in tokens(said) if word not in _ARTICLES]


def phrase_of(said: str) -> list[str]:
    """Return the stems of a phrase; of one that has only empty words, those."""
    return stems(said) or [stem(word) for word in tokens(said)]


def bag_of(tool: ToolSpec) -> dict[str, float]:
    """Return the stems by which a tool is known, each with its weight."""
    feature, _, name = tool.name.partition(".")
    parts = [
        (name.replace("_", " "), 1.5),
        (feature, 0.3),
        (tool.description, 0.6),
        (" ".join(tool.says), 1.0),
    ]
    parts += [(parameter, 0.5) for parameter in tool.parameters.get("properties", {})]
    parts += [(value, 0.8) for value in _values(tool.parameters)]
    bag: dict[str, float] = {}
    for text, weight in parts:
        for word in stems(text):
            bag[word] = max(bag.get(word, 0.0), weight)
    return bag


def _values(parameters: Mapping[str, Any]) -> list[str]:
    properties = parameters.get("properties", {}).values()
    options = [option for one in properties for option in (one, *one.get("anyOf", ()))]
    values = [str(value).replace("_", " ") for option in options for value in option.get("enum", ())]
    return values + [word for one in properties for word in one.get("x-slot", {}).get("words", ())]
