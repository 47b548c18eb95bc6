"""Planning: one run after the other, or several at a time, for wide work whose items do not need each other. Pure.

One agent by default; several only for wide work that the budget carries (arXiv 2512.08296: central workers
cost about four times one agent, and help only where the parts are independent).
"""

from __future__ import annotations

from typing import Literal

from finnest.records import Record

WIDE = 4
"""Items from which work is wide."""
DEARER = 4
"""How often what one agent has used must be left before several may work."""
PIECE_STEPS = 3
"""Model answers that the run of another agent takes at least: it thinks, reads, and answers."""
WIDE_STEPS = 100
"""Model answers that one run a person asked for gets more at most, for the runs of other agents."""


class Width(Record):
    """What is decided from; kept with the decision."""

    items: int
    agents: bool
    """Whether each item is a run of another agent, and not a use of a tool that only reads."""
    at_once: int
    """The most that the limits of the run let work at the same time."""
    steps: int
    """Model answers that are left to share."""
    tokens: int
    micros: int
    """Millionths of a US dollar."""
    used_tokens: int
    used_micros: int
    widens: bool
    """Whether the run may get more steps for this: a person asked for it, and it has got none yet."""


class Choice(Record):
    """How wide work is done."""

    how: Literal["sequence", "parallel"]
    workers: int
    """How many work at the same time at most."""
    more_steps: int = 0
    """Model answers that the run gets more."""
    why: str


def choose(width: Width) -> Choice:
    """Return how the items are worked on; a smaller budget never adds workers."""
    more = _more(width)
    if width.items < WIDE:
        return Choice(
            how="sequence", workers=1, more_steps=more, why=f"{width.items} of them are not wide work"
        )
    if width.at_once < 2:
        return Choice(how="sequence", workers=1, more_steps=more, why="no two may work at the same time")
    if width.agents and (short := _short(width)):
        return Choice(how="sequence", workers=1, more_steps=more, why=f"{short} left are too few for several")
    workers = min(width.at_once, width.items)
    return Choice(
        how="parallel",
        workers=workers,
        more_steps=more,
        why=f"{width.items} that do not need each other: {workers} at a time",
    )


def trouble(width: Width) -> str:
    """Return why the work cannot be begun at all, or nothing."""
    left = width.steps + _more(width)
    if width.agents and left < width.items:
        return f"{left} model answers are left, too few for {width.items} runs"
    return ""


def _more(width: Width) -> int:
    wanted = max(width.items * PIECE_STEPS - width.steps, 0)
    return min(wanted, WIDE_STEPS) if width.agents and width.widens else 0


def _short(width: Width) -> str:
    """Return of what there is too little."""
    if width.steps + _more(width) < width.items * PIECE_STEPS:
        return "the steps"
    if width.tokens < DEARER * width.used_tokens:
        return "the tokens"
    return "the dollars" if width.micros < DEARER * width.used_micros else ""
