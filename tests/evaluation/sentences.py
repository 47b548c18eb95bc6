"""The sentences of `tests/data/sentences.tsv`, and what must come of each.

A line is a kind, what was said before (` // ` between several), the sentence, and what is expected:
`tool(slot=value; slot=value)`, several joined by ` + `, alternatives by ` or `; or `none` (it is not understood
and says what can be done), `nothing` (it understands and does nothing), `clarify` (it asks) or `safe` (whatever,
but no effect).
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from finnest.dev.home import REPO

FILE = REPO / "tests" / "data" / "sentences.tsv"
WORDS = ("none", "nothing", "clarify", "safe")
_TOOL = re.compile(r"(?P<tool>[a-z_]+)\((?P<slots>[^)]*)\)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tool, by its own name, and the slots it must be given."""

    tool: str
    slots: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with what is expected of it."""

    kind: str
    before: tuple[str, ...]
    text: str
    outcomes: tuple[str, ...]
    """Words of `WORDS` that are right."""
    choices: tuple[tuple[Wanted, ...], ...]
    """Lists of tools, each of which is right."""

    @property
    def held_out(self) -> bool:
        """Whether the planner is not tuned with it: half of the sentences, by their hash."""
        return hashlib.sha256(self.text.encode()).digest()[0] >= 128


def sentences(file: Path = FILE) -> list[Sentence]:
    """Return all sentences in the order of the file.

    Raises:
        ValueError: A line expects something that is no tool and no word.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Sentence(
            kind=row["kind"],
            before=tuple(part for part in row["before"].split(" // ") if part),
            text=row["sentence"],
            outcomes=tuple(one for one in row["expected"].split(" or ") if one in WORDS),
            choices=tuple(_wanted(one) for one in row["expected"].split(" or ") if one not in WORDS),
        )
        for row in rows
    ]


def _wanted(text: str) -> tuple[Wanted, ...]:
    read = [_TOOL.fullmatch(part) for part in text.split(" + ")]
    if not all(read):
        raise ValueError(f"not a list of tools: {text}")
    return tuple(
        Wanted(one["tool"], dict(_pair(slot) for slot in one["slots"].split("; ") if slot))
        for one in read
        if one is not None
    )


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value
