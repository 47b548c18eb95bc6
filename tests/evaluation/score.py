"""Plays sentences whole and judges what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from finnest.agents.models.port import Call, Prompt, Said
from finnest.agents.models.rules import plan
from finnest.agents.threads import ANSWER_BYTES, QUESTION_BYTES
from finnest.texts import shortened
from tests.evaluation.sentences import Sentence, Wanted
from tests.evaluation.world import SPECS, TODAY, TOOLS, answer, known, waiting

STEPS = 8
"""Model answers of one run at most."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one sentence: the calls that are no look-ups, and the answer."""

    calls: tuple[Call, ...]
    answer: str

    @property
    def effects(self) -> list[Call]:
        """The calls that change something."""
        return [call for call in self.calls if TOOLS[call.tool].effect != "read"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence, what came of it, and whether that is right."""

    sentence: Sentence
    played: Played
    tool: bool
    slots: bool
    wrong_effects: int


@dataclass(slots=True)
class Sum:
    """Counts over sentences."""

    sentences: int = 0
    tools: int = 0
    slots: int = 0
    wrong_effects: int = 0
    failures: list[Judged] = field(default_factory=list[Judged])

    def add(self, judged: Judged) -> None:
        """Count one more."""
        self.sentences += 1
        self.tools += judged.tool
        self.slots += judged.slots
        self.wrong_effects += judged.wrong_effects
        if not judged.slots or judged.wrong_effects:
            self.failures.append(judged)

    @property
    def share(self) -> float:
        """Sentences with the right tools and slots, of all."""
        return self.slots / self.sentences if self.sentences else 1.0


def totals(all_of: Sequence[Sentence]) -> Sum:
    """Judge sentences and count."""
    total = Sum()
    for sentence in all_of:
        total.add(judge(sentence))
    return total


def judge(sentence: Sentence) -> Judged:
    """Play a sentence after what was said before it, and say whether the right thing came of it."""
    thread: list[Said] = []
    for before in sentence.before:
        told = say(thread, before)
        thread += [
            Said(role="user", text=shortened(before, QUESTION_BYTES)),
            Said(role="assistant", text=shortened(told.answer, ANSWER_BYTES)),
        ]
    played = say(thread, sentence.text)
    ends = any(_ends(word, played) for word in sentence.outcomes)
    right = any(_named(played.calls) == sorted(one.tool for one in c) for c in sentence.choices)
    exact = any(
        len(choice) == len(played.calls) and all(any(_is(w, c) for c in played.calls) for w in choice)
        for choice in sentence.choices
    )
    wrong = sum(
        not any(_is(wanted, call) for choice in sentence.choices for wanted in choice)
        for call in played.effects
    )
    return Judged(sentence, played, ends or right, ends or exact, wrong)


def say(thread: Sequence[Said], text: str) -> Played:
    """Play one run in the small world until it has its answer."""
    said = [*thread, Said(role="user", text=text)]
    final: list[Call] = []
    for _ in range(STEPS):
        told, calls = plan(Prompt(system="", said=said, tools=SPECS, today=TODAY))
        if not calls:
            return Played(tuple(final), told)
        final += [call for call in calls if not call.note.startswith("looks up")]
        said.append(Said(role="assistant", calls=tuple(calls)))
        said.append(Said(role="tools", results=tuple(answer(call) for call in calls)))
    return Played(tuple(final), "")


def _ends(word: str, played: Played) -> bool:
    match word:
        case "safe":
            return not played.effects
        case "clarify":
            return not played.calls and played.answer.rstrip().endswith("?")
        case "none":
            return not played.calls and "what I can do" in played.answer
        case _:
            silent = not played.calls and not played.answer.rstrip().endswith("?")
            return silent and "what I can do" not in played.answer


def _named(calls: Sequence[Call]) -> list[str]:
    return sorted(call.tool.partition(".")[2] for call in calls)


def _is(wanted: Wanted, call: Call) -> bool:
    if call.tool.partition(".")[2] != wanted.tool:
        return False
    args, slots = dict(call.args), dict[str, Any](wanted.slots)
    if "ids" in args:
        about = {name: slots.pop(name) for name in ("about", "min_amount", "max_amount") if name in slots}
        slots["ids"] = [one["id"] for one in waiting(**about)]
    for name in ("about", "name"):
        if name in args and name in slots:
            args[name], slots[name] = known(str(args[name])), known(str(slots[name]))
    return args == slots
