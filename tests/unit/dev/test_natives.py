"""Features in Go, built once, with a Go that does what it is told."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from finnest.apps import placed
from finnest.dev.commands import Plan
from finnest.dev.home import REPO, SERVICES, Home
from finnest.dev.kubernetes.images import dockerfile
from finnest.dev.natives import built, module_of
from finnest.dev.pins import DAPR
from finnest.dev.ports import Pair, Ports
from finnest.dev.runtime import Runtime, cache_folder
from finnest.dev.status import current
from finnest.manifest import Manifest, discover
from tests.unit.dev.test_build import Machine

NATIVE = [manifest for manifest in discover(SERVICES) if manifest.is_native]
ONE = Manifest(name="calendar", summary="A test.", language="go")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing is built yet."""
    return Machine(tmp_path)


def test_a_program_is_built_once_and_python_is_passed_over(machine: Machine) -> None:
    said: list[str] = []
    python = Manifest(name="payments", summary="A test.")
    programs = built([python, ONE], said.append, machine.env)
    assert list(programs) == ["calendar"]
    assert programs["calendar"].read_text() == "program\n"
    assert built([python, ONE], said.append, machine.env) == programs
    assert machine.builds == 1
    assert said[0] == "building calendar (1 of 1); this happens once per machine"


def test_one_that_cannot_be_built_stays_away_and_is_told(machine: Machine) -> None:
    machine.breaks.write_text("main.go:1: syntax error\n")
    said: list[str] = []
    assert built([ONE], said.append, machine.env) == {}
    assert said[-1].startswith("calendar stays away. The build failed:")
    assert not cache_folder(module_of("calendar"), machine.env).exists()


def test_another_source_is_another_build_and_a_test_is_no_source(tmp_path: Path) -> None:
    shutil.copytree(SERVICES / "calendar", tmp_path / "calendar")
    module = module_of("calendar", tmp_path)
    first = module.digest
    assert first == module_of("calendar").digest
    (module.folder / "main_test.go").write_text("package main\n")
    assert module.digest == first
    (module.folder / "more.go").write_text("package main\n")
    assert module.digest != first


@pytest.mark.parametrize("feature", NATIVE, ids=lambda one: one.name)
def test_what_go_has_pinned_is_built_with_the_toolchain_of_the_runtime(feature: Manifest) -> None:
    module = module_of(feature.name)
    assert module.go_version == DAPR.go_version
    required = re.findall(
        r"^\s*(?:require )?\S+/\S+ v\S+", (module.folder / "go.mod").read_text(), re.MULTILINE
    )
    assert required
    assert (module.folder / "go.sum").exists()


@pytest.mark.parametrize("feature", NATIVE, ids=lambda one: one.name)
def test_the_image_of_a_program_is_the_program_and_runs_as_nobody_in_particular(feature: Manifest) -> None:
    recipe = dockerfile(feature.name)
    assert recipe != REPO / "Dockerfile"
    _, _, last = recipe.read_text().rpartition("\nFROM ")
    assert last.startswith("scratch\n")
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert f'ENTRYPOINT ["/opt/finnest/{feature.name}"]' in last
    assert "CGO_ENABLED=0" in recipe.read_text()


def _plan(home: Home) -> Plan:
    pairs = {"finnest": Pair(10, 11, 12, 13), "calendar": Pair(14, 15, 16, 17)}
    ports = Ports(1, 2, 3, 4, 5, 6, 7, 8, 9, pairs=pairs)
    nowhere = Path("/nowhere")
    runtime = Runtime(nowhere, nowhere, nowhere, nowhere, "1.18.3")
    apps = placed(["calendar", "payments"], ["calendar"])
    return Plan(home, ports, home.secrets(), runtime, {}, apps, {"calendar": nowhere / "calendar"})


def test_a_program_has_the_environment_of_any_app_and_a_sidecar_without_actors(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    plan = _plan(home)
    program, python = plan.app("calendar", ("calendar",)), plan.app("finnest", ("payments",))
    assert program.command == ["/nowhere/calendar"]
    assert set(program.env) == set(python.env)
    assert (program.env["FINNEST_APP_PORT"], program.env["DAPR_HTTP_PORT"]) == ("14", "15")
    beside, other = plan.sidecar("calendar", tmp_path), plan.sidecar("finnest", tmp_path)
    assert set(other.command) - set(beside.command) >= {
        "--placement-host-address",
        "--scheduler-host-address",
    }
    assert program.spare
    assert beside.spare
    assert not python.spare
    assert not other.spare


def _yes(*_: object) -> bool:
    return True


def _is_first(pid: int) -> bool:
    return pid == 1


def test_a_spare_process_that_is_away_is_shown_and_does_not_make_the_rest_unready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    ports: dict[str, Any] = {name: 1 for name in Ports.__dataclass_fields__ if name != "pairs"}
    pair = {"app": 1, "dapr_http": 1, "dapr_grpc": 1, "dapr_internal": 1}
    processes = [
        {"name": "app", "pid": 1, "restarts": 0, "spare": False},
        {"name": "app:calendar", "pid": 0, "restarts": 9, "spare": True},
        {"name": "sidecar:calendar", "pid": 0, "restarts": 9, "spare": True},
    ]
    run = {"state": "ready", "ports": {**ports, "pairs": {"calendar": pair}}, "processes": processes}
    home.run_file.write_text(json.dumps(run))
    monkeypatch.setattr("finnest.dev.readiness.is_app_ready", _yes)
    monkeypatch.setattr("finnest.dev.watch.is_alive", _is_first)
    with home.held():
        now = current(home)
        assert now.ready
        assert [process.name for process in now.processes] == [one["name"] for one in processes]
        processes[1]["spare"] = False
        home.run_file.write_text(json.dumps(run))
        assert not current(home).ready


def test_a_program_in_a_pod_is_given_less_than_python() -> None:
    size = yaml.safe_load((REPO / "k8s/features/calendar/size.yaml").read_text())
    resources = size["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert resources["limits"]["memory"] == "64Mi"
