"""`shared/contracts` says what the code says, and can be read by any language."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from finnest.dev.contracts import FOLDER, declared, differing, documents, write
from finnest.dev.home import SERVICES
from tests.architecture.features import FEATURES, MANIFESTS

TEXTS = documents(FEATURES)


def test_the_contracts_are_those_of_the_code() -> None:
    assert differing(TEXTS) == [], "run `finnest contracts` and commit what it writes"


def test_every_message_that_crosses_features_has_a_schema() -> None:
    for manifest in MANIFESTS:
        for lane, wires in (("events", manifest.publishes), ("commands", manifest.commands)):
            for wire in wires:
                schema = json.loads((FOLDER / lane / f"{wire}.json").read_text())
                assert schema["title"] == wire
                assert schema.get("additionalProperties", True), f"{wire}: a reader ignores unknown fields"


def test_the_schema_of_manifests_knows_every_field_that_manifests_use() -> None:
    schema = json.loads((FOLDER / "feature.schema.json").read_text())
    for manifest in MANIFESTS:
        written = yaml.safe_load((SERVICES / manifest.name / "feature.yaml").read_text())
        assert set(schema["required"]) <= set(written) <= set(schema["properties"])


def test_a_changed_a_missing_and_a_stale_contract_are_told(tmp_path: Path) -> None:
    write(TEXTS, tmp_path)
    assert differing(TEXTS, tmp_path) == []
    (tmp_path / "flow.md").write_text("something else")
    (tmp_path / "feature.schema.json").unlink()
    (tmp_path / "events" / "orders.lost.v1.json").write_text("{}")
    changed = ["events/orders.lost.v1.json", "feature.schema.json", "flow.md"]
    assert differing(TEXTS, tmp_path) == changed == write(TEXTS, tmp_path)
    assert differing(TEXTS, tmp_path) == []


def test_an_unknown_folder_of_features_has_no_contracts(tmp_path: Path) -> None:
    of_any = {f"{name}.schema.json" for name in ("caller", "feature", "tool", "tool_result")}
    assert set(documents(declared(tmp_path))) == {"flow.md", *of_any}
