"""Writes down what features say to each other, in a form that any language reads (`shared/contracts`).

The source is the code: manifests and the records of the deciders. Nothing here is written by hand.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finnest.agents.tools import ToolResult, ToolSpec
from finnest.apps import TOGETHER
from finnest.context import Caller
from finnest.dev.home import REPO
from finnest.feature import Settings
from finnest.manifest import Manifest, discover
from finnest.records import Command, Event, Wired
from finnest.turn import Decider

FOLDER = REPO / "shared" / "contracts"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
BY_HAND = ("README.md", "vectors.json")
HEADING = """\
# Who tells whom what

Made by `finnest contracts` from the manifests; do not edit. The shape of each message stands in `events/` and
`commands/`. Every feature also hears its own events, and publishes `<feature>.dead_lettered.v1`,
`…dead_letter_replay_asked.v1` and `…dead_letter_replayed.v1` about messages that it could not take.
"""


@dataclass(frozen=True)
class Declared:
    """A Python feature: its manifest and its rules."""

    manifest: Manifest
    deciders: Sequence[Decider[Any]]

    @property
    def commands(self) -> dict[str, type[Command]]:
        """Wire name → record of every command that its rules take."""
        return {kind.wire: kind for decider in self.deciders for kind in decider.commands}

    @property
    def events(self) -> dict[str, type[Event]]:
        """Wire name → record of every event that its rules publish."""
        return {kind.wire: kind for decider in self.deciders for kind in decider.events}


def declared(services: Path) -> list[Declared]:
    """Load every Python feature below a folder; nothing is started."""
    settings = resting(services)
    found: list[Declared] = []
    for manifest in discover(services):
        if not manifest.is_native:
            module = importlib.import_module(manifest.module or f"services.{manifest.name}.main")
            found.append(Declared(manifest, module.rules(settings)))
    return found


def resting(services: Path, home: Path = Path("/nonexistent")) -> Settings:
    """Return settings of a process that serves nobody: enough to look at rules, or to try a feature on twins."""
    return Settings(
        home=home,
        cache=home,
        services=services,
        features=(),
        apps=dict(TOGETHER),
        app_port=0,
        gateway_port=0,
        dapr_http_port=0,
        dapr_grpc_port=0,
        dapr_token="",
        app_token="",
        nats_url="",
    )


def documents(features: Sequence[Declared]) -> dict[str, str]:
    """Return path below `shared/contracts` → content of everything that belongs there."""
    texts = {"flow.md": flow([feature.manifest for feature in features])}
    texts["feature.schema.json"] = _schema(Manifest, "urn:finnest:feature", "A feature's manifest")
    texts["caller.schema.json"] = _schema(Caller, "urn:finnest:caller", "Who asks")
    texts["tool.schema.json"] = _schema(ToolSpec, "urn:finnest:tool", "A tool as others see it")
    texts["tool_result.schema.json"] = _schema(ToolResult, "urn:finnest:tool_result", "What a tool answers")
    for feature in features:
        for wire in feature.manifest.publishes:
            texts[f"events/{wire}.json"] = _of_wire("event", feature.events[wire])
        for wire in feature.manifest.commands:
            texts[f"commands/{wire}.json"] = _of_wire("command", feature.commands[wire])
    return texts


def differing(texts: dict[str, str], folder: Path = FOLDER) -> list[str]:
    """Return the paths that are missing, stale or of another content."""
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - set(BY_HAND)
    changed = {name for name, text in texts.items() if name in there and (folder / name).read_text() != text}
    return sorted(changed | (there ^ set(texts)))


def write(texts: dict[str, str], folder: Path = FOLDER) -> list[str]:
    """Make the folder say exactly this; return the paths that changed."""
    paths = differing(texts, folder)
    for name in paths:
        path = folder / name
        if name in texts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[name])
        else:
            path.unlink()
    return paths


def flow(manifests: Sequence[Manifest]) -> str:
    """Return the choreography: every event with who tells and who takes it, every command with its cause."""
    events = [
        f"| `{wire}` | {manifest.name} | {'; '.join(_takers(wire, manifests)) or 'nobody'} |"
        for manifest in manifests
        for wire in manifest.publishes
    ]
    commands = [
        f"| `{wire}` | {manifest.name} | {', '.join(_causes(wire, manifest)) or 'its own routes and workflows'} |"
        for manifest in manifests
        for wire in manifest.commands
    ]
    calls = [
        f"- {manifest.name} asks {called}{_otherwise(manifest, called)}"
        for manifest in manifests
        for called in manifest.calls
    ]
    return "\n".join(
        [
            *(HEADING, "```", *_arrows(manifests), "```", ""),
            *("## Events", "| event | told by | taken by |", "|---|---|---|", *events, ""),
            *("## Commands", "| command | taken by | caused by |", "|---|---|---|", *commands, ""),
            *("## Direct calls", *(calls or ["None."]), ""),
        ]
    )


def _arrows(manifests: Sequence[Manifest]) -> list[str]:
    """Return a line per pair of features that act on each other's events."""
    lines: list[str] = []
    for teller in manifests:
        for taker in manifests:
            heard = [
                wire.removeprefix(f"{teller.name}.").removesuffix(".v1")
                for wire in teller.publishes
                for consumed in taker.consumes
                if taker != teller and consumed.mode == "react" and consumed.matches(wire)
            ]
            if heard:
                lines.append(f"{teller.name:>12} ──► {taker.name:<12} {', '.join(dict.fromkeys(heard))}")
    return lines


def _takers(wire: str, manifests: Iterable[Manifest]) -> list[str]:
    return [
        f"{manifest.name} ({'`' + consumed.take + '`' if consumed.take else 'views'})"
        for manifest in manifests
        for consumed in manifest.consumes
        if consumed.matches(wire)
    ]


def _causes(wire: str, manifest: Manifest) -> list[str]:
    return [f"`{consumed.event}`" for consumed in manifest.consumes if consumed.take == wire]


def _otherwise(manifest: Manifest, called: str) -> str:
    return f"; without an answer: {manifest.otherwise[called]}" if called in manifest.otherwise else ""


def _of_wire(lane: str, kind: type[Wired]) -> str:
    return _schema(kind, f"urn:finnest:{lane}:{kind.wire}", kind.wire)


def _schema(kind: type[Any], id: str, title: str) -> str:
    schema = {"$schema": DIALECT, "$id": id, **kind.model_json_schema(), "title": title}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
