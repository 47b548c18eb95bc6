"""The table of the README and what it comes to."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence

from tests.bench.peers.figures import Figures
from tests.bench.peers.ours import INSIDE, LIMIT, LIMIT_MORE, PUBLIC
from tests.bench.peers.platform_app import KINDS

AGENTS, GRAPH, WORKFLOW = "dapr-agents", "LangGraph, SQLite saver, sync", "plain Dapr workflow"


def table(rows: Sequence[Figures], counts: Mapping[str, int], load: float) -> str:
    """Return the figures as Markdown, with what they come to; `load` is the load average before them."""
    busy = f"load average {load:.1f} before it began"
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {busy}"
    head = (
        "| engine | alone | p50, p99 | 16 at once | p50, p99 | CPU a run | memory | stored a run | durable |"
    )
    lines = [head, "|---|---:|---:|---:|---:|---:|---:|---:|---|", *map(_row, rows)]
    return "\n".join([f"Measured by `make bench-peers`: {machine}.", "", *lines, "", *_told(rows, counts)])


def _row(one: Figures) -> str:
    cells = [one.engine]
    for batch in (one.alone, one.many):
        cells += [f"{batch.rate:.0f}/s", f"{batch.at(0.5):.0f}, {batch.at(0.99):.0f} ms"]
    cells += [f"{one.cpu_ms:.0f} ms", f"{one.rss_mb:.0f} MB", f"{one.bytes / 1000:.0f} kB", one.durable]
    return f"| {' | '.join(cells)} |"


def _told(rows: Sequence[Figures], counts: Mapping[str, int]) -> list[str]:
    """Return how our runs compare, each with its target."""
    many = {one.engine: one.many.rate for one in rows}
    alone = {one.engine: one.alone.rate for one in rows}
    inside = many[INSIDE]
    compared = [
        ("dapr-agents at 16", inside / many[AGENTS], "20"),
        ("LangGraph at 16", inside / many[GRAPH], "2"),
        ("the plain workflow at 16", inside / many[WORKFLOW], "–"),
        ("the bare limit at 16", inside / many[LIMIT], "0.5"),
        ("the bare limit alone", alone[INSIDE] / alone[LIMIT], "0.5"),
        ("the bare limit with publishes and calls at 16", inside / many[LIMIT_MORE], "–"),
        ("our public API at 16", inside / many[PUBLIC], "–"),
    ]
    lines = ["| a run from the inside is | times | target |", "|---|---:|---:|"]
    lines += [f"| {what} | {times:.2f} | {target} |" for what, times, target in compared]
    return [*lines, "", _crossings(counts)]


def _crossings(counts: Mapping[str, int]) -> str:
    return (
        f"One run crosses the sidecar {sum(counts[kind] for kind in KINDS)} times: "
        f"{counts['transactions']} state transactions of {counts['keys']} keys and "
        f"{counts['bytes'] / 1000:.1f} kB each, {counts['actor_calls']} actor calls, "
        f"{counts['publishes']} publishes, {counts['calls']} calls of other features, "
        f"{counts['reads']} reads of state and {counts['reminders']} of reminders."
    )
