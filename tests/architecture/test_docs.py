"""What the documents say is there, is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from finnest.cli import app
from finnest.dev.home import REPO
from tests.architecture.sources import FILES

DOCUMENTS = [name for name in FILES if name.endswith(".md") and name != "shared/contracts/flow.md"]
MAKEFILE = (REPO / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))
EACH = pytest.mark.parametrize("document", DOCUMENTS)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
MAKE = re.compile(r"(?:^|[\s`$])make ([a-z][a-z0-9-]*)(?=[\s`.,:;)]|$)", re.MULTILINE)
FINNEST = re.compile(r"(?:^|[\s`$/])finnest ([a-z][a-z-]*)((?: +[^\s`|;&]+)*)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:services|shared|tests|dapr|components|k8s)/[\w./-]+)`")
EXAMPLE = "/refunds"
"""The feature that the walk-through makes; it is not there."""


def _code(document: str) -> Iterator[str]:
    for block in CODE.findall((REPO / document).read_text()):
        yield block.strip("`").replace("\\\n", " ")


@EACH
def test_every_make_target_in_a_document_exists(document: str) -> None:
    assert {target for block in _code(document) for target in MAKE.findall(block)} <= TARGETS


@EACH
def test_every_finnest_command_in_a_document_exists_with_its_options(document: str) -> None:
    group: Any = get_command(app)
    for block in _code(document):
        for word, rest in FINNEST.findall(block):
            command = group.get_command(None, word)
            assert command is not None, f"there is no finnest {word}"
            known = {flag for parameter in _parameters(command) for flag in parameter.opts} | {"--help"}
            assert set(re.findall(r"(?<=\s)--[a-z-]+", rest)) <= known, f"finnest {word}{rest}"


@EACH
def test_every_file_that_a_document_names_is_there(document: str) -> None:
    text = (REPO / document).read_text()
    places = (REPO, (REPO / document).parent)
    named = [path for path in PATH.findall(text) if EXAMPLE not in path] + LINK.findall(text)
    assert [path for path in named if not any((place / path).exists() for place in places)] == []


def test_make_help_shows_every_target_that_a_person_types() -> None:
    assert set(re.findall(r"^([a-z0-9-]+):.*## ", MAKEFILE, re.MULTILINE)) == TARGETS


def _parameters(command: Any) -> list[Any]:
    """Return the parameters of a command and of the commands below it."""
    below: dict[str, Any] = getattr(command, "commands", {})
    return [*getattr(command, "params", []), *(one for sub in below.values() for one in _parameters(sub))]
