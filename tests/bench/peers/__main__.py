"""`make bench-peers`: measures one run here and in others' engines; `--write` puts the table into the README."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench.peers import stack
from tests.bench.peers.figures import Figures, measured
from tests.bench.peers.ours import connected
from tests.bench.peers.table import AGENTS, GRAPH, WORKFLOW, table
from tests.bench.rig import running
from tests.support.environment import made
from tests.support.readme import put

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
APP = {"FINNEST_SERVE_MODULE": "tests.bench.peers.platform_app"}
OURS, GRAPHS, WORKFLOWS, DURABLE = (40, 160), (200, 800), (60, 240), (30, 96)
"""Runs alone and at 16 of each engine: so many that one load takes some seconds."""


async def main(write: bool) -> None:
    """Measure one engine after the other, each in a folder of its own; takes about three minutes."""
    pythons = {name: made(name, HERE / f"{name}.lock") for name in ("langgraph", "dapragents")}
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="finnest-peers-") as name:
        folder = Path(name)
        async with running(folder / "ours", **APP) as here, connected(here) as ours:
            rows = await ours.figures(OURS)
        rows.append(await _graph(folder / "graph", pythons["langgraph"]))
        rows.append(await _workflow(folder / "workflow"))
        rows.append(await _durable(folder / "durable", pythons["dapragents"]))
        text = table(rows, ours.counts, load)
    print(text)
    if write:
        put("peers", text, README)


async def _graph(folder: Path, python: Path) -> Figures:
    async with stack.started(folder) as processes:
        load = await stack.engine(processes, "langgraph_app", python, folder / "graph.db")
        return await measured(GRAPH, load, processes.gauge(), GRAPHS)


async def _workflow(folder: Path) -> Figures:
    async with stack.started(folder) as processes:
        sidecar = await stack.sidecar(processes)
        load = await stack.engine(processes, "workflow_app", Path(sys.executable), sidecar.grpc)
        return await measured(WORKFLOW, load, processes.gauge(), WORKFLOWS)


async def _durable(folder: Path, python: Path) -> Figures:
    async with stack.started(folder) as processes:
        sidecar = await stack.sidecar(processes)
        env: Mapping[str, str] = {
            "DAPR_GRPC_PORT": str(sidecar.grpc),
            "DAPR_HTTP_PORT": str(sidecar.http),
            "HF_HUB_OFFLINE": "1",
            "DO_NOT_TRACK": "1",
        }
        load = await stack.engine(processes, "dapragents_app", python, **env)
        return await measured(AGENTS, load, processes.gauge(), DURABLE)


if __name__ == "__main__":
    asyncio.run(main("--write" in sys.argv))
