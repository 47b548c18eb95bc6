"""Filling: the arguments of a tool from what was said and from what can be looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from finnest.agents.models.port import Call, Result
from finnest.agents.models.rules import slots
from finnest.agents.models.rules.days import day
from finnest.agents.models.rules.many import ALL, for_each
from finnest.agents.models.rules.names import documents, names
from finnest.agents.models.rules.ranking import Ranking
from finnest.agents.models.rules.sentence import Clause
from finnest.agents.models.rules.talk import Intent
from finnest.agents.models.rules.words import tokens
from finnest.agents.tools import ToolSpec
from finnest.ids import digest

_ASKING: Mapping[str, str] = {
    "date": "Which day?",
    "supplier": "Which supplier?",
    "money": "Which amount?",
}
_FEW = "Which of them: those of a supplier, of a number, below an amount, or “everything”?"


class Filling:
    """Fills tools for one message."""

    def __init__(
        self, ranking: Ranking, today: date, done: Mapping[str, Result], each: ToolSpec | None = None
    ) -> None:
        self._each = each
        self._ranking = ranking
        self._today = today
        self._done = done

    def next(self, intent: Intent) -> Call | str:
        """Return the next call, the answer, or a question."""
        tool = intent.tool
        if tool is None:
            return intent.says
        if intent.orders and (problem := self._unheeded(intent.orders, tool)):
            return problem
        if (many := self._many(tool, intent)) is not None:
            return many
        args: dict[str, Any] = {}
        required = set(tool.parameters.get("required", ()))
        for name, parameter in tool.parameters.get("properties", {}).items():
            value = self._said(parameter, intent.texts)
            slot = parameter.get("x-slot", {})
            if slot.get("lookup") and (value is not None or (name in required and not slot.get("by"))):
                looked = self._look_up(parameter, value, intent)
                if isinstance(looked, (Call, str)):
                    return looked
                value = looked[0]
            if value is not None:
                args[name] = value
            elif name in required:
                kind = str(slot.get("kind"))
                return _ASKING.get(kind, f"Which {name.replace('_', ' ')}, by its number?")
        note = f"score {intent.score:.1f}" + "".join(
            f", {name}={_short(value)}" for name, value in args.items()
        )
        call = _call(tool.name, args, note)
        result = self._done.get(call.id)
        if result is None:
            return call
        left = [] if intent.orders else self._left(intent.texts[0], tool)
        return f"{result.summary}\n(I could not heed {' and '.join(left)}.)" if left else result.summary

    def _many(self, tool: ToolSpec, intent: Intent) -> Call | str | None:
        """Return the next call or the answer when a tool is meant for many things; nothing when it is for one."""
        if self._each is None or tool.effect != "read":
            return None
        for name in tool.parameters.get("required", ()):
            parameter = tool.parameters["properties"][name]
            slot, head, items = parameter.get("x-slot", {}), "", intent.about
            source = self._ranking.tools.get(str(slot.get("each") or slot.get("lookup")))
            if not items and source is not None and ALL.search(intent.texts[0]):
                if self._said(parameter, intent.texts[:1]) is not None:
                    continue
                looked = self._whatever(source, intent)
                if not isinstance(looked, Result):
                    return looked
                head = f"{looked.summary.splitlines()[0]}\n"
                items = tuple(str(item[slot["gives"]]) for item in looked.content.get("items", []))
                if not looked.ok or not items:
                    return looked.summary
            if items:
                call = for_each(self._each, tool.name, name, items)
                result = self._done.get(call.id)
                return call if result is None else f"{head}{result.summary}"
        return None

    def _whatever(self, source: ToolSpec, intent: Intent) -> Call | Result:
        """Return what a look-up finds by all that was said, or the call that comes first."""
        filled = {
            name: self._said(one, intent.texts)
            for name, one in source.parameters.get("properties", {}).items()
        }
        args = {name: found for name, found in filled.items() if found is not None}
        call = _call(source.name, args, "looks up what there is")
        return self._done.get(call.id, call)

    def _unheeded(self, orders: Sequence[Clause], tool: ToolSpec) -> str:
        """Return why an order is not followed: it says more than the tool can heed."""
        if any(one.bent for one in orders):
            return "I act only on plain orders of your own, and by the rules; I have done nothing."
        if any(
            p.get("x-slot", {}).get("kind") == "said" for p in tool.parameters.get("properties", {}).values()
        ):
            return ""
        for one in orders:
            if one.condition:
                return (
                    f"I cannot act with “{one.condition}”: I follow only plain orders. "
                    "What shall I do, without conditions and exceptions?"
                )
        for one in orders:
            if words := self._ranking.unheeded(tool, one.core):
                said = " ".join(words)
                return f"I do not know what “{said}” means for this, so I have done nothing. What exactly shall I do?"
        left = self._left(" . ".join(slots.REASON.sub("", one.text) for one in orders), tool, alone=True)
        if not left:
            return ""
        return f"I can do that for one thing at a time, and not with {' and '.join(left)}. What exactly shall I do?"

    def _left(self, text: str, tool: ToolSpec, *, alone: bool = False) -> list[str]:
        """Return the values that the tool does not take; `alone`: also those of which it takes only one."""
        takes = self._ranking.takes(tool)
        papers, people = documents(text), names(text, self._ranking.known)
        bounds = [bound for bound in ("min", "max") if slots.money(text, bound)]
        amounts, when = slots.amounts(text), day(text, self._today)
        return [
            *(papers if "document" not in takes or (alone and len(papers) > 1) else ()),
            *(people if not papers and ("supplier" not in takes or (alone and len(people) > 1)) else ()),
            *(amounts if "money" not in takes or len(amounts) > len(bounds) else ()),
            *([when] if when and "date" not in takes and when != self._today.isoformat() else ()),
        ]

    def _look_up(self, parameter: Mapping[str, Any], value: Any, intent: Intent) -> Call | str | tuple[Any]:
        """Return the look-up's call, why it leads nowhere, or the value it gives."""
        slot = parameter["x-slot"]
        tool = self._ranking.tools.get(slot["lookup"])
        if tool is None:
            return (value,)
        if slot.get("by"):
            args = {slot["by"]: value}
        else:
            properties = tool.parameters.get("properties", {})
            filled = {name: self._said(one, intent.texts) for name, one in properties.items()}
            args = {name: found for name, found in filled.items() if found is not None}
            if intent.orders and not args and not any(ALL.search(one.core) for one in intent.orders):
                return _FEW
        call = _call(tool.name, args, "looks up " + slot.get("kind", "a value"))
        result = self._done.get(call.id)
        if result is None:
            return call
        if not result.ok:
            return result.summary
        items = result.content.get("items", [])
        values = [item[slot["gives"]] for item in items]
        if not values:
            return result.summary
        if parameter.get("type") == "array":
            return (values,)
        if value in values:
            return (value,)
        if (meant := _meant(values, intent.texts[0])) is not None:
            return (meant,)
        shown = ", ".join(str(item.get("name") or item[slot["gives"]]) for item in items[:5])
        return f"Which one do you mean: {shown}?"

    def _said(self, parameter: Mapping[str, Any], texts: Sequence[str]) -> Any:
        for text in texts:
            value = slots.find(parameter, text, self._today, self._ranking.known)
            if value is not None:
                return value
        return None


def _meant(values: Sequence[Any], text: str) -> Any:
    """Return the only value, or the one that alone shares most words with what was said last."""
    if len(values) == 1:
        return values[0]
    said = set(tokens(text))
    shared = sorted(
        ((len(said & set(tokens(str(value)))), value) for value in values), key=lambda one: -one[0]
    )
    return shared[0][1] if shared[0][0] > shared[1][0] else None


def _call(tool: str, args: dict[str, Any], note: str) -> Call:
    return Call(id=digest(tool, repr(sorted(args.items())))[:12], tool=tool, args=args, note=note)


def _short(value: Any) -> str:
    text = f"{len(value)} found" if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
