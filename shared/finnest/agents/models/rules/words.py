"""Words: cutting sentences, stems, and how well a sentence fits a tool."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from finnest.agents.tools import ToolSpec

_WORD = re.compile(r"[a-z0-9][a-z0-9']*")
_SAME: Mapping[str, str] = {
    "bill": "invoice",
    "document": "invoice",
    "vendor": "supplier",
    "seller": "supplier",
    "creditor": "supplier",
    "money": "cash",
    "amount": "total",
    "stuck": "hold",
    "held": "hold",
    "block": "hold",
    "wait": "hold",
    "pend": "hold",
    "outstand": "hold",
    "paid": "pay",
    "owe": "pay",
    "payable": "pay",
    "transfer": "pay",
    "okay": "approve",
    "ok": "approve",
    "authorise": "approve",
    "authorize": "approve",
    "approval": "approve",
    "decline": "reject",
    "refuse": "reject",
    "deny": "reject",
    "stop": "cancel",
    "abort": "cancel",
    "explanation": "explain",
    "purchase": "order",
    "po": "order",
    "mismatch": "exception",
    "discrepancy": "exception",
    "problem": "exception",
    "wrong": "exception",
    "bank": "account",
    "fortnight": "week",
}
_FILLERS = """
a an the of to in on at by for from with is are was were be been do does did i we you it this that these
those me us our my your please can could would will shall should and or any all some there here have has
had get got let's lets tell give say so just right now currently
"""
_EMPTY = frozenset(_FILLERS.split())
_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ed", "es", "s")
_KEPT = frozenset(["status", "business", "address", "process", "basis", "its", "this", "pays"])


def stem(word: str) -> str:
    """Return the stem of a lower-case word, with synonyms of the trade as one."""
    if word in _SAME:
        return _SAME[word]
    cut = word
    if word not in _KEPT and len(word) > 3:
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                cut = word[: -len(ending)] + ("y" if ending == "ies" else "")
                break
    if len(cut) > 3 and cut.endswith("e"):
        cut = cut[:-1]
    if len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] not in "lse":
        cut = cut[:-1]
    same = _SAME.get(cut) or _SAME.get(cut + "e") or cut
    return same[:-1] if len(same) > 3 and same.endswith("e") else same


def stems(text: str) -> list[str]:
    """Return the stems of a text's words, without empty words."""
    return [stem(word) for word in _WORD.findall(text.lower()) if word not in _EMPTY]


class Ranking:
    """Ranks tools by the words of a sentence: name, phrases, description, arguments, rare words counting more."""

    def __init__(self, tools: Sequence[ToolSpec]) -> None:
        self._tools = list(tools)
        self._bags = [_bag(tool) for tool in self._tools]
        seen = Counter(word for bag in self._bags for word in bag)
        count = max(len(self._tools), 1)
        self._rarity = {word: math.log(1 + count / n) for word, n in seen.items()}

    def best(self, text: str) -> list[tuple[float, ToolSpec]]:
        """Return tools with their scores, the best first."""
        words = set(stems(text))
        joined = f" {' '.join(stems(text))} "
        scored: list[tuple[float, ToolSpec]] = []
        for tool, bag in zip(self._tools, self._bags, strict=True):
            score = sum(self._rarity[word] * bag[word] for word in words if word in bag)
            for phrase in tool.says:
                said = " ".join(stems(phrase))
                if said and f" {said} " in joined:
                    score += 2.0 + said.count(" ")
            if score:
                scored.append((round(score, 2), tool))
        return sorted(scored, key=lambda one: (-one[0], one[1].name))


def _bag(tool: ToolSpec) -> dict[str, float]:
    feature, _, name = tool.name.partition(".")
    bag: dict[str, float] = {}
    parts = [
        (name.replace("_", " "), 1.5),
        (feature, 0.3),
        (tool.description, 0.6),
        (" ".join(tool.says), 1.0),
    ]
    parts += [(parameter, 0.5) for parameter in tool.parameters.get("properties", {})]
    for text, weight in parts:
        for word in stems(text):
            bag[word] = max(bag.get(word, 0.0), weight)
    return bag
