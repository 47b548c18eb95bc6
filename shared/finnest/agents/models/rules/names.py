"""Names of businesses and numbers of documents, as people write them."""

from __future__ import annotations

import re
from collections.abc import Collection

from finnest.agents.models.rules.words import FUNCTION, stem

_CALENDAR = """
january february march april may june july august september october november december jan feb mar apr jun jul aug sep
oct nov dec monday tuesday wednesday thursday friday saturday sunday today tomorrow aba iso po gst aud nzd abn eom cob
i i'm i'd i've ok id ids morning afternoon evening kia ora
"""
_NEVER = frozenset(_CALENDAR.split())
_NAMELY = ("from", "supplier", "vendor", "creditor", "called", "named", "about")
_BEFORE, _BEFORE_LOWER = frozenset([*_NAMELY, "for", "to", "of", "by", "with"]), frozenset(_NAMELY)
_QUOTED = re.compile(r"[\"\u201c]([^\"\u201d]{1,60})[\"\u201d]|(?<!\w)'([^']{1,60})'(?!\w)")
_CHUNK = re.compile(r"[,;:()?!\"\u201c\u201d\n]+|\.\s|\.$")
_DOCUMENT = re.compile(r"(?<![\w$./-])#?[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*(?![\w/]|[.,]\d|%)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?:/(?:20)?\d\d)?")
_MEASURE = re.compile(
    r"\d+(?:st|nd|rd|th|k|m)|\d+(?=\s*(?:%|k\b|dollars|bucks|aud|nzd|days?|weeks?|months?|years?))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:invoice|bill|document|number|num|no\.?|nr\.?|payment|credit note)\s*(?:of|for|#|no\.?)?\s*$",
    re.IGNORECASE,
)
_ORDER = re.compile(r"(?:^PO[-\d]|\b(?:order|po)s?\s*(?:no\.?|number|#)?\s*$)", re.IGNORECASE)
_ID = re.compile(r"(?:inv|pay|mat|ord|run|apr|sup)-[a-z0-9]{4,40}")
_MONTH_NEXT = re.compile(r"\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)


def documents(text: str) -> list[str]:
    """Return ids and numbers of documents, in the text's order: `INV-123`, `2024/77`, `SB0001`, `#88123`.

    Numbers of orders are left out when there are others: `compare KP-10231 with order PO-5` is about an invoice.
    """
    found: list[str] = []
    for one in _DOCUMENT.finditer(text):
        said = one.group(0)
        bare = said.lstrip("#")
        if (
            _is_document(
                said, text[max(0, one.start() - 24) : one.start()], text[one.start() : one.end() + 24]
            )
            and bare not in found
        ):
            found.append(bare)
    orders = [one for one in found if _ORDER.search(text[: text.index(one)][-24:]) or _ORDER.match(one)]
    return [one for one in found if one not in orders] or found


def _is_document(said: str, before: str, rest: str) -> bool:
    bare = said.lstrip("#")
    if _ID.fullmatch(bare):
        return True
    if not any(c.isdigit() for c in bare) or _DATE.fullmatch(bare) or _MEASURE.match(rest):
        return False
    if said.startswith("#"):
        return True
    numbered = bool(_NUMBERED.search(before))
    if bare.isdigit():
        if before.rstrip().lower().endswith(("iso", "$", "aud", "nzd")) or _MONTH_NEXT.match(
            rest[len(said) :]
        ):
            return False
        return numbered or len(bare) >= 5
    if "-" in bare or "/" in bare:
        return len(bare) >= 4 and sum(c.isdigit() for c in bare) >= 1
    return numbered or (len(bare) >= 5 and sum(c.isdigit() for c in bare) >= 2)


def names(text: str, known: Collection[str] = ()) -> list[str]:
    """Return names of businesses that the text mentions, the surest first.

    `known` are lower-case words of the trade: one that begins a sentence is no name.
    """
    quoted = [one.group(1) or one.group(2) for one in _QUOTED.finditer(text)]
    after, others, low = list[str](), list[str](), list[str]()
    for chunk in _CHUNK.split(_QUOTED.sub(" , ", text)):
        words = chunk.split()
        at = 0
        while at < len(words):
            taken = _run(words, at, known)
            if taken:
                before = words[at - 1].lower() if at else ""
                if at > 1 and before == "the":
                    before = words[at - 2].lower()
                (after if before in _BEFORE else others).append(_plain(words[at : at + taken]))
                at += taken
            else:
                if words[at].lower() in _BEFORE_LOWER and (said := _lower_run(words[at + 1 :], known)):
                    low.append(said)
                at += 1
    return list(dict.fromkeys(one for one in (*quoted, *after, *others, *low) if one))


def _run(words: list[str], at: int, known: Collection[str]) -> int:
    """Return how many words from here are one name; 0 when none begins."""
    first = words[at].lower().removesuffix("'s").rstrip(".")
    if at == 0 and _is_usual(first, known):
        return 0
    end = at
    while end < len(words) and _is_name(words[end]):
        end += 1
        if words[end - 1].endswith(("'s", "\u2019s")):
            break
        if end < len(words) and words[end].isdigit() and (end + 1 == len(words) or _is_name(words[end + 1])):
            end += 1
        if end + 1 < len(words) and words[end] == "&" and _is_name(words[end + 1]):
            end += 1
    return end - at


def _is_name(word: str) -> bool:
    bare = word.strip("'.").removesuffix("'s")
    if not bare or bare.lower() in _NEVER or documents(bare) or any(c in bare for c in "_=$"):
        return False
    return bare[0].isupper() or bool(re.fullmatch(r"\d+[A-Z][A-Za-z]*", bare))


def _is_usual(word: str, known: Collection[str]) -> bool:
    return word in FUNCTION or word in known or stem(word) in known


def _lower_run(words: list[str], known: Collection[str]) -> str:
    run: list[str] = []
    for word in words[:5]:
        bare = word.strip("'.").lower()
        skipped = not run and bare in ("the", "a", "our", "supplier", "vendor", "called", "named")
        if skipped:
            continue
        usual = _is_usual(bare, known) and not (run and bare == "one")
        if usual or bare in _NEVER or not bare[:1].isalpha() or documents(bare) or word[0].isupper():
            break
        run.append(word)
    return _plain(run)


def _plain(words: list[str]) -> str:
    said = " ".join(words).strip(".'\u2019")
    return said.removesuffix("'s").removesuffix("\u2019s")
