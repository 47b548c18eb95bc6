"""Which model thinks: `model.json` of the home, written by `finnest model set`; the offline planner by default."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal

from finnest.agents.models.cassette import Cassette
from finnest.agents.models.port import Embedder, Model
from finnest.agents.models.rules import Planner
from finnest.records import Record

FILE = "model.json"
Kind = Literal["rules", "anthropic", "openai", "cassette"]


class Choice(Record):
    """What was chosen."""

    kind: Kind = "rules"
    name: str = ""
    """The model's name at its provider."""
    url: str = ""
    """Where the API is, when not at the provider's own place."""
    key_file: str = ""
    """A file that holds the credential; the credential itself is kept nowhere here."""
    embeddings: str = ""
    """The embeddings model at the same endpoint, by which facts are recalled; none means by words."""
    folder: str = ""
    """Where recorded answers are."""


def read_choice(home: Path) -> Choice:
    """Return what was chosen for a home."""
    path = home / FILE
    return Choice.model_validate(json.loads(path.read_text())) if path.exists() else Choice()


def write_choice(home: Path, choice: Choice) -> None:
    """Keep a choice; running apps take it at their next start."""
    path = home / FILE
    scratch = path.with_suffix(".new")
    scratch.write_text(choice.model_dump_json(indent=1) + "\n")
    os.replace(scratch, path)


def chosen(home: Path) -> Model:
    """Return the model of a home."""
    return made(read_choice(home))


def made(choice: Choice) -> Model:
    """Return the model of a choice; the SDKs are loaded only when one is needed.

    Raises:
        OSError: The file with the credential cannot be read.
    """
    key = _key(choice)
    match choice.kind:
        case "rules":
            return Planner()
        case "anthropic":
            from finnest.agents.models.anthropic import Anthropic

            return Anthropic(choice.name, key, choice.url)
        case "openai":
            from finnest.agents.models.openai import OpenAI

            return OpenAI(choice.name, key, choice.url)
        case "cassette":
            return Cassette(Path(choice.folder).expanduser())


def embedder(choice: Choice) -> Embedder | None:
    """Return the embeddings model of a choice, or None when there is none.

    Raises:
        OSError: The file with the credential cannot be read.
    """
    if choice.kind != "openai" or not choice.embeddings:
        return None
    from finnest.agents.models.embeddings import OpenAIEmbeddings

    return OpenAIEmbeddings(choice.embeddings, _key(choice), choice.url)


def _key(choice: Choice) -> str:
    return Path(choice.key_file).expanduser().read_text().strip() if choice.key_file else ""
