"""The versions that the runtime is pinned to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from finnest.dev.pins import DAPR, NATS, GoModule, parse_version


@pytest.mark.parametrize("module", [DAPR, NATS])
def test_a_pinned_version_is_an_exact_release(module: GoModule) -> None:
    assert len(parse_version(module.version)) == 3
    assert parse_version(module.go_version) >= (1, 20)


@pytest.mark.parametrize(
    ("text", "version"),
    [("go1.26.8", (1, 26, 8)), ("v1.18.0-rc.1", (1, 18, 0)), ("edge", (0,)), ("", (0,))],
)
def test_versions_are_read_as_numbers(text: str, version: tuple[int, ...]) -> None:
    assert parse_version(text) == version


def test_releases_are_ordered_by_number_and_not_by_letter() -> None:
    assert parse_version("1.10.0") > parse_version("1.9.9")


def _copy(folder: Path) -> GoModule:
    folder.mkdir()
    for source in ("go.mod", "go.sum"):
        (folder / source).write_bytes((NATS.folder / source).read_bytes())
    return replace(NATS, folder=folder)


def test_the_digest_is_of_the_sources_wherever_they_lie(tmp_path: Path) -> None:
    one, other = _copy(tmp_path / "one"), _copy(tmp_path / "other")
    assert one.digest == other.digest


def test_any_change_of_the_sources_is_another_digest(tmp_path: Path) -> None:
    module = _copy(tmp_path / "one")
    before = module.digest
    (module.folder / "go.sum").write_text("tampered\n")
    after_sum = module.digest
    (module.folder / "main.go").write_text("package main\n")
    assert len({before, after_sum, module.digest}) == 3


def test_a_module_without_the_pin_says_where_it_looked(tmp_path: Path) -> None:
    module = _copy(tmp_path / "one")
    (module.folder / "go.mod").write_text("module x\n")
    with pytest.raises(ValueError, match=r"go\.mod has no line like"):
        _ = module.version
