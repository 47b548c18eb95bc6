"""Who may call what, as Dapr's own matcher reads what is rendered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from finnest.dev.home import SERVICES
from finnest.dev.kubernetes.operations import operations
from finnest.dev.kubernetes.policy import callers, configuration, workflow_access
from finnest.manifest import Manifest, discover
from tests.support.matcher import Matcher

FEATURES = discover(SERVICES)
EACH = pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
VERBS = ("GET", "POST", "PUT", "DELETE")
ID = "invoice-abcdefghijklmnopqrstuvwxyz"


def _access(feature: Manifest) -> dict[str, Matcher]:
    policies: Sequence[Mapping[str, Any]] = configuration(feature, FEATURES)["spec"]["accessControl"][
        "policies"
    ]
    return {
        policy["appId"]: Matcher({one["name"]: one["httpVerb"] for one in policy["operations"]})
        for policy in policies
    }


def _real(path: str) -> str:
    return re.sub(r"\{\w+\}", ID, path)


@EACH
def test_everything_declared_is_let_in(feature: Manifest) -> None:
    access = _access(feature)
    for app, calls in callers(feature, FEATURES).items():
        for verb, path in calls:
            assert access[app].allows(verb, f"/{feature.name}{_real(path)}"), f"{app}: {verb} {path}"


@EACH
def test_a_verb_that_neither_a_path_nor_its_list_declares_is_refused(feature: Manifest) -> None:
    access = _access(feature)
    for app, calls in callers(feature, FEATURES).items():
        for path in {path for _, path in calls}:
            same = {verb for verb, other in calls if _entry(other) == _entry(path)}
            for verb in set(VERBS) - same:
                assert not access[app].allows(verb, f"/{feature.name}{_real(path)}"), f"{app}: {verb} {path}"


def _entry(path: str) -> str:
    """Return the path without the placeholder at its end: list and item share an entry."""
    return re.sub(r"/\{\w+\}$", "", path)


@EACH
@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/dapr/config", "/actors/x/y/method/turn", "/v1", "/v2/invoices", "/v1/unknown"]
)
def test_what_is_not_declared_is_refused(feature: Manifest, path: str) -> None:
    for app, matcher in _access(feature).items():
        for verb in VERBS:
            assert not matcher.allows(verb, path), app
            assert not matcher.allows(verb, f"/{feature.name}{path}"), app


@EACH
def test_who_is_not_named_is_refused_by_default(feature: Manifest) -> None:
    access = configuration(feature, FEATURES)["spec"]["accessControl"]
    assert access["defaultAction"] == "deny"
    assert all(policy["defaultAction"] == "deny" for policy in access["policies"])
    assert {policy["trustDomain"] for policy in access["policies"]} == {access["trustDomain"]}


def test_a_feature_that_asks_another_may_only_read_what_is_public_and_ask_what_changes_nothing() -> None:
    asked = {(m.name, other) for m in FEATURES for other in m.calls}
    assert asked
    for name, other in asked:
        feature = next(m for m in FEATURES if m.name == other)
        granted = callers(feature, FEATURES)[name]
        public = [call for call in granted if not call[1].startswith("/tools")]
        assert public == [(p.method, p.path) for p in feature.public if p.method == "GET" or not p.changes]


def test_an_agent_may_use_exactly_the_tools_that_its_manifest_names() -> None:
    matcher = {m.name: m for m in FEATURES}
    granted = callers(matcher["suppliers"], FEATURES)
    assert ("POST", "/tools/find_suppliers") in granted["payments"]
    assert ("POST", "/tools/explain_supplier") not in granted["payments"]
    assert ("POST", "/reservations") in callers(matcher["budgets"], FEATURES)["assistant"]
    assert "approvals" not in callers(matcher["budgets"], FEATURES)


@EACH
def test_only_the_feature_itself_moves_its_workflows(feature: Manifest) -> None:
    policy = workflow_access(feature)
    assert policy["scopes"] == [feature.name]
    assert [rule["callers"] for rule in policy["spec"]["rules"]] == [[{"appID": feature.name}]]


def test_a_change_of_rights_is_a_configuration_of_another_name() -> None:
    feature = next(m for m in FEATURES if m.public)
    fewer = feature.model_copy(update={"public": ()})
    names = {configuration(one, FEATURES)["metadata"]["name"] for one in (feature, fewer)}
    assert len(names) == 2


def test_a_literal_path_goes_before_a_placeholder() -> None:
    calls = [("GET", "/a/{id}"), ("POST", "/a/check"), ("GET", "/a/{id}/file")]
    assert list(operations(calls)) == ["/a/check", "/a/*", "/a/***/file"]
    matcher = Matcher(operations(calls))
    assert matcher.allows("POST", "/a/check")
    assert not matcher.allows("POST", f"/a/{ID}")
    assert not matcher.allows("POST", f"/a/{ID}/file")
