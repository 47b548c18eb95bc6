"""Ranking: which tool a sentence means, by its words and by the values it holds."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from finnest.agents.models.rules import slots
from finnest.agents.models.rules.bags import bag_of, order_of, phrase_of
from finnest.agents.models.rules.days import WORDS, day
from finnest.agents.models.rules.names import documents, names
from finnest.agents.models.rules.words import FUNCTION, READING, SYNONYMS, holds, light, stem, stems, tokens
from finnest.agents.tools import ToolSpec

_SOME_DAY = date(2000, 1, 1)
_FITS: Mapping[str, tuple[float, float, float]] = {
    "document": (5.0, 1.0, -4.0),
    "supplier": (2.0, 1.0, -0.5),
    "date": (2.0, 1.0, -0.5),
    "money": (2.0, 1.0, -0.8),
}
"""What a value of a kind adds to a tool that needs it, to one that can take it, and to one that cannot."""
_CHOICE, _LACKS, _UNKNOWN, _STRANGE_VERB, _OTHER_ACT = 1.0, -2.0, -0.3, -6.0, -8.0
_TRADE = frozenset(
    stem(word) for word in ["invoice", "supplier", "payment", "request", "dollar", "buck", "aud", "nzd"]
)
_LABEL = re.compile(r"\s*\w+\s*:")
_USUAL = 13
"""Tools from which on a word is counted as rare or not; an agent with few of them understands as well."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """How well a tool fits."""

    tool: ToolSpec
    score: float
    words: float
    """What of the score comes from words, not from the values that the sentence holds."""


class Ranking:
    """Ranks tools: words of name, phrases, description and arguments, rare ones counting more; then the values."""

    def __init__(self, tools: Sequence[ToolSpec]) -> None:
        self.tools = {tool.name: tool for tool in tools}
        self._bags = {tool.name: bag_of(tool) for tool in tools}
        seen = Counter(word for bag in self._bags.values() for word in bag)
        self._rarity = {word: math.log(1 + max(len(self.tools), _USUAL) / n) for word, n in seen.items()}
        self._phrases = {tool.name: [phrase_of(said) for said in tool.says] for tool in tools}
        self._orders = {tool.name: [order_of(said) for said in tool.says] for tool in tools}
        acts = [said for tool in tools if tool.effect != "read" for said in tool.says]
        self.verbs = frozenset(light(word) for said in acts for word in tokens(said)[:1]) - FUNCTION
        """Words by which effects are ordered."""
        self._acting = frozenset(tokens(said)[0] for said in acts) - READING - FUNCTION
        raw = [f"{tool.name} {tool.description} {' '.join(tool.says)}".replace("_", " ") for tool in tools]
        words = {word for text in raw for word in tokens(text)} - FUNCTION
        self._said = READING | words
        self.known = READING | words | {stem(word) for word in words}
        """Words of the trade."""

    def kinds(self, texts: Sequence[str]) -> set[str]:
        """Return which kinds of values the texts hold."""
        found: set[str] = set()
        for text in texts:
            money = slots.amounts(text) or slots.money(text, "min") or slots.money(text, "max")
            there = {
                "document": bool(documents(text)),
                "supplier": bool(names(text, self.known)),
                "date": bool(day(text, _SOME_DAY)),
                "money": bool(money),
            }
            found |= {kind for kind, is_there in there.items() if is_there}
        return found

    def takes(self, tool: ToolSpec) -> set[str]:
        """Return the kinds of values that a tool takes, by itself or through what it looks up."""
        kinds: set[str] = set()
        for parameter in tool.parameters.get("properties", {}).values():
            slot = parameter.get("x-slot", {})
            kinds |= {"document", "supplier"} if slot.get("kind") == "about" else {str(slot.get("kind"))}
            lookup = self.tools.get(str(slot.get("lookup")))
            if lookup is not None and not slot.get("by"):
                kinds |= self.takes(lookup)
        return kinds

    def reading(self, text: str, context: Sequence[str] = ()) -> list[Ranked]:
        """Return the tools that only read, the best first; `context` was said before."""
        kinds = self.kinds([text, *context])
        strange = self._strange(text)
        ranked: list[Ranked] = []
        for tool in self.tools.values():
            if tool.effect == "read":
                words = self._words(tool, text) + strange
                ranked.append(Ranked(tool, round(words + self._values(tool, text, kinds), 2), words))
        return sorted(ranked, key=lambda one: (-one.score, one.tool.name))

    def ordered(self, text: str) -> tuple[float, ToolSpec] | None:
        """Return the tool with an effect that a plain order begins with the phrase of; the longest phrase wins."""
        words = tokens(text)
        said = words[1:] if words[:1] == ("i",) else words
        # An order begins with the bare verb: "approved invoices" orders nothing.
        found = [
            (len(phrase), tool.name)
            for tool in self.tools.values()
            if tool.effect != "read"
            for phrase in self._orders[tool.name]
            if phrase
            and said[:1] == (phrase[0],)
            and holds([stem(word) for word in said], [stem(word) for word in phrase], gap=4, first=True)
        ]
        if not found or _LABEL.match(text):
            return None
        length, name = max(found)
        tool = self.tools[name]
        if self._lacks(tool, text, self.kinds([text])) and self._strangers(text):
            return None
        return 4.0 + length, tool

    def unheeded(self, tool: ToolSpec, text: str) -> list[str]:
        """Return the words of an order that neither belong to the tool nor are values: what it cannot heed."""
        papers = documents(text)
        feature = (
            tool.name.partition(".")[0]
            if papers and "document" in self.required(tool).values()
            else tool.name
        )
        reach = [name for name in self.tools if name.startswith(feature)] + self._reach(tool)
        own = {word for name in reach for word in self._bags[name]} | _TRADE
        values = [*names(text, self.known), *papers, *slots.amounts(text)]
        heeded = FUNCTION | WORDS | {word for value in values for word in tokens(value)}
        said = [word.removesuffix("'s") for word in tokens(text)]
        return [
            word for word in said if word not in heeded and stem(word) not in own and not word[0].isdigit()
        ]

    def _reach(self, tool: ToolSpec) -> list[str]:
        slots_ = [one.get("x-slot", {}) for one in tool.parameters.get("properties", {}).values()]
        return [tool.name, *(slot["lookup"] for slot in slots_ if slot.get("lookup") in self.tools)]

    def _words(self, tool: ToolSpec, text: str) -> float:
        said = stems(text)
        bag = self._bags[tool.name]
        score = sum(self._rarity[word] * bag[word] for word in set(said) if word in bag)
        whole = [stem(word) for word in tokens(text)]
        fits = [1.0 + len(p) for p in self._phrases[tool.name] if holds(whole, p, gap=3)]
        return score + max(fits, default=0.0) + 0.5 * max(len(fits) - 1, 0)

    def _values(self, tool: ToolSpec, text: str, kinds: Collection[str]) -> float:
        required = self.required(tool)
        takes = self.takes(tool)
        score = sum(
            _FITS[kind][0 if kind in required.values() else 1 if kind in takes else 2] for kind in kinds
        )
        properties: Mapping[str, Any] = tool.parameters.get("properties", {})
        choices = (
            slots.choice(p, text) for p in properties.values() if p.get("x-slot", {}).get("kind") == "choice"
        )
        return score + _LACKS * self._lacks(tool, text, kinds) + _CHOICE * any(choices)

    def looks_at_each(self, tool: ToolSpec) -> bool:
        """Return whether a tool is about one thing, of which there is a list."""
        properties: Mapping[str, Any] = tool.parameters.get("properties", {})
        named = [properties[name].get("x-slot", {}) for name in tool.parameters.get("required", ())]
        return any(slot.get("each") or (slot.get("lookup") and slot.get("by")) for slot in named)

    def required(self, tool: ToolSpec) -> dict[str, str]:
        properties: Mapping[str, Any] = tool.parameters.get("properties", {})
        names_ = tool.parameters.get("required", ())
        return {name: str(properties[name].get("x-slot", {}).get("kind")) for name in names_}

    def _lacks(self, tool: ToolSpec, text: str, kinds: Collection[str]) -> int:
        """Return how many values are missing that the text does not even name, as `the invoice` does."""
        said = tokens(text)
        return sum(
            kind in _FITS and kind not in kinds and name not in said
            for name, kind in self.required(tool).items()
        )

    def _strange(self, text: str) -> float:
        strange = self._strangers(text)
        first, second = (*tokens(text)[:2], "", "")[:2]
        if first in self._acting:
            return _OTHER_ACT
        plain = first.isalpha() and not first.endswith(("ing", "ed", "s"))
        verb = plain and not (first in FUNCTION or first in self._said or first in SYNONYMS or first in WORDS)
        verb = (
            verb
            and second not in READING
            and first not in " ".join([*names(text, self.known), *documents(text)]).lower()
        )
        return _UNKNOWN * len(strange) + (_STRANGE_VERB if verb else 0.0)

    def _strangers(self, text: str) -> list[str]:
        """Return the words that are of no use here."""
        named = {word for name in names(text, self.known) for word in tokens(name)}
        said = [
            word for word in tokens(text) if word not in FUNCTION and word not in named and word.isalpha()
        ]
        return [word for word in said if not self._knows(word)]

    def _knows(self, word: str) -> bool:
        return word in self.known or stem(word) in self._rarity or day(word, _SOME_DAY) is not None
