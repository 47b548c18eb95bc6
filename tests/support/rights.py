"""What each feature may do, read from what `finnest render` wrote into `k8s/features`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from finnest.apps import Apps, host
from finnest.dev.home import REPO
from finnest.manifest import Manifest
from tests.support.calls import Call
from tests.support.matcher import Matcher

FOLDER = REPO / "k8s" / "features"
WORKFLOWS = "workflows"
FREE = frozenset({"healthz"})
"""What every sidecar answers, whatever its allow-list says."""


@dataclass(frozen=True)
class Rights:
    """The rights of one feature."""

    api: frozenset[tuple[str, str]]
    """(protocol, building block) that its sidecar answers."""
    secrets: frozenset[tuple[str, str]]
    stores: frozenset[str]
    topics: frozenset[str]
    workflows: bool
    """Whether a policy lets it start and move its own workflows."""
    actor: str
    """Its type; empty for a feature without actors."""
    called_by: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict[str, Any])
    """Calling feature -> operation -> verbs, in the order of the file."""


class Declared:
    """The rights of all features, asked about apps that host one or several of them."""

    def __init__(self, features: Sequence[Manifest], apps: Apps, folder: Path = FOLDER) -> None:
        shared = list(_documents(folder / "shared.yaml"))
        self._apps = apps
        self._of = {one.name: _rights(one, folder, shared) for one in features}
        self._matchers = {
            (caller, name): Matcher(operations)
            for name, rights in self._of.items()
            for caller, operations in rights.called_by.items()
        }

    def problem(self, call: Call) -> str | None:
        """Return why a call is not declared, for the app that made it; None when it is."""
        mine = [name for name in self._of if host(name, self._apps) == call.app]
        if not mine:
            return "no feature is hosted by this app"
        block = "secrets" if call.kind == "secret" else call.block
        if block not in FREE and not any((call.protocol, block) in self._of[one].api for one in mine):
            return f"no allow-list opens {block} over {call.protocol}"
        if call.kind == "invoke":
            return self._refused(call, mine)
        allowed = {entry for one in mine for entry in self._entries(one, call.kind)}
        if call.kind in ("publish", "secret", "store", "actor") and call.target not in allowed:
            return f"{call.kind} {call.target} is not among what is declared"
        if call.kind == WORKFLOWS and not any(self._of[one].workflows for one in mine):
            return "no policy lets it move workflows"
        return None

    def unused(self, seen: Sequence[Call]) -> list[str]:
        """Return what is declared and was not seen, one line each; topics without their partition."""
        used = {(call.kind, call.target) for call in seen}
        lines: set[str] = set()
        for name, rights in self._of.items():
            for kind in ("publish", "secret", "store", "actor"):
                for target in self._entries(name, kind):
                    if kind == "publish":
                        same = any((kind, f"{target.rpartition('.')[0]}.{p}") in used for p in range(8))
                    else:
                        same = (kind, target) in used
                    if not same:
                        shown = target.rpartition(".")[0] if kind == "publish" else target
                        lines.add(f"{name} {kind} {shown}")
            for caller, operations in rights.called_by.items():
                calls = [one for one in seen if one.kind == "invoke" and self._is_from(one, caller, name)]
                for operation, verbs in operations.items():
                    alone = Matcher({operation: verbs})
                    lines |= {
                        f"{caller} calls {verb} {operation}"
                        for verb in verbs
                        if not any(one.verb == verb and alone.allows(verb, one.path) for one in calls)
                    }
        return sorted(lines)

    def _is_from(self, call: Call, caller: str, target: str) -> bool:
        return call.app == host(caller, self._apps) and call.path.split("/")[1:2] == [target]

    def _entries(self, name: str, kind: str) -> frozenset[str]:
        rights = self._of[name]
        if kind == "secret":
            return frozenset("/".join(pair) for pair in rights.secrets)
        per_kind = {
            "publish": rights.topics,
            "store": rights.stores,
            "actor": frozenset({rights.actor} - {""}),
        }
        return per_kind.get(kind, frozenset())

    def _refused(self, call: Call, mine: Sequence[str]) -> str | None:
        target = call.path.split("/")[1] if call.path.count("/") else ""
        if target not in self._of or host(target, self._apps) != call.target:
            return f"{call.target} hosts no feature {target!r}"
        for caller in mine:
            matcher = self._matchers.get((caller, target))
            if matcher is not None and matcher.allows(call.verb, call.path):
                return None
        return f"{target} lets in no {call.verb} {call.path} of {', '.join(mine)}"


def _rights(feature: Manifest, folder: Path, shared: Sequence[Mapping[str, Any]]) -> Rights:
    own = list(_documents(folder / feature.name / "rights.yaml"))
    spec = next(one["spec"] for one in own if one["kind"] == "Configuration")
    parts = [*_documents(folder / feature.name / "components.yaml"), *shared]
    scoped = [one for one in parts if one["kind"] == "Component" and feature.name in one["scopes"]]
    policies = spec["accessControl"]["policies"]
    return Rights(
        api=frozenset((one["protocol"], one["name"]) for one in spec["api"]["allowed"]),
        secrets=frozenset(
            (scope["storeName"], secret)
            for scope in spec["secrets"]["scopes"]
            for secret in scope.get("allowedSecrets", [])
        ),
        stores=frozenset(
            one["metadata"]["name"]
            for one in scoped
            if one["spec"]["type"].startswith("state.") and not _is_for_actors(one)
        ),
        topics=frozenset(topic for one in scoped for topic in _topics(one, feature.name)),
        workflows=any(one["kind"] == "WorkflowAccessPolicy" for one in own),
        actor=feature.actor if feature.has_streams else "",
        called_by={
            one["appId"]: {entry["name"]: entry["httpVerb"] for entry in one.get("operations") or ()}
            for one in policies
        },
    )


def _is_for_actors(component: Mapping[str, Any]) -> bool:
    """Return whether only the sidecar itself uses the store, for workflow histories."""
    return any(entry["name"] == "actorStateStore" for entry in component["spec"]["metadata"])


def _topics(component: Mapping[str, Any], app: str) -> Iterator[str]:
    """Return `<component>/<topic>` of everything that the app may publish there."""
    for entry in component["spec"]["metadata"]:
        if entry["name"] != "publishingScopes":
            continue
        for line in entry["value"].split(";"):
            name, _, topics = line.strip().partition("=")
            if name == app:
                yield from (
                    f"{component['metadata']['name']}/{topic}" for topic in topics.split(",") if topic
                )


def _documents(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.exists():
        yield from (one for one in yaml.safe_load_all(path.read_text()) if one)
