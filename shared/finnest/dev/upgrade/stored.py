"""What a home holds, read from its state files beside whatever runs: kinds of events, schemas, workflows."""

from __future__ import annotations

import base64
import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finnest.dapr.instances import HISTORY, under_way
from finnest.dev.home import Home
from finnest.ids import kind_of
from finnest.records import Event

TRIED_AT_MOST = 2_000
"""Events of one kind that are really decoded; all are counted."""


@dataclass
class Held:
    """What one feature's state holds."""

    events: Counter[str] = field(default_factory=Counter[str])
    """Wire name -> how many."""
    unreadable: dict[str, str] = field(default_factory=dict[str, str])
    """Wire name -> why an event of it cannot be decoded, for kinds that are known."""
    heads: dict[str, int] = field(default_factory=dict[str, int])
    """Kind of thing -> the newest schema that a head of it has."""


def held(home: Home, feature: str, known: Mapping[str, type[Event]]) -> Held:
    """Return what a feature's state holds, each known kind of event tried on the newest of its events.

    Raises:
        sqlite3.Error: The file is broken, or no state of ours.
    """
    found = Held()
    path = home.state / f"{feature}.db"
    if not path.exists():
        return found
    tried: Counter[str] = Counter()
    with _opened(path) as state:
        for _, value in state.execute(
            "select key, value from state where key like '%/e/%' order by update_time desc, key desc"
        ):
            entry = _json(value)
            wire = str(entry["type"])
            found.events[wire] += 1
            if wire in known and tried[wire] < TRIED_AT_MOST and wire not in found.unreadable:
                tried[wire] += 1
                try:
                    known[wire].model_validate(entry["data"])
                except ValueError as error:
                    found.unreadable[wire] = str(error).replace("\n", " ")[:200]
        for key, value in state.execute("select key, value from state where key like '%/head'"):
            kind, schema = kind_of(key.split("/")[2]), int(_json(value)["schema"])
            found.heads[kind] = max(schema, found.heads.get(kind, 0))
    return found


def workflows(home: Home) -> Counter[str]:
    """Return workflow -> how many are under way.

    Raises:
        ValueError: A history cannot be read.
        sqlite3.Error: A file is broken.
    """
    total: Counter[str] = Counter()
    for path in sorted(home.state.glob("actors-*.db")):
        with _opened(path) as state:
            rows = state.execute(
                "select key, value, is_binary from state where key like ?", (f"%{HISTORY}%",)
            )
            total += under_way((key, _bytes(value, binary)) for key, value, binary in rows)
    return total


@contextlib.contextmanager
def _opened(path: Path) -> Generator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
    try:
        yield connection
    finally:
        connection.close()


def _json(value: str) -> dict[str, Any]:
    """Return what a stored value says; it is JSON as a JSON string."""
    read = json.loads(value)
    return json.loads(read) if isinstance(read, str) else read


def _bytes(value: str, binary: bool) -> bytes:
    return base64.b64decode(value) if binary else value.encode()
