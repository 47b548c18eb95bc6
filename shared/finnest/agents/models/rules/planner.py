"""The offline planner: an honest set of rules over the live tool schemas; not a language model.

It ranks tools by words, fills their arguments from the sentence, from look-up tools and from what was said
before, and answers with what the tools say. The same prompt always gives the same reply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from finnest.agents.models.port import Call, Model, Prompt, Reply, Result, Said
from finnest.agents.models.rules import slots
from finnest.agents.models.rules.words import Ranking
from finnest.agents.tools import ToolSpec
from finnest.ids import digest

NAME = "rules"
WHO = "[rule-based planner, no language model]"
ENOUGH = 2.2
"""The score from which a sentence is taken to mean a tool."""
_QUESTION = re.compile(
    r"^\s*(?:and\s+|so\s+|but\s+)?(?:why|what|which|who|whom|whose|when|where|how|is|are|was|were|did|does|do|has|have"
    r"|had|should|would|will|any)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:don't|dont|do not|never|not to|without|stop short of|hold off|please not)\b", re.IGNORECASE
)
_HELP = re.compile(r"^\s*(?:help|hi|hello|hey|what can you do|who are you|what are you)\b", re.IGNORECASE)
_CUT = re.compile(r"\s*(?:;|\band then\b|\bthen\b|\band also\b|,?\s+\band\b)\s*", re.IGNORECASE)
_AFTER = re.compile(r"^\s*(?:and|what about|how about|same for|only|for|from)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that the sentence wants."""

    tool: ToolSpec
    score: float
    texts: tuple[str, ...]
    """The sentence, then those before that it goes on from."""


class Planner(Model):
    """Plans by rules."""

    name = NAME

    async def reply(self, prompt: Prompt, on_text: Callable[[str], None] | None = None) -> Reply:
        text, calls = plan(prompt)
        if text and on_text is not None:
            on_text(text)
        return Reply(text=text, calls=tuple(calls), stop="calls" if calls else "end", model=NAME)


def plan(prompt: Prompt) -> tuple[str, list[Call]]:
    """Return an answer, or the calls that come first."""
    asked = max(i for i, one in enumerate(prompt.said) if one.role == "user")
    earlier = [one.text for one in prompt.said[:asked] if one.role == "user"]
    answers = [one.text for one in prompt.said[:asked] if one.role == "assistant" and one.text]
    done = _done(prompt.said[asked:])
    text = prompt.said[asked].text
    if _HELP.search(text) and len(text) < 60:
        return _can(prompt.tools, "I am"), []
    goes_on = bool(_AFTER.search(text)) or (bool(answers) and answers[-1].rstrip().endswith("?"))
    intents = understand(text, earlier if goes_on else [], prompt.tools)
    if not intents:
        return _can(prompt.tools, "I did not understand that. I am"), []
    said: list[str] = []
    calls: list[Call] = []
    for intent in intents:
        if intent.tool.effect != "read" and _NOT.search(intent.texts[0]):
            said.append("I will do nothing of that kind.")
            continue
        step = _next(intent, prompt.tools, prompt.today, done)
        if isinstance(step, Call):
            calls.append(step)
        else:
            said.append(step)
    if calls:
        return "", calls
    return f"{WHO} {' '.join(dict.fromkeys(said))}", []


def understand(text: str, earlier: Sequence[str], tools: Sequence[ToolSpec]) -> list[Intent]:
    """Return what a sentence wants, in its order; nothing when no tool fits well enough.

    `earlier` is what was said before, when the sentence goes on from it.
    """
    ranking = Ranking(tools)
    found = [intent for part in _parts(text, ranking) if (intent := _intent(part, ranking))]
    if not earlier or (found and (len(found) > 1 or found[0].score >= 2 * ENOUGH)):
        return found
    for before in reversed(earlier):
        parts = [one for part in _parts(before, ranking) if (one := _intent(part, ranking))]
        if parts:
            last = parts[-1]
            if last.tool.effect != "read":
                return found
            return [Intent(last.tool, last.score, (text, *last.texts))]
    return found


