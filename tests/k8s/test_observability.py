"""Alerts and dashboard ask for what there is: `metrics.txt` is what sidecars of a real cluster said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from finnest.dev.home import REPO

FOLDER = REPO / "k8s" / "components" / "observability"
KNOWN = {*(Path(__file__).parent / "metrics.txt").read_text().split(), "up"}
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((FOLDER / "rules.yaml").read_text())["groups"] for rule in group["rules"]
]


def _expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in RULES)
    for panel in json.loads((FOLDER / "dashboard.json").read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])


@pytest.mark.parametrize("expression", list(_expressions()))
def test_an_expression_names_only_metrics_that_exist(expression: str) -> None:
    plain = re.sub(r"\{[^}]*\}|\[[^\]]*\]|by \([^)]*\)", " ", expression)
    asked = set(re.findall(r"\b(?:dapr_\w+|up)\b", plain))
    assert asked
    assert asked <= KNOWN


def test_every_alert_says_what_happened_and_what_to_do() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert set(rule["annotations"]) == {"summary", "action", "runbook"}
