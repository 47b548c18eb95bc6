"""A feature is added and removed as services/README.md says, word for word, in a copy of the tree."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from finnest.dev.home import REPO
from finnest.testing import eventually
from tests.support.platform import free_port

README = REPO / "services" / "README.md"
COPIED = ("services", "shared", "components", "dapr", "tests")
NEW = ("services/refunds/", "tests/unit/refunds/")
LEFT = shutil.ignore_patterns("__pycache__", ".*cache")


class Newcomer:
    """Somebody at a terminal, in a copy of the tree."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self.port = free_port()
        for folder in COPIED:
            shutil.copytree(REPO / folder, tree / folder, ignore=LEFT)
        for file in ("pyproject.toml", "requirements.lock", "README.md"):
            shutil.copy2(REPO / file, tree / file)
        (tree / ".venv").symlink_to(Path(sys.prefix))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FINNEST_")}
        cache = {name: value for name, value in os.environ.items() if name == "FINNEST_CACHE"}
        path = f"{tree / 'shared'}:{tree}"
        self.env = {
            **kept,
            **cache,
            "PYTHONPATH": path,
            "PORT": str(self.port),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def does(self, block: str) -> str:
        """Run the commands of a step and return what they print."""
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", self._here(block)],
            cwd=self.tree,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def begins(self, block: str) -> subprocess.Popen[bytes]:
        """Run the commands of a step in another terminal."""
        with (self.tree / "launcher.out").open("wb") as output:
            return subprocess.Popen(
                ["/bin/bash", "-c", f"exec {self._here(block)}"], cwd=self.tree, env=self.env, stdout=output
            )

    def asks(self, path: str) -> Any:
        """Read from the public API."""
        url = f"http://127.0.0.1:{self.port}{path}"
        return json.loads(self.does(f'curl -s -H "Authorization: Bearer $(cat .finnest/dev.key)" "{url}"'))

    def is_ready(self) -> bool:
        """Return whether the launcher says so."""
        return "Finnest is ready" in (self.tree / "launcher.out").read_text()

    def files(self) -> Mapping[str, str]:
        """Return path → digest of every file of the copy, but for what a run leaves."""
        return {
            str(path.relative_to(self.tree)): hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in COPIED
            for path in sorted((self.tree / folder).rglob("*"))
            if path.is_file()
            and not any(part.endswith("cache__") or part[0] == "." for part in path.parts[-3:])
        }

    def _here(self, block: str) -> str:
        return block.replace("http://127.0.0.1:8080", f"http://127.0.0.1:{self.port}")


def steps() -> list[str]:
    """Return the code block of each of the five steps."""
    text = README.read_text().partition("## Add a feature in five steps")[2].partition("\n## ")[0]
    blocks = [
        block.replace("\n   ", "\n").strip()
        for block in re.findall(r"   ```sh\n(.*?)\n   ```", text, re.DOTALL)
    ]
    assert len(blocks) == len(re.findall(r"^\d\. ", text, re.MULTILINE)) == 5
    return blocks


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    """A newcomer with a fresh copy."""
    return Newcomer(tmp_path)


async def test_a_feature_is_added_and_removed_in_five_steps(newcomer: Newcomer) -> None:
    make, own, run, use, remove = steps()
    before = newcomer.files()

    newcomer.does(make)
    _keeps_the_house_rules(newcomer)
    assert "passed" in newcomer.does(own)
    launcher = newcomer.begins(run)
    try:
        await eventually(newcomer.is_ready, 60, "the launcher did not say ready")
        said = newcomer.does(use)
        assert '"text":"Paid twice, says the supplier."' in said
        await eventually(lambda: "Heard of inv-" in newcomer.does(use.splitlines()[-1]), 10)

        shown = {feature["name"]: feature for feature in newcomer.asks("/v1/features")["items"]}["refunds"]
        assert shown["agent"] == "refunder"
        assert shown["summary"] == "Gives back what was paid wrongly."
        described = newcomer.asks("/openapi.json")["paths"]
        assert described["/v1/refunds"]["post"]["summary"] == "Keep Note"
        assert newcomer.asks("/readyz")["features"]["refunds"] == "ok"
        for agent in ("refunder", "assistant"):
            answer = newcomer.does(
                f".venv/bin/python -m finnest.cli chat {agent} --say 'list the refunds notes'"
            )
            assert "Paid twice, says the supplier." in answer
        after = newcomer.files()
        changed = {path for path in after if before.get(path) != after[path]}
        assert changed
        assert {path for path in changed if not path.startswith((*NEW, "shared/contracts/"))} == set()
        newcomer.does(remove)
        assert launcher.wait(15) == 0
    finally:
        launcher.kill()
        launcher.wait()
    assert newcomer.files() == before


def _keeps_the_house_rules(newcomer: Newcomer) -> None:
    """What is made passes style, strict types and import contracts as it is."""
    folders = " ".join(NEW)
    newcomer.does(f".venv/bin/ruff check {folders} && .venv/bin/ruff format --check {folders}")
    newcomer.does(f".venv/bin/basedpyright {folders}")
    newcomer.does(".venv/bin/lint-imports --no-cache")
