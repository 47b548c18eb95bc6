"""What the doctor says."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from finnest.dev.doctor import Finding, examine
from finnest.dev.home import Home
from finnest.dev.ports import LOOPBACK, any_free
from finnest.dev.watch import MARK
from finnest.testing import eventually


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine on which nothing is installed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "bin").mkdir()
    return {"PATH": str(tmp_path / "bin"), "FINNEST_CACHE": str(tmp_path / "cache")}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that never ran."""
    return Home(tmp_path / "home")


def _found(home: Home, env: dict[str, str], port: int | None = None) -> dict[str, Finding]:
    return {finding.about: finding for finding in examine(home, env, port or any_free([]))}


def test_on_a_bare_machine_it_says_what_make_run_will_do(home: Home, env: dict[str, str]) -> None:
    found = _found(home, env)
    assert found["dapr"].says.endswith("is not built yet")
    assert found["dapr"].next_step == "`make run` builds it once."
    assert found["nats"].next_step == "`make run` builds it once."
    assert "it will be fetched from PyPI" in found["go"].says
    assert found["finnest"] == Finding("finnest", True, "not running")
    assert not home.root.exists()


def test_every_trouble_has_a_next_step(home: Home, env: dict[str, str]) -> None:
    assert all(finding.next_step for finding in examine(home, env, any_free([])) if not finding.well)


def test_a_taken_port_is_shown_with_its_holder(home: Home, env: dict[str, str]) -> None:
    with socket.socket() as server:
        server.bind((LOOPBACK, any_free([])))
        server.listen()
        port = server.getsockname()[1]
        found = _found(home, env, port)[f"port {port}"]
    assert not found.well
    assert f"(process {os.getpid()})" in found.says
    assert found.next_step == "Stop it, or `make run PORT=…`."


def test_a_chosen_runtime_that_does_not_fit_is_explained(home: Home, env: dict[str, str]) -> None:
    findings = examine(home, {**env, "DAPR_BIN_DIR": "/nowhere"}, any_free([]))
    trouble = next(finding for finding in findings if finding.about == "check")
    assert trouble.says == "DAPR_BIN_DIR is /nowhere, but it holds no program placement."
    assert trouble.next_step == "Point it elsewhere, or unset it to build the pinned runtime."


async def test_what_a_killed_launcher_left_behind_is_named(home: Home, env: dict[str, str]) -> None:
    marked = {"FINNEST_HOME": str(home.root), MARK: "app"}
    with subprocess.Popen(["/bin/sleep", "60"], env=marked) as left:
        try:
            found = await eventually(lambda: _found(home, env)["leftovers"], 5)
        finally:
            left.kill()
    assert found.says == f"processes [{left.pid}] of an earlier run are alive"
    assert found.next_step == "`make run` ends them."
