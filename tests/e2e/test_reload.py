"""Work on one feature: a save starts it again and no other; only what is wanted runs; each has a log of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from finnest.dev import logs, watch
from finnest.dev.home import REPO, Home
from finnest.testing import eventually
from tests.support.person import Person
from tests.support.platform import free_port

COPIED = ("services", "shared", "components", "dapr")
PART = ("approvals", "gateway", "suppliers")
API = Path("services/suppliers/api.py")
SAID = "there is no such supplier"


class Workbench:
    """A copy of the tree, and `finnest dev` in it."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self.home = Home(tree / ".finnest")
        self.port = free_port()
        for folder in COPIED:
            shutil.copytree(REPO / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FINNEST_")}
        cache = {name: value for name, value in os.environ.items() if name == "FINNEST_CACHE"}
        env = {**kept, **cache, "PYTHONPATH": f"{tree / 'shared'}:{tree}", "PYTHONDONTWRITEBYTECODE": "1"}
        self.launcher = subprocess.Popen(
            [
                *(sys.executable, "-m", "finnest.cli", "dev", "--services", "--port", str(self.port)),
                *("--only", "suppliers,approvals"),
            ],
            cwd=tree,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=(tree / "launcher.out").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=watch.die_with_parent(),
        )

    @property
    def said(self) -> str:
        """What the launcher printed."""
        return (self.tree / "launcher.out").read_text()

    def pids(self) -> dict[str, int]:
        """Return the process of each child, 0 between two lives."""
        return {one["name"]: one["pid"] for one in self.home.read_run().get("processes", [])}

    def save(self, old: str, new: str) -> None:
        """Change the suppliers' code."""
        path = self.tree / API
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def developer(self) -> Person:
        """Return the developer."""
        return Person(self.port, self.home.dev_key.read_text().strip())

    def answers(self, detail: str) -> bool:
        """Return whether suppliers says this about one that it does not know."""
        answer = self.developer().get("/v1/suppliers/sup-0")
        return answer.status == 404 and answer.content["detail"] == detail

    async def stop(self) -> None:
        """End everything."""
        self.launcher.send_signal(signal.SIGTERM)
        await eventually(lambda: self.launcher.poll() is not None, 15, "the launcher did not stop")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncGenerator[Workbench]:
    """Somebody at work on suppliers."""
    made = Workbench(tmp_path / "tree")
    try:
        await eventually(lambda: made.home.read_run().get("state") == "ready", 60, "it did not become ready")
        yield made
    finally:
        await made.stop()


async def test_saving_a_feature_starts_it_again_and_no_other(bench: Workbench) -> None:
    before = bench.pids()
    assert {name for name in before if name.startswith("app")} == {f"app:{name}" for name in PART}
    features: dict[str, Any] = bench.developer().get("/v1/features").content
    assert [one["name"] for one in features["items"]] == list(PART)
    assert bench.answers(SAID)
    bench.save(SAID, "nobody knows it")
    await eventually(lambda: bench.answers("nobody knows it"), 20, bench.said)
    after = bench.pids()
    assert {name for name in before if before[name] != after[name]} == {"app:suppliers"}
    assert "api.py saved: starting suppliers again" in bench.said

    bench.save("nobody knows it", 'a slip" + 1 +')
    await eventually(lambda: "SyntaxError" in log(bench, "app:suppliers"), 20, bench.said)
    assert "SyntaxError" not in log(bench, "app:approvals") + log(bench, "app:gateway")
    assert bench.developer().get("/v1/approvals").status == 200
    bench.save('a slip" + 1 +', "mended")
    await eventually(lambda: bench.answers("mended"), 20, bench.said)
    changed = {name for name, pid in bench.pids().items() if before[name] != pid}
    assert changed == {"app:suppliers"}


def log(bench: Workbench, name: str) -> str:
    """Return what a child wrote; each has a file of its own."""
    path = logs.file_of(name, bench.home.logs)
    assert path.exists()
    return path.read_text()
