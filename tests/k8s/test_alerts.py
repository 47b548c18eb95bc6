"""Each alert fires on the series of its trouble and is silent on a good day, as Prometheus itself reads it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from finnest.dev.home import REPO
from tests.k8s.test_observability import FOLDER, RULES

STORIES = Path(__file__).parent / "alerts.yaml"
RUNBOOK = FOLDER / "RUNBOOK.md"
OWN = REPO / ".finnest" / "bin" / "promtool"
HOW = "there is no promtool: run `make promtool`, which builds it once, or install Prometheus"
BY_NAME: Mapping[str, Mapping[str, Any]] = {rule["alert"]: rule for rule in RULES}


def promtool() -> str:
    """Return the program; the test is skipped, with what to do, where there is none."""
    found = str(OWN) if OWN.exists() else shutil.which("promtool")
    if found is None:
        pytest.skip(HOW)
    return found


def stories() -> dict[str, Any]:
    """Return the series and what is expected of them, with the words that a firing alert says."""
    told = yaml.safe_load(STORIES.read_text())
    for story in told["tests"]:
        for one in story["alert_rule_test"]:
            annotations = BY_NAME[one["alertname"]]["annotations"]
            for alert in one["exp_alerts"]:
                labels = alert["exp_labels"]
                alert["exp_annotations"] = {name: _said(text, labels) for name, text in annotations.items()}
    return {"rule_files": [str(FOLDER / "rules.yaml")], **told}


def _said(text: str, labels: Mapping[str, str]) -> str:
    return re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda found: labels.get(found[1], ""), text)


def run(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [promtool(), "test", "rules", str(file)], capture_output=True, text=True, timeout=60, check=False
    )


def test_prometheus_takes_the_rules() -> None:
    checked = subprocess.run(
        [promtool(), "check", "rules", str(FOLDER / "rules.yaml")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_alerts_fire_in_trouble_and_are_silent_on_a_good_day(tmp_path: Path) -> None:
    file = tmp_path / "stories.yaml"
    file.write_text(yaml.safe_dump(stories()))
    tested = run(file)
    assert tested.returncode == 0, tested.stdout + tested.stderr


@pytest.mark.parametrize("alert", sorted(BY_NAME))
def test_a_story_that_expects_the_contrary_fails(tmp_path: Path, alert: str) -> None:
    """Else a story would say nothing."""
    told = stories()
    for story in told["tests"]:
        story["alert_rule_test"] = [
            {**one, "exp_alerts": []}
            for one in story["alert_rule_test"]
            if one["alertname"] == alert and one["exp_alerts"]
        ]
    file = tmp_path / "stories.yaml"
    file.write_text(yaml.safe_dump(told))
    assert run(file).returncode == 1


def test_every_alert_is_shown_to_fire_and_to_be_silent() -> None:
    tested = [one for story in stories()["tests"] for one in story["alert_rule_test"]]
    assert {one["alertname"] for one in tested if one["exp_alerts"]} == set(BY_NAME)
    assert {one["alertname"] for one in tested if not one["exp_alerts"]} == set(BY_NAME)


def test_every_alert_has_an_entry_of_the_runbook_and_names_it() -> None:
    entries = re.split(r"^## ", RUNBOOK.read_text(), flags=re.MULTILINE)[1:]
    named = {entry.partition("\n")[0]: entry for entry in entries}
    assert set(named) == set(BY_NAME)
    for name, entry in named.items():
        assert re.findall(r"^\*\*(\w+)\*\*: \S", entry, flags=re.MULTILINE) == ["Means", "Look", "Do"]
        path, _, heading = BY_NAME[name]["annotations"]["runbook"].partition("#")
        assert (REPO / path, heading) == (RUNBOOK, name.lower())
