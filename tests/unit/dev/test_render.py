"""The Dapr resources of one installation, made from manifests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from finnest.apps import TOGETHER, Apps, host, hosted, placed
from finnest.dev.home import Home
from finnest.dev.ports import Pair, Ports
from finnest.dev.render import resources
from finnest.manifest import Consumed, Manifest

ORDERS = Manifest(name="orders", summary="Takes orders.", commands=("orders.place.v1",))
BILLS = Manifest(
    name="bills",
    summary="Bills orders.",
    commands=("bills.bill.v1",),
    consumes=(Consumed(event="orders.placed.v1", mode="react", take="bills.bill.v1"),),
)
DOOR = Manifest(name="door", summary="The way in.", keeps=True)
FEATURES = [BILLS, DOOR, ORDERS]
NAMES = [feature.name for feature in FEATURES]
MODES: list[Apps] = [TOGETHER, placed(NAMES, ["bills"]), placed(NAMES, NAMES)]
SHARED = {"secrets"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that was prepared once."""
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def _ports() -> Ports:
    return Ports(1, 2, 3, 4, 5, 6, 7, 8, 9, pairs={"finnest": Pair(10, 11, 12, 13)})


def _rendered(home: Home, apps: Apps) -> dict[str, Any]:
    folder = resources(home, _ports(), FEATURES, apps)
    files = [yaml.safe_load(file.read_text()) for file in sorted(folder.glob("*.yaml"))]
    return {file["metadata"]["name"]: file for file in files if file["kind"] == "Component"}


def _metadata(component: dict[str, Any]) -> dict[str, Any]:
    return {item["name"]: item.get("value") for item in component["spec"]["metadata"]}


@pytest.mark.parametrize("apps", MODES)
def test_every_component_is_for_the_app_that_hosts_its_feature(home: Home, apps: Apps) -> None:
    rendered = _rendered(home, apps)
    for feature in FEATURES:
        mine = {feature.store, *(name for _, _, name in feature.consumers())}
        assert {tuple(rendered[name]["scopes"]) for name in mine} == {(host(feature.name, apps),)}
    for app in hosted(NAMES, apps):
        assert rendered[f"actors-{app}"]["scopes"] == [app]
    assert rendered["bus"]["scopes"] == list(hosted(["bills", "orders"], apps))
    assert {name for name, component in rendered.items() if "scopes" not in component} == SHARED


def test_each_app_has_one_store_for_its_workflows_and_no_more(home: Home) -> None:
    for apps in MODES:
        actors = {
            component["scopes"][0]
            for component in _rendered(home, apps).values()
            if _metadata(component).get("actorStateStore") == "true"
        }
        assert actors == set(hosted(NAMES, apps))


def test_a_move_changes_scopes_and_nothing_else_of_a_feature(home: Home) -> None:
    together, apart, services = (_rendered(home, apps) for apps in MODES)
    for feature in FEATURES:
        for name in (feature.store, *(durable for _, _, durable in feature.consumers())):
            specs = [rendered[name]["spec"] for rendered in (together, apart, services)]
            assert specs[0] == specs[1] == specs[2]


def test_a_feature_without_streams_hears_nothing(home: Home) -> None:
    assert not [name for name in _rendered(home, TOGETHER) if name.endswith(("-door-0", "-door-3"))]


def test_the_settings_that_nothing_is_lost_without(home: Home) -> None:
    rendered = _rendered(home, TOGETHER)
    state, consumer = _metadata(rendered["state-orders"]), _metadata(rendered["events-bills-2"])
    assert state["keyPrefix"] == "none"
    assert "synchronous(FULL)" in state["connectionString"]
    assert consumer["concurrency"] == "single"
    assert consumer["ackPolicy"] == "explicit"
    assert consumer["durableName"] == consumer["queueGroupName"] == "events-bills-2"


def test_the_same_again_is_the_same_files(home: Home) -> None:
    folder = resources(home, _ports(), FEATURES, MODES[1])
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    resources(home, _ports(), FEATURES, MODES[1])
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == first


def test_what_a_removed_feature_had_is_removed(home: Home) -> None:
    resources(home, _ports(), FEATURES, MODES[2])
    folder = resources(home, _ports(), [ORDERS])
    assert not [file.name for file in folder.iterdir() if "bills" in file.name or "door" in file.name]


def test_the_password_of_the_broker_is_in_no_component(home: Home) -> None:
    folder = resources(home, _ports(), FEATURES)
    password = home.secrets().nats_password
    assert not [file.name for file in folder.iterdir() if password in file.read_text()]
    assert password in home.secrets_file.read_text()
    assert home.secrets_file.stat().st_mode & 0o777 == 0o600


def test_with_a_database_every_feature_has_its_role_there_and_no_password_stands_in_a_component(
    home: Home,
) -> None:
    url = "host=db user={role} password=hidden"
    folder = resources(home, _ports(), FEATURES, TOGETHER, postgres=url)
    known = json.loads(home.secrets_file.read_text())
    for feature in FEATURES:
        state = yaml.safe_load((folder / f"{feature.store}.yaml").read_text())
        reached = {one["name"]: one for one in state["spec"]["metadata"]}["connectionString"]["secretKeyRef"]
        assert state["spec"]["type"] == "state.postgresql"
        assert known[reached["key"]] == f"host=db user={feature.name} password=hidden"
    assert known["postgres_finnest"] == "host=db user=finnest password=hidden"
    assert not [path for path in folder.iterdir() if "hidden" in path.read_text()]
    resources(home, _ports(), FEATURES, TOGETHER)
    assert "state.sqlite" in (folder / f"{FEATURES[0].store}.yaml").read_text()
