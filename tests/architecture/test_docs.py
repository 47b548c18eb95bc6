"""What the documents say is there, is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer

from finnest.cli import app
from finnest.dev.home import REPO

DOCUMENTS = sorted(
    path for path in REPO.glob("**/*.md") if not {".venv", ".finnest", "node_modules"} & set(path.parts)
)


def _named(pattern: str, document: Path) -> set[str]:
    return set(re.findall(pattern, document.read_text()))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPO)))
def test_every_make_target_in_a_document_exists(document: Path) -> None:
    makefile = (REPO / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    assert _named(r"`make ([a-z0-9-]+)", document) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPO)))
def test_every_finnest_command_in_a_document_exists(document: Path) -> None:
    group = typer.main.get_command(app)
    commands = set(group.list_commands(None))  # pyright: ignore
    assert _named(r"`finnest ([a-z][a-z-]+)", document) <= commands


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPO)))
def test_every_path_in_a_document_exists(document: Path) -> None:
    tops = r"`((?:services|shared|tests|components|dapr)/[A-Za-z0-9_./-]+)`"
    places = (REPO, document.parent)
    missing = [path for path in _named(tops, document) if not any((p / path).exists() for p in places)]
    assert not missing


def test_no_tracked_file_names_a_machine_path() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPO, capture_output=True, check=True)
    home = str(Path.home())
    found = [
        name
        for name in listed.stdout.decode().split("\0")
        if name and (REPO / name).is_file() and f"{REPO}/".encode() in (REPO / name).read_bytes()
    ]
    assert not found, f"these name {REPO} or {home}"
