"""How runs beside others are measured: the same way for every engine."""

from __future__ import annotations

import io
import json

import pytest

from tests.bench.peers import protocol
from tests.bench.peers.figures import Batch, Figures, Gauge, measured
from tests.bench.peers.ours import INSIDE, LIMIT, LIMIT_MORE, PUBLIC
from tests.bench.peers.platform_app import KINDS
from tests.bench.peers.table import AGENTS, GRAPH, WORKFLOW, table


class Engine:
    """Makes runs of 10 ms; the first measured round takes twice as long."""

    def __init__(self) -> None:
        self.loads: list[tuple[int, int]] = []
        self.used_ms = 0.0

    async def load(self, runs: int, at_once: int) -> Batch:
        self.loads.append((runs, at_once))
        self.used_ms += 3.0 * runs
        took = 20.0 if len(self.loads) in (3, 4) else 10.0
        return Batch(runs * took / 1000 / at_once, [took] * runs)


async def test_the_better_round_counts_and_what_a_run_used_is_shared_among_all() -> None:
    engine = Engine()
    gauge = Gauge(lambda: engine.used_ms, lambda: 100.0 * engine.used_ms, lambda: 50.0)
    found = await measured("x", engine.load, gauge, (40, 160))
    assert engine.loads == [(10, 1), (40, 16), *[(40, 1), (160, 16)] * 2]
    assert (found.alone.rate, found.many.rate) == (100.0, 1600.0)
    assert (found.alone.at(0.5), found.many.at(0.99)) == (10.0, 10.0)
    assert (found.cpu_ms, found.bytes, found.rss_mb) == (3.0, 300.0, 50.0)


def figures(engine: str, rate: float) -> Figures:
    batch = Batch(100 / rate, [1000 / rate] * 100)
    return Figures(engine, batch, batch, 5.0, 80.0, 6_000.0, "D2")


def test_the_table_says_how_a_run_compares_with_each() -> None:
    rates = {PUBLIC: 20, INSIDE: 40, LIMIT: 100, LIMIT_MORE: 50, GRAPH: 160, WORKFLOW: 50, AGENTS: 10}
    rows = [figures(engine, rate) for engine, rate in rates.items()]
    text = table(rows, {**dict.fromkeys(KINDS, 2), "keys": 3, "bytes": 1_800}, 0.1)
    assert "| LangGraph at 16 | 0.25 | 2 |" in text
    assert "| dapr-agents at 16 | 4.00 | 20 |" in text
    assert "| the bare limit alone | 0.40 | 0.5 |" in text
    assert f"| {GRAPH} | 160/s | 6, 6 ms | 160/s | 6, 6 ms | 5 ms | 80 MB | 6 kB | D2 |" in text
    assert "crosses the sidecar 12 times: 2 state transactions of 3 keys and 1.8 kB each" in text


async def test_an_engine_is_ready_and_makes_what_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"runs": 3, "at_once": 2}\n{"runs": 1, "at_once": 1}\n'))
    made: list[str] = []

    async def run(name: str) -> str:
        made.append(name)
        return protocol.ANSWER

    await protocol.obey(run)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {"ready": True}
    assert [len(line["took_ms"]) for line in lines[1:]] == [3, 1]
    assert made == ["run-0", "run-1", "run-2", "run-3"]


async def test_an_engine_that_answers_otherwise_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"runs": 1, "at_once": 1}\n'))

    async def run(name: str) -> str:
        return "no idea"

    with pytest.raises(RuntimeError, match="another answer"):
        await protocol.obey(run)
