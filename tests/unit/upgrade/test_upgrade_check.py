"""Whether this version can take over what another one wrote."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from finnest.dev import backup
from finnest.dev.errors import SetupError
from finnest.dev.home import SERVICES, Home
from finnest.dev.upgrade import checks, stamp
from finnest.dev.upgrade.checks import Check
from finnest.dev.upgrade.stamp import Stamp
from tests.unit.upgrade.stores import event, head, put, workflow

NOW = stamp.stamp(SERVICES)
AT = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a fresh backup and no data yet."""
    made = Home(tmp_path / "home")
    made.prepare()
    file = tmp_path / "kept.tar.gz"
    file.touch()
    noted(made, file, AT - timedelta(hours=1))
    return made


def noted(home: Home, file: Path, at: datetime) -> None:
    (home.root / backup.NOTE).write_text(json.dumps({"path": str(file), "made_at": at.isoformat()}))


def looked(home: Home, before: Stamp | None = NOW) -> dict[str, Check]:
    return {check.about: check for check in checks.of_home(home, SERVICES, before, NOW, AT)}


def before(**changes: Any) -> Stamp:
    """Return the stamp of a version that differed."""
    return NOW.model_copy(update=changes)


def stops(found: Sequence[Check]) -> list[str]:
    return [check.about for check in found if check.state == "stop"]


def test_what_this_version_wrote_it_takes_over(home: Home) -> None:
    put(
        home,
        "suppliers",
        [event("sup-1", 1, "suppliers.noted.v1", {"what": "m-1"}), head("suppliers", "sup-1", 1)],
    )
    put(home, "actors-finnest", workflow("payments_payment", "a", over=False))
    found = looked(home)
    assert {check.state for check in found.values()} == {"ok"}
    assert found["events"].says.startswith("1 stored events")
    assert found["workflows of payments"].says.endswith("under way: 1 of payments_payment")


def test_an_event_of_a_later_version_stops_the_upgrade(home: Home) -> None:
    put(home, "suppliers", [event("sup-1", n, "suppliers.opened.v9", {}) for n in (1, 2)])
    found = looked(home)["events of suppliers"]
    assert (found.state, found.says) == ("stop", "this version does not know 2 of suppliers.opened.v9")
    assert "a later one" in found.next_step


def test_an_event_that_lacks_what_this_version_needs_stops_the_upgrade(home: Home) -> None:
    put(home, "suppliers", [event("sup-1", 1, "suppliers.noted.v1", {"reason": "x"})])
    found = looked(home)["events of suppliers"]
    assert (found.state, "suppliers.noted.v1 cannot be read" in found.says) == ("stop", True)


def test_a_head_of_a_later_schema_stops_the_upgrade(home: Home) -> None:
    kind = next(name.partition("/")[2] for name in NOW.heads if name.startswith("suppliers/"))
    put(home, "suppliers", [head("suppliers", f"{kind}-1", 7)])
    found = looked(home)["state of suppliers"]
    assert (found.state, found.says) == ("stop", f"heads of a later schema: {kind} 7")


def test_other_code_under_a_workflow_that_waits_stops_the_upgrade(home: Home) -> None:
    put(home, "actors-finnest", workflow("payments_payment", "a", over=False))
    found = looked(home, before(workflows={"payments": "other"}))["workflows of payments"]
    assert (found.state, found.says) == ("stop", "other code, and under way: 1 of payments_payment")
    unknown = looked(home, None)["workflows of payments"]
    assert (unknown.state, "code before unknown" in unknown.says) == ("look", True)


def test_other_code_matters_to_no_workflow_that_has_ended(home: Home) -> None:
    put(home, "actors-finnest", workflow("payments_payment", "a", over=True))
    assert looked(home, before(workflows={"payments": "other"}))["workflows of payments"].state == "ok"


def test_a_workflow_that_nobody_here_knows_stops_the_upgrade(home: Home) -> None:
    put(home, "actors-finnest", workflow("refunds_refund", "a", over=False))
    assert looked(home)["workflows"].state == "stop"


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("BATCH = 50", "BATCH = 51", False),
        ("ctx.wait_for_external_event(MOVED)", 'ctx.wait_for_external_event("x")', False),
        ("BATCH = 50", "BATCH = 50  # as many as fit", True),
        ('"""Return the body of a pay run\'s workflow: gather', '"""Another text: gather', True),
    ],
)
def test_a_workflow_s_code_is_other_when_it_does_something_else(
    tmp_path: Path, old: str, new: str, same: bool
) -> None:
    services = tmp_path / "services"
    shutil.copytree(SERVICES, services, ignore=shutil.ignore_patterns("__pycache__"))
    bodies = services / "payments" / "workflow" / "bodies.py"
    assert old in bodies.read_text()
    bodies.write_text(bodies.read_text().replace(old, new))
    assert (stamp.stamp(services).workflows == NOW.workflows) == same


@pytest.mark.parametrize(
    ("changes", "about", "state"),
    [
        ({"pins": {"dapr": "99.0.0", "nats": NOW.pins["nats"]}}, "runtime", "stop"),
        ({"pins": {"dapr": "1.0.0", "nats": NOW.pins["nats"]}}, "runtime", "look"),
        ({"heads": {**NOW.heads, "payments/pay": 9}}, "state", "stop"),
        ({"messages": {**NOW.messages, "payments.gone.v1": ()}}, "contracts", "look"),
        ({"messages": {**NOW.messages, "suppliers.vet.v1": ()}}, "contracts", "stop"),
        ({"consumers": {**NOW.consumers, "events-refunds-0": ("events.x.y.v1.0",)}}, "bus", "look"),
    ],
)
def test_another_version_is_compared(changes: dict[str, Any], about: str, state: str) -> None:
    found = [check for check in checks.of_versions(before(**changes), NOW) if check.about == about]
    assert found[0].state == state
    assert found[0].next_step


def test_the_same_version_has_nothing_to_say() -> None:
    assert {check.state for check in checks.of_versions(NOW, NOW)} == {"ok"}


def test_data_of_which_no_version_tells_is_looked_at_all_the_same(home: Home) -> None:
    put(home, "suppliers", [event("sup-1", 1, "suppliers.opened.v9", {})])
    found = looked(home, None)
    assert found["version"].state == "look"
    assert found["events of suppliers"].state == "stop"


def test_an_upgrade_wants_a_fresh_backup(home: Home, tmp_path: Path) -> None:
    noted(home, tmp_path / "kept.tar.gz", AT - timedelta(hours=30))
    assert "30 h old" in looked(home)["backup"].says
    assert looked(home)["backup"].state == "stop"
    (home.root / backup.NOTE).unlink()
    assert looked(home)["backup"].state == "stop"
    noted(home, tmp_path / "moved.tar.gz", AT)
    assert looked(home)["backup"].state == "look"


def test_a_stamp_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "stamp.json"
    assert stamp.read(file) is None
    stamp.write(file, NOW)
    assert stamp.read(file) == NOW
    file.write_text(json.dumps({"format": 99}))
    with pytest.raises(SetupError, match="later version"):
        stamp.read(file)
    file.write_text("{")
    with pytest.raises(SetupError, match="cannot be read"):
        stamp.read(file)
