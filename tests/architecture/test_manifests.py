"""What a feature declares is what its code does."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from fastapi.openapi.utils import get_openapi

from finnest.dev.contracts import Declared
from finnest.dev.home import SERVICES
from finnest.records import Command
from tests.architecture.features import FEATURES, MANIFESTS, built, named

EACH = pytest.mark.parametrize("feature", FEATURES, ids=named)
PUBLISHED = {wire for manifest in MANIFESTS for wire in manifest.publishes}
WIRE = re.compile(r"[a-z][a-z0-9]+\.[a-z][a-z0-9_]*\.v[1-9][0-9]*")


@EACH
def test_every_event_of_the_rules_is_declared_and_no_other(feature: Declared) -> None:
    assert set(feature.manifest.publishes) == set(feature.events)


@EACH
def test_every_declared_command_is_taken_by_the_rules(feature: Declared) -> None:
    assert set(feature.manifest.commands) <= set(feature.commands)


@EACH
def test_a_command_that_travels_on_the_bus_is_declared(feature: Declared) -> None:
    """What is not declared may only be the result of an effect, which never leaves the feature."""
    undeclared = {
        kind.__name__ for wire, kind in feature.commands.items() if wire not in feature.manifest.commands
    }
    assert not undeclared & _sent_names(SERVICES / feature.manifest.name)


@EACH
def test_wires_are_of_the_feature_and_named_once(feature: Declared) -> None:
    kinds = {kind for decider in feature.deciders for kind in (*decider.commands, *decider.events)}
    for kind in kinds:
        assert WIRE.fullmatch(kind.wire), kind
        assert kind.wire.partition(".")[0] == feature.manifest.name, kind
    assert [wire for wire, times in Counter(kind.wire for kind in kinds).items() if times > 1] == []


@EACH
def test_ids_of_a_feature_tell_its_things_apart(feature: Declared) -> None:
    kinds = [decider.kind for decider in feature.deciders]
    assert len(kinds) == len({*kinds, "ping", "dead"}) - 2


@EACH
def test_what_an_event_is_read_as_is_an_own_command_that_knows_its_thing(feature: Declared) -> None:
    for consumed in feature.manifest.consumes:
        assert (consumed.mode == "react") == (consumed.take is not None), consumed
        if consumed.take is not None:
            assert consumed.take in feature.manifest.commands, consumed
            assert feature.commands[consumed.take].address is not Command.address, consumed


@EACH
def test_every_event_that_is_listened_to_is_published_by_somebody(feature: Declared) -> None:
    for consumed in feature.manifest.consumes:
        assert any(consumed.matches(wire) for wire in PUBLISHED), consumed


@EACH
def test_public_paths_are_the_routes(feature: Declared, tmp_path: Path) -> None:
    with built(feature, tmp_path) as ready:
        routes = ready.router.routes if ready.router else []
        paths = get_openapi(title="", version="", routes=routes)["paths"]
        served = {(method.upper(), path) for path, methods in paths.items() for method in methods}
        assert {(public.method, public.path) for public in feature.manifest.public} == served


@EACH
def test_every_effect_and_workflow_has_a_name_of_its_feature_or_its_own(
    feature: Declared, tmp_path: Path
) -> None:
    with built(feature, tmp_path) as ready:
        assert "replay_letter" not in ready.effects
        assert all(workflow.name.startswith(feature.manifest.name) for workflow in ready.workflows)


def test_no_two_features_serve_the_same_path() -> None:
    served = Counter((public.method, public.path) for manifest in MANIFESTS for public in manifest.public)
    assert [path for path, times in served.items() if times > 1] == []


def test_only_the_gateway_has_an_outward_port(tmp_path: Path) -> None:
    outward: list[str] = []
    for feature in FEATURES:
        with built(feature, tmp_path / feature.manifest.name) as ready:
            outward += [feature.manifest.name] if ready.public else []
    assert outward == ["gateway"]


@EACH
def test_the_card_names_the_agent_and_what_is_kept(feature: Declared) -> None:
    card = ast.get_docstring(ast.parse((SERVICES / feature.manifest.name / "__init__.py").read_text())) or ""
    assert "Agent:" in card
    assert (feature.manifest.agent or "none") in card
    assert "Keeps:" in card


def _sent_names(folder: Path) -> set[str]:
    """Return the names used in the functions that send commands to the bus."""
    trees = [ast.parse(path.read_text()) for path in folder.rglob("*.py")]
    functions = [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {
        node.id
        for function in functions
        if any(isinstance(node, ast.Attribute) and node.attr == "send" for node in ast.walk(function))
        for node in ast.walk(function)
        if isinstance(node, ast.Name)
    }


def test_who_calls_a_program_of_its_own_says_what_it_does_without_an_answer() -> None:
    """The platform is ready without it, so every caller must be too."""
    names = {manifest.name for manifest in MANIFESTS}
    native = {manifest.name for manifest in MANIFESTS if manifest.is_native}
    for manifest in MANIFESTS:
        assert set(manifest.calls) <= names, manifest.name
        assert native & set(manifest.calls) <= set(manifest.otherwise), manifest.name


def test_a_program_of_its_own_declares_nothing_that_only_python_has() -> None:
    for manifest in MANIFESTS:
        if manifest.is_native:
            python_only = (
                manifest.agent,
                manifest.module,
                manifest.setup,
                manifest.has_streams,
                manifest.keeps,
            )
            assert not any(python_only), manifest.name
