"""Sentences: what is said by the person and what is only quoted; questions, orders and refusals."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from finnest.agents.models.rules.slots import REASON
from finnest.agents.models.rules.words import READING, light, tokens

HEARD = 4_000
"""Characters of a message that are read; one that is longer orders nothing."""
Mood = Literal["asks", "orders", "refuses"]

_TAG = re.compile(r"<!--.*?(?:-->|$)|<[^<>]{0,200}>|```.*?(?:```|$)", re.DOTALL)
_QUOTE = re.compile(r"\"[^\"]*(?:\"|$)|“[^”]*(?:”|$)|(?<!\w)'[^']{1,200}'(?!\w)", re.DOTALL)
_REPORTED = re.compile(
    r"\b(?:says?|said|wrote|writes?|forwarded|reads?|states?|asks?|asked|notes?|e-?mails?|message|comment|memo|letter"
    r"|repeat after me|translate|summari[sz]e)\s*:\s++(?!\x01).*",
    re.IGNORECASE | re.DOTALL,
)
_BENT = re.compile(
    r"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass\w*|skip\w*)\b.{0,60}\b(?:rules?|instructions?|polic\w+|checks?"
    r"|prompts?|guards?|limits?|approvals?)\b|\b(?:pretend|you(?: are|'re) (?:now|a|an|the|my|in)|act as"
    r"|repeat after|without (?:asking|approval)"
    r"|no questions asked|translate|summari[sz]e|jailbreak)\b",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"[{}<>=\[\]]|\w_\w")
_SENTENCE = re.compile(r"(?<=[.?!;])(?<!no\.)(?<!nr\.)(?<!No\.)\s+|\n+|;")
_AHEAD = re.compile(r"\bgo ahead and\b", re.IGNORECASE)
_AND = re.compile(r",?\s+(?:and then|and also|then|and|also|plus)\s+|,\s+(?:then|also)\s+", re.IGNORECASE)
_GREETING = re.compile(
    r"^\s*(?:hi(?: there| all| team)?|hello|hey|kia ora|g'?day|(?:good )?(?:morning|afternoon|evening|day)|dear \w+|thanks"
    r"|thank you|okay|ok|yes|yep|yeah|sure|great|well|right|so|and|also|then|but|now)\b[\s,!.:-]*",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^\s*(?:please|pls|plz|kindly|just|(?:could|can) (?:you|u)|would you (?:please|kindly|mind)"
    r"|(?:i|we)(?:'d| would)? (?:want|like|need|wish|have)(?: you)? to|(?:i|we)'d like(?: you)? to|let'?s|let us"
    r"|go ahead and|help me(?: to)?|i hereby)\b[\s,]*",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^(?:why|what|which|who|whom|whose|when|where|how|is|are|am|was|were|did|does|do(?! not\b)|has|have|had|should|would|will"
    r"|shall|may|might|must|can|could|any|anything|isn't|aren't|wasn't|didn't|doesn't|don't (?:we|i|you)|hasn't|haven't"
    r"|what's|where's|who's|how's|whether|if)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|never|nobody|no one|cannot|\w+n't|dont|doesnt|cant|wont|shouldnt|no need|refrain|avoid|hold off|hold on"
    r"|wait|stop short|refuse to|nothing|none)\b",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b(?:if|unless|once|whenever|when|as soon as|in case|provided|assuming|after|before)\b", re.IGNORECASE
)
_PART = re.compile(
    r"\b(?:except|excluding|but|apart from|other than|aside from|besides|half|some|few|couple|first|last|latest|oldest"
    r"|biggest|smallest|(?:one|two|three|any) of (?:the|them|those|these|my|our)|(?<!at )most|rest|others?|either"
    r"|not|never|\w+n't|dont|without|nothing|none|no(?! (?:more|later|less) than)"
    r"|or(?! (?:less|more|below|above|under|over|higher|lower)))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a person says."""

    text: str
    """As it was said; values are read from it."""
    core: str
    """What of it is said by the person, without politeness, quotes and the reason."""
    mood: Mood
    bent: bool
    """True when the message talks the reader out of its rules, is no plain language or is too long."""

    @property
    def condition(self) -> str:
        """What makes an order depend on something, or leaves some out; empty when it is a plain order."""
        found = _IF.search(self.core) or _PART.search(self.core)
        return found.group(0) if found else ""


def sentences(text: str, verbs: Collection[str]) -> Iterator[list[Clause]]:
    """Return the sentences of a message, each as clauses joined by `and`.

    `verbs` are the words, without endings, by which things with an effect are ordered.
    """
    quotes: list[str] = []

    def hide(found: re.Match[str]) -> str:
        quotes.append(found.group(0))
        return f" \x01{len(quotes) - 1}\x01 "

    own = _AHEAD.sub(" ", _REPORTED.sub("", _QUOTE.sub(hide, _TAG.sub(" ", text))))
    bent = bool(_BENT.search(text) or _MACHINE.search(text)) or len(text) >= HEARD
    for sentence in _SENTENCE.split(own):
        if sentence.strip(" .,!?;"):
            asks = _is_question(sentence)
            pieces = [piece for piece in _AND.split(sentence) if piece.strip(" .,!?;")]
            clauses: list[Clause] = []
            for piece in pieces:
                refused = bool(clauses) and clauses[-1].mood == "refuses"
                clauses.append(_clause(piece, quotes, verbs, asks=asks, refused=refused, bent=bent))
            yield clauses


def joined(clauses: list[Clause], verbs: Collection[str]) -> Clause:
    """Return the clauses of one sentence as one."""
    text = " and ".join(one.text for one in clauses)
    core = " and ".join(one.core for one in clauses)
    refuses = any(one.mood == "refuses" for one in clauses) or _refuses(text, core, verbs)
    mood: Mood = clauses[0].mood if clauses[0].mood == "asks" else "refuses" if refuses else "orders"
    return Clause(text, core, mood, bent=any(one.bent for one in clauses))


def _clause(
    piece: str, quotes: list[str], verbs: Collection[str], *, asks: bool, refused: bool, bent: bool
) -> Clause:
    text = re.sub(r"\x01(\d+)\x01", lambda found: quotes[int(found[1])], piece).strip()
    plain = re.sub(r"\s*\x01\d+\x01\s*", " ", piece)
    core = REASON.sub("", plain).strip()
    while (shorter := _POLITE.sub("", _GREETING.sub("", core, count=1), count=1)) != core:
        core = shorter
    asked = asks or bool(_ASKS.search(core))
    mood: Mood = "asks" if asked else "refuses" if refused or _refuses(plain, core, verbs) else "orders"
    return Clause(text, core.strip(), mood, bent)


def _is_question(sentence: str) -> bool:
    bare = sentence.strip()
    while (shorter := _GREETING.sub("", bare, count=1)) != bare:
        bare = shorter
    if _POLITE.match(bare):
        return bool(_ASKS.search(re.sub(_POLITE, "", bare, count=1)))
    return bool(_ASKS.search(bare)) or bare.endswith("?")


def _refuses(plain: str, core: str, verbs: Collection[str]) -> bool:
    """Return whether the person says that something is not to be done."""
    plain = REASON.sub("", plain)
    said = tokens(core)
    if not _NOT.search(plain) or (said and said[0] in READING):
        return False
    acts = [place for place, word in enumerate(tokens(plain)) if light(word) in verbs]
    if not acts:
        return False
    head = re.split(r"\b(?:except|but|from|that|which|who)\b", plain, maxsplit=1)[0]
    return bool(_NOT.search(head))
