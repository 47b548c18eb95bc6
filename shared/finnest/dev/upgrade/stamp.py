"""What a version is, as far as data depends on it: written beside the data at each start of another version."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from finnest.agents.mind import Minds
from finnest.dev.contracts import resting
from finnest.dev.errors import SetupError
from finnest.dev.home import REPO
from finnest.dev.pins import DAPR, NATS
from finnest.dev.upgrade.record import source
from finnest.letters import Letters, Pings
from finnest.manifest import Manifest, discover
from finnest.records import Event, Record
from finnest.turn import Decider
from finnest.turns import Noted

FORMAT = 1
ARRANGED_BY = ("shared/finnest/processes.py",)
"""What the bodies of all workflows are written with."""


class Stamp(Record):
    """One version of Finnest."""

    format: int = FORMAT
    source: str
    """Digest of the code."""
    pins: dict[str, str]
    """`dapr`, `nats` -> release."""
    heads: dict[str, int]
    """`<feature>/<kind>` -> schema of its state."""
    messages: dict[str, tuple[str, ...]]
    """Wire name of an event or command -> the fields that it must have."""
    consumers: dict[str, tuple[str, ...]]
    """Durable -> the subjects it takes."""
    workflows: dict[str, str]
    """Feature -> digest of what its workflows' bodies do; comments and docstrings do not count."""


def deciders(services: Path) -> dict[str, list[Decider[Any]]]:
    """Return feature -> all rules of its streams, those of the kernel and of its agent too."""
    settings = resting(services)
    manifests = discover(services)
    minds = Minds(manifests, settings)
    found: dict[str, list[Decider[Any]]] = {}
    for manifest in manifests:
        if manifest.has_streams and not manifest.is_native:
            module = import_module(manifest.module or f"services.{manifest.name}.main")
            name = manifest.name
            own = [*module.rules(settings), Pings(name), Letters(name)]
            found[name] = [*own, *minds.of(manifest).deciders]
    return found


def events(feature: str, rules: Sequence[Decider[Any]]) -> dict[str, type[Event]]:
    """Return wire name -> record of every event that streams of the feature hold under these rules."""
    noted = Noted.wire.replace("kernel.", f"{feature}.")
    return {noted: Noted, **{kind.wire: kind for decider in rules for kind in decider.events}}


def stamp(services: Path) -> Stamp:
    """Return what the code below a folder of features is."""
    rules = deciders(services)
    manifests = discover(services)
    kinds = [kind for own in rules.values() for one in own for kind in (*one.events, *one.commands)]
    return Stamp(
        source=source(),
        pins={module.name: module.version for module in (DAPR, NATS)},
        heads={f"{name}/{one.kind}": one.schema for name, own in rules.items() for one in own},
        messages={kind.wire: _needed(kind) for kind in kinds},
        consumers={
            durable: tuple(manifest.filters(lane, partition))
            for manifest in manifests
            for lane, partition, durable in manifest.consumers()
        },
        workflows={one.name: digest for one in manifests if (digest := _workflows(services, one))},
    )


def read(path: Path) -> Stamp | None:
    """Return what wrote the data, None when no version said so.

    Raises:
        SetupError: The file is of a later format, or broken.
    """
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text())
        if content["format"] > FORMAT:
            raise SetupError(
                f"{path} is of a later version.", "Check with the version that wrote it, or a later one."
            )
        return Stamp.model_validate(content)
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(
            f"{path} cannot be read.",
            "Put it back from a backup, or start the version that wrote the data once.",
        ) from error


def write(path: Path, made: Stamp) -> None:
    """Replace the file as a whole."""
    scratch = path.with_suffix(".new")
    scratch.write_text(json.dumps(made.wire_data(), indent=1, sort_keys=True) + "\n")
    scratch.replace(path)


def _needed(kind: type[Record]) -> tuple[str, ...]:
    return tuple(sorted(name for name, one in kind.model_fields.items() if one.is_required()))


def _workflows(services: Path, feature: Manifest) -> str:
    bodies = sorted(_bodies(services / feature.name))
    if not bodies:
        return ""
    content = hashlib.sha256()
    for path in [*bodies, *(REPO / one for one in ARRANGED_BY)]:
        content.update(_meaning(path.read_text()).encode())
    return content.hexdigest()[:16]


def _bodies(feature: Path) -> Iterator[Path]:
    """Yield the files that hold workflows' bodies: `workflow.py`, `workflow/bodies.py`, else all of `workflow`."""
    alone, among = feature / "workflow.py", feature / "workflow" / "bodies.py"
    if alone.exists() or among.exists():
        yield from (path for path in (alone, among) if path.exists())
    else:
        yield from (feature / "workflow").glob("*.py")


def _meaning(source: str) -> str:
    """Return a text that changes when what a file does changes."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body: Any = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [one for one in body if not _is_text(one)]  # pyright: ignore[reportAttributeAccessIssue]
    return ast.dump(tree)


def _is_text(node: object) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def differing_pins(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return `dapr 1.18.3 -> 1.18.4` for each that is another."""
    return [
        f"{name} {was} -> {now.get(name, 'none')}" for name, was in before.items() if now.get(name) != was
    ]
