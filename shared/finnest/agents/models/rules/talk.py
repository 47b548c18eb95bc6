"""Talk: what a message means, by itself and after what was said before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from finnest.agents.models.rules.many import ALL
from finnest.agents.models.rules.names import documents, names
from finnest.agents.models.rules.ranking import Ranked, Ranking
from finnest.agents.models.rules.sentence import Clause, joined, sentences
from finnest.agents.models.rules.words import light, tokens
from finnest.agents.tools import ToolSpec

ENOUGH = 2.2
"""The score from which a sentence is taken to mean a tool."""
MEANS = 0.5
"""The score by words alone from which a part of a sentence stands for itself."""
AT_ONCE = 5
"""Documents or suppliers of one sentence that are looked at by a call each; more are one list."""
SURE = 3.0
"""The score by words alone from which it does so whatever was said before."""
_GOES_ON = re.compile(
    r"^\s*(?:and|or|but|what about|how about|same|only|just|for|from|by|until|those|the ones?|also)\b",
    re.IGNORECASE,
)
_REFERS = re.compile(
    r"\b(?:it|its|them|their|they|those|these|(?:this|that|the same) (?:one|invoice|bill|payment|supplier|request))\b",
    re.IGNORECASE,
)
_EXPLAIN = re.compile(r"^\s*(?:explain|check|review|look into|go through|tell me about)\b", re.IGNORECASE)
_ENDS = re.compile(
    r"^\s*(?:no|nope|never ?mind|nothing|none|forget (?:it|that)|leave it|stop(?=(?: it| that)?[\s.!]*$)|cancel that"
    r"|thanks?|thank you|cheers|ta|ok|okay|great|perfect|good|bye|that's all)\b[^?]{0,40}$",
    re.IGNORECASE,
)

_TAKES_BACK = re.compile(
    r"^\W*(?:no|nope|never ?mind|forget|wait|stop|hold on|actually|sorry|ignore|cancel that|scratch that|just kidding|not)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that a message wants: a tool, or something to be said."""

    tool: ToolSpec | None
    score: float = 0.0
    words: float = 0.0
    """What of the score comes from words."""
    texts: tuple[str, ...] = ()
    """What was said of it, the latest first."""
    orders: tuple[Clause, ...] = ()
    """Of an effect: the clauses that order it; what they hold must be heeded."""
    says: str = ""
    about: tuple[str, ...] = ()
    """What it is asked of, each by itself, when that is much."""

    @property
    def sure(self) -> bool:
        """Whether nothing said before can change its meaning."""
        return bool(self.says) or bool(self.orders) or self.words >= SURE


@dataclass(frozen=True, slots=True)
class Topic:
    """What is talked about."""

    intent: Intent
    asked: bool
    """True when the last answer was a question."""


def topic_of(before: Sequence[tuple[str, str]], ranking: Ranking) -> Topic | None:
    """Return what the questions and answers before have been about."""
    topic: Topic | None = None
    for question, answer in before:
        means = [one for one in understand(question, topic, ranking) if one.tool is not None]
        last = answer.rstrip().rpartition("\n")[2]
        if means:
            topic = Topic(means[-1], asked=last.endswith("?") and "Which" in last)
        elif _ENDS.search(question):
            topic = None
    return topic


def understand(text: str, topic: Topic | None, ranking: Ranking) -> list[Intent]:
    """Return what a message wants, in its order; nothing when no tool fits well enough."""
    if _ENDS.search(text) and not ranking.kinds([text]) and not _acts(text, ranking):
        return [Intent(None, says="Good, I will leave it at that.")]
    before = topic.intent.texts if topic is not None else ()
    refers = topic is not None and bool(_REFERS.search(text))
    own = _own(text, before if refers else (), ranking)
    if topic is None or topic.intent.tool is None or (own and (len(own) > 1 or own[0].sure)):
        return own
    tool, said = topic.intent.tool, (text, *before)
    if tool.effect != "read":
        clauses = [clause for sentence in sentences(text, ranking.verbs) for clause in sentence]
        if not topic.asked or any(one.mood != "orders" for one in clauses):
            return own
        return [Intent(tool, topic.intent.score, 0.0, said, (*clauses, *topic.intent.orders))]
    goes_on = bool(_GOES_ON.search(text)) or (
        not own and len(tokens(text)) <= 5 and bool(ranking.kinds([text]))
    )
    if topic.asked or goes_on or refers:
        return [Intent(tool, topic.intent.score, 0.0, said)]
    return own


def _acts(text: str, ranking: Ranking) -> bool:
    return any(light(word) in ranking.verbs for word in tokens(text)[1:])


def _own(text: str, before: Sequence[str], ranking: Ranking) -> list[Intent]:
    found: list[Intent] = []
    all_of = list(sentences(text, ranking.verbs))
    for clauses in all_of:
        each = [_intents(clause, before, ranking) for clause in clauses]
        # A clause stands for itself when its words mean something: a mere number goes on with the one before,
        # and a condition on one order is one on all of the sentence.
        alone = all(one and (one[0].says or one[0].orders or one[0].words >= MEANS) for one in each)
        bound = any(
            clause.condition and one and one[0].orders for clause, one in zip(clauses, each, strict=True)
        )
        if len(clauses) == 1 or bound or not alone:
            each = [_intents(joined(clauses, ranking.verbs), before, ranking)]
        found += [intent for one in each for intent in one]
    taken_back = any(_TAKES_BACK.search(clauses[0].text) for clauses in all_of[1:])
    if taken_back and any(one.orders for one in found):
        return [Intent(None, says="You seem to take that back, so I have done nothing.")]
    unlike: dict[str, Intent] = {}
    for one in found:
        unlike.setdefault(one.says or f"{one.tool and one.tool.name} {one.texts[0]}", one)
    return list(unlike.values())


def _best(clause: Clause, before: Sequence[str], ranking: Ranking) -> Ranked | None:
    """Return the tool that a clause means most; of “explain all of …” one that looks at each."""
    ranked = ranking.reading(clause.core, before)
    if _EXPLAIN.match(clause.core) and ALL.search(clause.core):
        each = [one for one in ranked if ranking.looks_at_each(one.tool) and one.words > 0]
        said = {light(word) for word in tokens(clause.core)}
        named = [one for one in each if said & {light(name) for name in ranking.required(one.tool)}]
        return next(iter(named or each or ranked), None)
    return next(iter(ranked), None)


def _intents(clause: Clause, before: Sequence[str], ranking: Ranking) -> list[Intent]:
    """Return what a clause means: one thing, or the same about several documents or suppliers."""
    if clause.mood == "refuses":
        return [Intent(None, says="I will do nothing of that kind.")]
    texts = (clause.text, *before)
    if clause.mood == "orders" and (act := ranking.ordered(clause.core)) is not None:
        score, tool = act
        return [Intent(tool, score, score, texts, (clause,))]
    best = _best(clause, before, ranking)
    if best is None or best.score < ENOUGH:
        return []
    needs = ranking.required(best.tool).values()
    about = documents(clause.text) if "document" in needs else []
    about = about or (names(clause.text, ranking.known) if "supplier" in needs else [])
    if len(about) < 2:
        return [Intent(best.tool, best.score, best.words, texts)]
    if len(about) > AT_ONCE:
        return [Intent(best.tool, best.score, best.words, texts, about=tuple(about))]
    return [Intent(best.tool, best.score, best.words, (f"“{one}”", *texts)) for one in about]
