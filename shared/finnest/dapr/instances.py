"""Workflows that are under way, read from what a sidecar keeps of them while nothing runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dapr.ext.workflow._durabletask.internal.history_events_pb2 import HistoryEvent
from google.protobuf.message import DecodeError

HISTORY = ".workflow||"
"""Stands in the key of everything that is kept of a workflow: `<app>||….workflow||<instance>||history-000001`."""
_ENDS = frozenset({"executionCompleted", "executionTerminated"})


def under_way(entries: Iterable[tuple[str, bytes]]) -> Counter[str]:
    """Return workflow -> how many of it have begun and not ended, from (key, value) of a sidecar's actor store.

    Raises:
        ValueError: An entry is no event of a workflow's history.
    """
    names: dict[str, str] = {}
    over: set[str] = set()
    for key, value in entries:
        _, found, rest = key.partition(HISTORY)
        instance, _, what = rest.partition("||")
        if not found or not what.startswith("history-"):
            continue
        event = HistoryEvent()
        try:
            event.ParseFromString(value)
        except DecodeError as error:
            raise ValueError(f"{key} is no event of a workflow") from error
        kind = event.WhichOneof("eventType")
        if kind == "executionStarted":
            names[instance] = event.executionStarted.name
        elif kind in _ENDS:
            over.add(instance)
    return Counter(name for instance, name in names.items() if instance not in over)