def _parts(text: str, ranking: Ranking) -> list[str]:
    """Return the sentence in parts, when each of them means a tool by itself."""
    parts = [part for part in _CUT.split(text) if part.strip()]
    if len(parts) > 1 and all(_intent(part, ranking) for part in parts):
        return parts
    return [text]


def _intent(text: str, ranking: Ranking) -> Intent | None:
    asks = bool(_QUESTION.search(text))
    for score, tool in ranking.best(text):
        if score < ENOUGH:
            return None
        # A question never acts, and an act needs one of the words by which people order it.
        if tool.effect == "read" or (not asks and _orders(text, tool)):
            return Intent(tool, score, (text,))
    return None


def _orders(text: str, tool: ToolSpec) -> bool:
    low = f" {text.lower()} "
    return any(f" {phrase.lower()} " in low for phrase in tool.says)


def _next(intent: Intent, tools: Sequence[ToolSpec], today: date, done: Mapping[str, Result]) -> Call | str:
    """Return the next call, the answer, or a question."""
    args: dict[str, Any] = {}
    schema = intent.tool.parameters
    required = set(schema.get("required", ()))
    for name, parameter in schema.get("properties", {}).items():
        value = _said(parameter, intent.texts, today)
        lookup = parameter.get("x-slot", {}).get("lookup")
        by_itself = not parameter.get("x-slot", {}).get("by")
        if lookup and (value is not None or (by_itself and name in required)):
            looked = _look_up(lookup, parameter, value, intent, tools, today, done)
            if isinstance(looked, (Call, str)):
                return looked
            value = looked[0]
        if value is not None:
            args[name] = value
        elif name in required:
            return f"Which {parameter.get('description') or name.replace('_', ' ')}?"
    note = f"score {intent.score}" + "".join(f", {name}={value}" for name, value in args.items())
    call = _call(intent.tool.name, args, note)
    result = done.get(call.id)
    return call if result is None else result.summary


def _look_up(
    lookup: str,
    parameter: Mapping[str, Any],
    value: Any,
    intent: Intent,
    tools: Sequence[ToolSpec],
    today: date,
    done: Mapping[str, Result],
) -> Call | str | tuple[Any]:
    """Return the look-up's call, why it leads nowhere, or the value it gives."""
    tool = next((one for one in tools if one.name == lookup), None)
    if tool is None:
        return (value,)
    slot = parameter["x-slot"]
    args: dict[str, Any] = {}
    if slot.get("by"):
        args[slot["by"]] = value
    else:
        filled = {n: _said(w, intent.texts, today) for n, w in tool.parameters.get("properties", {}).items()}
        args = {name: found for name, found in filled.items() if found is not None}
    call = _call(lookup, args, "looks up " + slot.get("kind", "a value"))
    result = done.get(call.id)
    if result is None:
        return call
    if not result.ok:
        return result.summary
    items = result.content.get("items", [])
    values = [item[slot["gives"]] for item in items]
    if parameter.get("type") == "array":
        return (values,) if values else result.summary
    if len(values) == 1 or (value is not None and value in values):
        return (value if value in values else values[0],)
    if not values:
        return result.summary
    names = ", ".join(str(item.get("name") or item[slot["gives"]]) for item in items[:5])
    return f"Which one do you mean: {names}?"


def _said(parameter: Mapping[str, Any], texts: Sequence[str], today: date) -> Any:
    for text in texts:
        value = slots.find(parameter, text, today)
        if value is not None:
            return value
    return None


def _call(tool: str, args: dict[str, Any], note: str) -> Call:
    return Call(id=digest(tool, repr(sorted(args.items())))[:12], tool=tool, args=args, note=note)


def _done(said: Sequence[Said]) -> dict[str, Result]:
    return {result.call: result for one in said if one.role == "tools" for result in one.results}


def _can(tools: Sequence[ToolSpec], begin: str) -> str:
    lines = [f"- {tool.description.splitlines()[0]}" for tool in tools]
    what = "\n".join(lines) if lines else "- nothing: no tool is offered to you here"
    return f"{begin} a rule-based planner, not a language model. This is what I can do:\n{what}"
