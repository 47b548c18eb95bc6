"""Words: cutting sentences, stems, synonyms of the trade, and phrases."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

_WORD = re.compile(r"[^\W_][\w']*")
_SPELT = (
    (re.compile(r"\b(can|won)'?t\b"), r"\1 not"),
    (re.compile(r"\b(do|does|did|has|have|had|is|are|was|were|should|could|would|must)n'?t\b"), r"\1 not"),
    (re.compile(r"\bpayrun"), "pay run"),
    (re.compile(r"\bsign-off\b"), "sign off"),
)
_SAME: Mapping[str, str] = {
    "bill": "invoice",
    "vendor": "supplier",
    "seller": "supplier",
    "creditor": "supplier",
    "money": "cash",
    "amount": "total",
    "held": "hold",
    "stuck": "hold",
    "block": "hold",
    "pend": "wait",
    "outstand": "wait",
    "await": "wait",
    "owe": "due",
    "payable": "due",
    "paid": "pay",
    "payment": "pay",
    "transfer": "pay",
    "payrun": "run",
    "okay": "approve",
    "ok": "approve",
    "authorise": "approve",
    "authorize": "approve",
    "approval": "approve",
    "explanation": "explain",
    "purchase": "order",
    "po": "order",
    "mismatch": "exception",
    "discrepancy": "exception",
    "problem": "exception",
    "different": "differ",
    "difference": "differ",
    "delivery": "deliver",
    "comparison": "compare",
    "detail": "account",
    "fortnight": "week",
}
SYNONYMS = frozenset(_SAME)
"""Words of the trade that have a usual one."""
_FUNCTION = """
a an the of to in on at by for from with into onto over under above below up down off out and or but nor
as than that this these those it its itself they them their theirs he him his she her hers we us our ours
you your yours i me my mine who whom whose what which when where why how is are was were be been being am
do does did done doing have has had having can could would will shall should may might must let lets get
gets got give given say says please pls kindly just right now currently today yet still already also too
so then there here some any all every each both either neither none nothing no not only same if unless
because since while until till per via about against between through during before after again once more
most less least much many few other another such own very really s t d ll re ve m hi hello hey dear team
thanks thank won what's where's who's that's there's it's i'm i'd we're whats wheres im id one ones thing
things way time number moment asap immediately urgently quickly new yes okay ok everything anything something
anyone someone anybody somebody back go going come came
"""
FUNCTION = frozenset(_FUNCTION.split())
"""Words that say nothing by themselves."""
EMPTY = FUNCTION - frozenset(
    [
        "out",
        "off",
        "up",
        "due",
        "hold",
        "ok",
        "okay",
        "no",
        "not",
        "nothing",
        "against",
        "everything",
        "anything",
    ]
)
"""Words that a phrase is compared without."""
_READING = """
show list find get give tell see check look pull fetch display view know want need say explain count open lookup
search report describe bring
"""
READING = frozenset(_READING.split())
"""Verbs that only ask for something to be shown."""
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s")
_KEPT = frozenset(["status", "business", "address", "process", "basis", "always", "previous"])


@lru_cache(maxsize=1_024)
def tokens(text: str) -> tuple[str, ...]:
    """Return the lower-case words of a text; `don't` is `do not`."""
    low = text.lower().replace("\u2019", "'")
    for pattern, plain in _SPELT:
        low = pattern.sub(plain, low)
    return tuple(_WORD.findall(low))


@lru_cache(maxsize=8_192)
def light(word: str) -> str:
    """Return a lower-case word without its ending."""
    cut = word.removesuffix("'s")
    if cut not in _KEPT and len(cut) > 3:
        for ending in _ENDINGS:
            if cut.endswith(ending) and len(cut) - len(ending) >= 3:
                cut = cut[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
                break
    if len(cut) > 3 and cut.endswith("e"):
        cut = cut[:-1]
    return cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] not in "se" else cut


_STEMS: Mapping[str, str] = {light(word): light(same) for word, same in _SAME.items()}


def stem(word: str) -> str:
    """Return the stem of a lower-case word, with synonyms of the trade as one."""
    cut = light(word)
    return _STEMS.get(cut, cut)


def stems(text: str) -> list[str]:
    """Return the stems of a text's words, without empty words."""
    return [stem(word) for word in tokens(text) if word not in EMPTY]


def holds(said: Sequence[str], phrase: Sequence[str], *, gap: int = 2, first: bool = False) -> bool:
    """Return whether words stand in a text in this order, few others between; `first`: from its beginning."""
    if not phrase:
        return False
    starts = [0] if first else range(len(said))
    return any(
        begin < len(said) and said[begin] == phrase[0] and _goes_on(said, phrase, begin, gap)
        for begin in starts
    )


def _goes_on(said: Sequence[str], phrase: Sequence[str], begin: int, gap: int) -> bool:
    at = begin
    for word in phrase[1:]:
        ahead = said[at + 1 : at + 2 + gap]
        if word not in ahead:
            return False
        at += 1 + list(ahead).index(word)
    return True
