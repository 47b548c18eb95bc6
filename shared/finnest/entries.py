"""Events as the store keeps them. What is committed never changes, so what was seen need not be read again."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from finnest.ids import StreamKey
from finnest.ports import Store

ENTRIES_IN_MEMORY = 2_000
ENTRY_CHARS = 4_096
"""Longer ones are read from the store each time."""


class Entries:
    """Reads the events of streams by version, and keeps the latest in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: OrderedDict[str, str] = OrderedDict()

    def keep(self, texts: Mapping[str, str]) -> None:
        """Remember events that are committed, by their keys."""
        for name, text in texts.items():
            if len(text) <= ENTRY_CHARS:
                self._seen[name] = text
        while len(self._seen) > ENTRIES_IN_MEMORY:
            self._seen.popitem(last=False)

    async def read(self, key: StreamKey, versions: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return version -> entry of committed events.

        Raises:
            Unavailable: The store did not answer.
        """
        names = {key.event(version): version for version in versions}
        texts = {name: self._seen[name] for name in names if name in self._seen}
        if missing := [name for name in names if name not in texts]:
            found = await self._store.get(missing)
            self.keep(found)
            texts |= found
        return {names[name]: json.loads(text) for name, text in texts.items()}
