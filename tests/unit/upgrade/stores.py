"""State files as a sidecar writes them, for a home that never ran."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from dapr.ext.workflow._durabletask.internal.history_events_pb2 import HistoryEvent

from finnest.dev.home import Home

TABLE = (
    "create table if not exists state (key text primary key, value text not null, is_binary boolean not null, "
    "etag text not null default '', update_time timestamp not null default current_timestamp)"
)


def put(home: Home, name: str, rows: Iterable[tuple[str, str, bool]]) -> None:
    """Write keys into one state file."""
    home.state.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(home.state / f"{name}.db")) as state:
        state.execute(TABLE)
        state.executemany("insert or replace into state (key, value, is_binary) values (?, ?, ?)", rows)
        state.commit()


def event(thing: str, version: int, wire: str, data: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Return the row of one stored event; the second part of the wire's feature owns the stream."""
    at = datetime(2026, 6, 1, tzinfo=UTC).isoformat()
    entry = {"type": wire, "at": at, "by": "ada", "data": dict(data)}
    return (f"kestrel/{wire.partition('.')[0]}/{thing}/e/{version:08d}", json.dumps(json.dumps(entry)), False)


def head(feature: str, thing: str, schema: int) -> tuple[str, str, bool]:
    """Return the row of one head."""
    return (f"kestrel/{feature}/{thing}/head", json.dumps(json.dumps({"schema": schema})), False)


def workflow(name: str, instance: str, *, over: bool) -> list[tuple[str, str, bool]]:
    """Return the rows of a workflow that has begun, and ended or not."""
    begun, ended = HistoryEvent(), HistoryEvent()
    begun.executionStarted.name = name
    ended.executionCompleted.SetInParent()
    kept = [begun, ended] if over else [begun]
    prefix = f"finnest||dapr.internal.default.finnest.workflow||{instance}||"
    return [
        (f"{prefix}history-{number:06d}", base64.b64encode(one.SerializeToString()).decode(), True)
        for number, one in enumerate(kept)
    ] + [(f"{prefix}metadata", "EAYYAQ==", True)]
