"""What an installation writes goes over what a feature ships, field by field."""

from __future__ import annotations

from pathlib import Path

import pytest

from finnest.policies import read_policy


def written(home: Path, text: str) -> Path:
    path = home / "policy" / "desk.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return home


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text("default: {people: 1, role: approver}\ntenants: {kea: {people: 3}}")
    return path


def test_what_is_written_here_goes_over_what_is_shipped(shipped: Path, tmp_path: Path) -> None:
    home = written(tmp_path, "default: {people: 2}\ntenants: {kestrel: {role: boss}, swan: }")
    default, tenants = read_policy(shipped, home, "desk")
    assert default == {"people": 2, "role": "approver"}
    assert tenants == {"kea": {"people": 3}, "kestrel": {"role": "boss"}, "swan": {}}


def test_either_file_may_be_missing(shipped: Path, tmp_path: Path) -> None:
    assert read_policy(shipped, tmp_path, "desk")[0]["people"] == 1
    assert read_policy(tmp_path / "none.yaml", tmp_path, "desk") == ({}, {})


@pytest.mark.parametrize("text", ["[]", "5", "defaults: {}", "default: 5", "tenants: [kea]"])
def test_another_shape_is_said(shipped: Path, tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"desk\.yaml"):
        read_policy(shipped, written(tmp_path, text), "desk")
