"""Which documents are judged apart and last, because they take long; known from their bytes alone."""

from __future__ import annotations

import re
from collections import Counter

from services.invoices.ports import LARGE_BYTES

MANY = 250
"""Elements of one name: rules that look from each at each take up to half a second for so many, and four times
that for twice as many."""
HEAVIEST = 16.0
"""No document weighs more: a worker gives up after a time."""
_ELEMENT = re.compile(rb"<([A-Za-z_][\w:.-]*)")


def is_heavy(body: bytes) -> bool:
    """Return whether a document is large, or has an element so often that the rules may take seconds."""
    return weight(body) > 0.0


def weight(body: bytes) -> float:
    """Return what a document may cost, in the time that the rules take for `MANY` elements; 0 when it is not heavy."""
    often = 0
    if body.count(b"<") > MANY:
        often = max(Counter(_ELEMENT.findall(body)).values(), default=0)
    if often <= MANY and len(body) <= LARGE_BYTES:
        return 0.0
    return min((often / MANY) ** 2 + len(body) / LARGE_BYTES, HEAVIEST)
