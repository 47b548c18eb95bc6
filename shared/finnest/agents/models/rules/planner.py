"""The offline planner: an honest set of rules over the live tool schemas; not a language model.

It ranks tools by words, fills their arguments from the sentence, from look-up tools and from what was said
before, and answers with what the tools say. The same prompt always gives the same reply. Only a plain order
acts: a question, a quotation, a condition and an exception never do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from finnest.agents.models.port import Call, Model, Prompt, Reply, Result, Said
from finnest.agents.models.rules.figures import with_figures
from finnest.agents.models.rules.filling import Filling
from finnest.agents.models.rules.many import is_each
from finnest.agents.models.rules.pieces import is_piece, pieces
from finnest.agents.models.rules.ranking import Ranking
from finnest.agents.models.rules.sentence import HEARD
from finnest.agents.models.rules.talk import topic_of, understand
from finnest.agents.tools import ToolSpec

NAME = "rules"
WHO = "[rule-based planner, no language model]"
_HELP = re.compile(
    r"^\s*(?:help|hi|hello|hey|kia ora|good (?:morning|day)|what can you do|who are you|what are you)\b[^,]*$",
    re.IGNORECASE,
)


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
    text = with_figures(prompt.said[asked].text[:HEARD])
    each = next((tool for tool in prompt.tools if is_each(tool)), None)
    plain = [tool for tool in prompt.tools if tool is not each]
    if _HELP.search(text) and len(text) < 60:
        return _can(plain, "I am"), []
    done = _done(prompt.said[asked:])
    if handed := pieces(text, plain):
        left = [call for call in handed if call.id not in done]
        return ("", left) if left else (_told(done[call.id].summary for call in handed), [])
    ranking = Ranking([tool for tool in plain if not is_piece(tool)])
    intents = understand(text, topic_of(_exchanges(prompt.said[:asked]), ranking), ranking)
    if not intents:
        return _can(plain, "I did not understand that. I am"), []
    filling = Filling(ranking, prompt.today, done, each)
    steps = [filling.next(intent) for intent in intents]
    calls = {step.id: step for step in steps if isinstance(step, Call)}
    if calls:
        return "", list(calls.values())
    return _told(str(step) for step in steps), []


def _told(answers: Iterable[str]) -> str:
    """Return the answers as one text that says who speaks."""
    said = list(dict.fromkeys(one.removeprefix(f"{WHO} ") for one in answers))
    return f"{WHO} {(chr(10) if any(chr(10) in one for one in said) else ' ').join(said)}"


def _exchanges(said: Sequence[Said]) -> list[tuple[str, str]]:
    """Return what was said before, as questions and their last answers."""
    found: list[tuple[str, str]] = []
    for one in said:
        if one.role == "user":
            found.append((with_figures(one.text[:HEARD]), ""))
        elif one.role == "assistant" and one.text and found:
            found[-1] = (found[-1][0], one.text)
    return found


def _done(said: Sequence[Said]) -> dict[str, Result]:
    return {result.call: result for one in said if one.role == "tools" for result in one.results}


def _can(tools: Sequence[ToolSpec], begin: str) -> str:
    lines = [f"- {tool.description.splitlines()[0]}" for tool in tools]
    what = "\n".join(lines) if lines else "- nothing: no tool is offered to you here"
    return f"{begin} a rule-based planner, not a language model. This is what I can do:\n{what}"
