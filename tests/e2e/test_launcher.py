"""`make run`: one launcher per home, which keeps its children alive and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import time

import pytest

from finnest.apps import hosted, process_name
from finnest.dev import watch
from finnest.dev.home import SERVICES
from finnest.dev.options import Options
from finnest.manifest import discover
from finnest.testing import eventually
from tests.support.documents import bill
from tests.support.platform import CHILDREN, CONTROL, Platform


def expected(options: Options) -> list[str]:
    """Return the names of all children: the control plane, and an app and a sidecar per place."""
    features = discover(SERVICES)
    places = hosted([feature.name for feature in features], options.placed(features))
    return [*CONTROL, *(process_name(kind, app) for kind in ("app", "sidecar") for app in places)]


async def test_status_tells_programs_what_runs(platform: Platform, options: Options) -> None:
    answer = platform.command("status", "--json")
    status = json.loads(answer.stdout)
    assert answer.returncode == 0
    assert sorted(status) == ["home", "processes", "ready", "url"]
    assert status["ready"] is True
    assert status["url"] == f"http://127.0.0.1:{platform.port}"
    assert status["home"] == str(platform.home.root)
    assert sorted(p["name"] for p in status["processes"]) == sorted(expected(options))
    for process in status["processes"]:
        assert sorted(process) == ["name", "pid", "restarts", "rss_mb"]
        assert watch.is_alive(process["pid"])
        assert process["rss_mb"] > 1


async def test_a_second_run_says_that_one_is_running(platform: Platform) -> None:
    before = platform.pids()
    second = platform.command("run", "--port", str(platform.port + 1))
    assert second.returncode == 1
    assert f"already running at http://127.0.0.1:{platform.port}" in second.stderr
    assert "finnest stop" in second.stderr
    assert "Traceback" not in second.stderr
    assert platform.pids() == before
    assert platform.status()["ready"] is True


async def test_a_busy_port_is_named_with_its_holder_and_another_port(own: Platform) -> None:
    with socket.create_server(("127.0.0.1", own.port)):
        answer = own.command("run", "--port", str(own.port))
    assert answer.returncode == 1
    assert f"Port {own.port} is in use" in answer.stderr
    assert f"(process {os.getpid()})" in answer.stderr
    assert "make run PORT=" in answer.stderr
    assert "Traceback" not in answer.stderr + answer.stdout
    assert watch.leftovers(own.home.root) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_stops_everything_within_ten_seconds(own: Platform, how: signal.Signals) -> None:
    await own.start()
    children = own.pids()
    assert sorted(children) == sorted(CHILDREN)
    began = time.monotonic()
    await own.stop(how)
    assert time.monotonic() - began < 10
    assert not any(watch.is_alive(pid) for pid in children.values())
    assert "stopped; everything is kept" in own.output.read_text()
    assert own.command("status", "--json").returncode == 3
    assert own.status() == {"ready": False, "url": "", "home": str(own.home.root), "processes": []}


async def test_stop_ends_it_from_another_terminal(own: Platform) -> None:
    await own.start()
    assert own.command("stop").stdout.strip() == "stopped; everything is kept"
    await eventually(lambda: not own.is_alive, 5)
    assert watch.leftovers(own.home.root) == []
    assert own.command("stop").stdout.strip() == "it was not running"


async def test_a_signal_before_it_is_ready_leaves_nothing_either(own: Platform) -> None:
    own.launcher = own.launched()
    await eventually(lambda: own.home.read_run().get("processes"), 20)
    await own.stop(signal.SIGINT)


async def test_a_child_that_dies_is_started_again_and_said_so(own: Platform) -> None:
    await own.start()
    for name in CHILDREN:
        old = own.pids()[name]
        assert own.kill(name) == [name]
        await eventually(lambda name=name, old=old: own.pids().get(name, old) != old, 10)
        assert f"{name} was killed by SIGKILL; starting it again" in own.output.read_text()
        await eventually(lambda: own.status()["ready"], 30, f"not ready after {name} died")
    restarts = {p["name"]: p["restarts"] for p in own.status()["processes"]}
    assert all(restarts[name] >= 1 for name in CHILDREN), restarts


async def test_a_killed_launcher_takes_its_children_along_and_starts_again(own: Platform) -> None:
    await own.start()
    company = own.company()
    id = company.intake.submit(bill().xml())
    children = own.pids()
    own.kill_launcher()
    await eventually(lambda: not any(watch.is_alive(pid) for pid in children.values()), 5)
    assert own.status()["ready"] is False

    await own.start()
    assert own.status()["ready"] is True
    await company.vera.until(id, "scheduled", within_s=60)


async def test_health_answers_without_a_key(platform: Platform) -> None:
    anybody = platform.person("platform", "anybody")
    for path in ("/healthz", "/readyz", "/openapi.json", "/docs"):
        assert anybody.call("GET", path, headers={"authorization": ""}).status == 200, path
    assert anybody.get("/readyz").content["ready"] is True
    described = anybody.get("/openapi.json").content
    assert described["openapi"].startswith("3.")
    assert "/v1/invoices" in described["paths"]
