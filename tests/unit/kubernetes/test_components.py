"""The Dapr components of an installation on Kubernetes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from finnest.agents.desk import reachable
from finnest.dev.home import SERVICES
from finnest.dev.kubernetes import components, network
from finnest.dev.kubernetes.resiliency import resiliency
from finnest.dev.render import ACK_WAIT_S, MAX_ACK_PENDING
from finnest.manifest import Manifest, discover

FEATURES = discover(SERVICES)
EACH = pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
STREAMING = pytest.mark.parametrize(
    "feature", [one for one in FEATURES if one.has_streams], ids=lambda feature: feature.name
)


def _loaded(texts: list[str]) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for text in texts if (one := yaml.safe_load(text))}


def _metadata(component: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one.get("value", one.get("secretKeyRef")) for one in component["spec"]["metadata"]}


@EACH
def test_a_component_is_seen_by_its_feature_only(feature: Manifest) -> None:
    found = _loaded(components.of_feature(feature))
    assert all(one["scopes"] == [feature.name] for one in found.values())


@STREAMING
def test_a_consumer_is_bound_to_the_durable_that_the_bus_has(feature: Manifest) -> None:
    found = _loaded(components.of_feature(feature))
    for lane, _, durable in feature.consumers():
        has = _metadata(found[durable])
        assert (has["streamName"], has["durableName"], has["queueGroupName"]) == (lane, durable, durable)
        assert (has["ackWait"], has["maxAckPending"]) == (f"{ACK_WAIT_S}s", str(MAX_ACK_PENDING))
        assert has["concurrency"] == "single"


@EACH
def test_truth_is_in_postgresql_under_keys_as_they_are(feature: Manifest) -> None:
    rendered = _loaded(components.of_feature(feature))
    assert feature.has_store or not rendered
    if not feature.has_store:
        return
    state = rendered[feature.store]
    assert (state["spec"]["type"], state["spec"]["version"]) == ("state.postgresql", "v2")
    assert _metadata(state)["keyPrefix"] == "none"
    assert _metadata(state)["connectionString"] == {"name": f"{feature.name}-state", "key": "url"}


def test_a_feature_publishes_its_own_messages_and_those_it_takes() -> None:
    scopes = _metadata(_loaded(components.shared(FEATURES))["bus"])["publishingScopes"]
    granted = dict(part.split("=") for part in scopes.replace(" ", "").split(";") if part)
    assert set(granted) == {one.name for one in FEATURES if one.has_streams}
    approvals = granted["approvals"].split(",")
    assert "events.approvals.opened.v1.0" in approvals
    assert "events.payments.approval_requested.v1.3" in approvals
    assert "commands.approvals.ping.v1.0" in approvals
    assert "events.approvals.noted.v1.0" in approvals
    assert not [topic for topic in approvals if topic.startswith("commands.payments")]
    assert "events.payments.paid.v1.0" not in approvals
    assert not [topic for topics in granted.values() for topic in topics.split(",") if "*" in topic]


def test_an_agent_publishes_what_its_runs_say_and_replays_what_they_take() -> None:
    scopes = _metadata(_loaded(components.shared(FEATURES))["bus"])["publishingScopes"]
    granted = dict(part.split("=") for part in scopes.replace(" ", "").split(";") if part)
    assistant = granted["assistant"].split(",")
    for topic in (
        "commands.assistant.ask_agent.v1.0",
        "events.assistant.agent_done.v1.3",
        "events.assistant.approval_requested.v1.0",
        "commands.assistant.remember_exchange.v1.0",
        "commands.assistant.keep_fact.v1.0",
        "events.approvals.approved.v1.0",
        "events.payments.agent_reported.v1.0",
    ):
        assert topic in assistant
    assert len(assistant) == len(set(assistant))
    assert not [topic for topic in granted["budgets"].split(",") if "agent" in topic]


def test_no_component_holds_a_secret() -> None:
    texts = [text for one in FEATURES for text in components.of_feature(one)] + components.shared(FEATURES)
    for component in _loaded(texts).values():
        for name, value in _metadata(component).items():
            assert name not in ("connectionString", "natsURL") or isinstance(value, dict)


@EACH
def test_every_retry_of_dapr_s_own_has_a_budget(feature: Manifest) -> None:
    policies = resiliency(feature, FEATURES)["spec"]["policies"]
    built_in = {name: one for name, one in policies["retries"].items() if name.startswith("DaprBuiltIn")}
    assert len(built_in) == 4
    assert all(0 < one["maxRetries"] <= 5 for one in built_in.values())


@EACH
def test_every_name_in_a_target_is_a_policy(feature: Manifest) -> None:
    spec = resiliency(feature, FEATURES)["spec"]
    kinds = {"timeout": "timeouts", "retry": "retries", "circuitBreaker": "circuitBreakers"}
    for targets in spec["targets"].values():
        for target in targets.values():
            for kind, name in target.get("outbound", target).items():
                assert name in spec["policies"][kinds[kind]]


@EACH
def test_no_breaker_stands_before_another_feature(feature: Manifest) -> None:
    apps = resiliency(feature, FEATURES)["spec"]["targets"].get("apps", {})
    assert all("circuitBreaker" not in target for target in apps.values())


@EACH
def test_a_pod_hears_only_the_sidecars_of_its_callers(feature: Manifest) -> None:
    spec = network.policy(feature, FEATURES)["spec"]
    heard = {
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for rule in spec["ingress"]
        for peer in rule["from"]
        if "podSelector" in peer
    }
    declared = {one.name for one in FEATURES if feature.name in one.calls}
    agents = [one for one in FEATURES if one.agent is not None]
    declared |= {
        one.name for one in agents if any(n.startswith(f"{feature.name}.") for n in reachable(one, FEATURES))
    }
    declared |= {one.name for one in agents} if feature.name == "budgets" else set()
    own = {feature.name} if feature.has_streams else set[str]()
    outside = {"gateway"} if feature.name != "gateway" else set[str]()
    assert heard == declared | own | outside
