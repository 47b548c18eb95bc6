"""Which model thinks: `model.json` of the home, written by `finnest model set`; the offline planner by default."""

from __future__ import annotations

import json
from pathlib import Path

from finnest.agents.models.port import Model
from finnest.agents.models.rules import Planner
from finnest.records import Record

FILE = "model.json"


class Choice(Record):
    """What was chosen."""

    kind: str = "rules"
    name: str = ""
    """The model's name at its provider."""
    url: str = ""
    key_file: str = ""
    """A file that holds the credential; it is never kept here."""


def read_choice(home: Path) -> Choice:
    """Return what was chosen for a home."""
    path = home / FILE
    return Choice.model_validate(json.loads(path.read_text())) if path.exists() else Choice()


def chosen(home: Path) -> Model:
    """Return the model of a home.

    Raises:
        ValueError: The choice names a kind that does not exist.
    """
    choice = read_choice(home)
    if choice.kind == "rules":
        return Planner()
    raise ValueError(f"no such kind of model: {choice.kind}")
