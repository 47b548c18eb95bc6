"""Recall: which facts a run is reminded of, by words, and by meaning where an embeddings model is chosen.

The facts are those of one user of one tenant, as their stream holds them; nothing else is ever compared.
"""

from __future__ import annotations

import math
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

import structlog

from finnest.agents.memory import RECALLED, Fact, Memory, recalled
from finnest.agents.models.port import Embedder
from finnest.errors import FinnestError
from finnest.ids import digest

NEAR = 0.3
"""Cosine from which a fact is near what was asked."""
KEPT = 500
"""Vectors in memory, of all tenants."""

log = structlog.get_logger()
Vector: TypeAlias = "array[float]"


class Recall:
    """Finds facts; without an embeddings model by words alone."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[tuple[str, str], Vector] = OrderedDict()

    def asks(self, memory: Memory, now: datetime) -> bool:
        """Return whether a model is asked for these facts."""
        return self._embedder is not None and any(fact.until > now for fact in memory.facts)

    async def facts(self, tenant: str, memory: Memory, text: str, now: datetime) -> tuple[list[Fact], str]:
        """Return the facts near a text, the best first, and how they were found; "" when by words as always."""
        by_words = recalled(memory, text, now)
        known = [fact for fact in memory.facts if fact.until > now]
        if self._embedder is None or not known:
            return by_words, ""
        try:
            vectors = await self._vectors(self._embedder, tenant, [text, *(fact.text for fact in known)])
        except FinnestError as error:
            log.warning("recall-by-words", model=self._embedder.name, reason=error.slug)
            return by_words, f"by words: {error.detail or error.slug}"
        asked, *rest = vectors
        near = {fact.id: _cosine(asked, vector) for fact, vector in zip(known, rest, strict=True)}
        shared = {fact.id for fact in by_words}
        found = [fact for fact in known if near[fact.id] >= NEAR or fact.id in shared]
        best = sorted(found, key=lambda fact: (-near[fact.id], fact.id))
        return best[:RECALLED], "by meaning"

    async def _vectors(self, embedder: Embedder, tenant: str, texts: Sequence[str]) -> list[Vector]:
        """Return the vectors of the texts; those that were asked for lately are not asked for again."""
        keys = [(tenant, digest(embedder.name, text)) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._kept}
        if missing:
            fresh = await embedder.vectors(list(missing.values()))
            found = {key: array("f", vector) for key, vector in zip(missing, fresh, strict=True)}
        else:
            found = {}
        all_of = {key: found[key] if key in found else self._kept[key] for key in keys}
        for key, vector in all_of.items():
            self._kept[key] = vector
            self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return [all_of[key] for key in keys]


def _cosine(one: Vector, other: Vector) -> float:
    if len(one) != len(other):
        return 0.0
    length = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / length if length else 0.0
