"""Every feature with tools, in whatever language, keeps what `shared/contracts/README.md` asks: seen from its sidecar."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from finnest.agents.desk import MEMORY
from finnest.agents.tools import ToolResult, ToolSpec
from finnest.asking import action_hash
from finnest.clock import SystemClock
from finnest.context import GRANT_HEADER, HEADER, Caller, seal, sign
from finnest.dev.home import SERVICES
from finnest.dev.ports import Ports
from finnest.manifest import Manifest, discover
from tests.support.person import Answer
from tests.support.platform import Platform

USES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "approvals": ("find_waiting", {}),
    "calendar": ("list_holidays", {"place": "NZ", "year": 2026}),
    "invoices": ("find_invoices", {}),
    "matching": ("find_exceptions", {}),
    "payments": ("find_payments", {}),
    "suppliers": ("find_suppliers", {"name": "nobody"}),
}
"""A use of a reading tool of each feature."""
PERSON = Caller(tenant="acme", user="ann", roles=("admin", "viewer"))
AGENT = PERSON.model_copy(update={"agent": "assistant"})
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
MIB = 1024 * 1024
FEATURES = [manifest for manifest in discover(SERVICES) if manifest.tools]
EACH = pytest.mark.parametrize("feature", FEATURES, ids=lambda one: one.name)


class App:
    """The app that hosts a feature, asked as its sidecar would."""

    def __init__(self, platform: Platform, feature: Manifest) -> None:
        ports = Ports.read(platform.home.read_run()["ports"])
        pair = ports.pairs.get(feature.name) or ports.pairs["finnest"]
        self._secrets = platform.home.secrets()
        self._port = pair.app
        self._prefix = f"/{feature.name}"
        self.feature = feature

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        who: Caller | None = PERSON,
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        """Return the answer; bytes are sent as they are, a header that is None is left out."""
        sent: dict[str, str | None] = {
            "dapr-api-token": self._secrets.app_api_token,
            "content-type": "application/json",
            "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
            HEADER: self.signed(who) if who else None,
            **(headers or {}),
        }
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            given = {name: value for name, value in sent.items() if value is not None}
            connection.request(method, path if path == "/healthz" else self._prefix + path, raw, given)
            answer = connection.getresponse()
            return Answer(answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def use(self, who: Caller, grant: str | None = None) -> Answer:
        """Use the feature's reading tool."""
        tool, args = USES[self.feature.name]
        return self.ask("POST", f"/tools/{tool}", args, who, {GRANT_HEADER: grant})

    def signed(self, who: Caller, age_s: float = 0) -> str:
        """Return the caller as the gateway signs it, some seconds ago."""
        return sign(who, self._secrets.context_key, SystemClock().now() - timedelta(seconds=age_s))

    def grant(self, who: Caller, **other: object) -> str:
        """Return the grant for the use, with other arguments where some are given."""
        tool, args = USES[self.feature.name]
        exact = action_hash(f"{self.feature.name}.{tool}", {**args, **other}, "")
        body = {"tenant": who.tenant, "user": who.user, "exact": exact, "decided": False, "tainted": False}
        return seal(body, self._secrets.context_key, SystemClock().now())


@pytest.fixture
def app(platform: Platform, feature: Manifest) -> App:
    """The app that hosts the feature."""
    return App(platform, feature)


def refused(answer: Answer, status: int, slug: str) -> None:
    """Check that a refusal is a problem of the one shape."""
    assert (answer.status, answer.slug) == (status, slug)
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.content
    assert set(said) == {"type", "title", "status", "detail", "retryable", "trace_id"}
    assert (said["status"], said["title"], said["retryable"]) == (status, slug.replace("-", " "), False)
    assert said["detail"]


@EACH
async def test_health_is_open_and_everything_else_is_the_sidecar_s(app: App) -> None:
    assert app.ask("GET", "/healthz", who=None, headers={"dapr-api-token": None}).status == 204
    for token in (None, "", "guessed"):
        refused(app.ask("GET", "/tools", headers={"dapr-api-token": token}), 401, "sidecar-only")


@EACH
async def test_tools_are_those_of_the_manifest_in_the_one_form(app: App) -> None:
    answer = app.ask("GET", "/tools", who=None).content
    assert answer["next"] is None
    own = {tool.name: tool.effect for tool in app.feature.tools}
    own |= MEMORY if app.feature.agent else {}
    assert {one["name"]: one["effect"] for one in answer["items"]} == {
        f"{app.feature.name}.{name}": effect for name, effect in own.items()
    }
    for one in answer["items"]:
        assert ToolSpec.model_validate(one).wire_data() == one
        assert (one["parameters"]["type"], one["parameters"]["additionalProperties"]) == ("object", False)


@EACH
async def test_every_public_path_is_described(app: App) -> None:
    described = app.ask("GET", "/openapi.json", who=None).content["paths"]
    for public in app.feature.public:
        assert described[public.path][public.method.lower()]["responses"]


@EACH
async def test_only_a_signed_caller_of_now_is_heard(app: App) -> None:
    tool, args = USES[app.feature.name]
    public = next(one for one in app.feature.public if one.method == "GET" and "{" not in one.path)
    for method, path, body in (("POST", f"/tools/{tool}", args), ("GET", public.path, None)):
        refused(app.ask(method, path, body, who=None), 401, "context-not-signed")
        forged = {HEADER: f"{app.signed(PERSON)[:-4]}0000"}
        refused(app.ask(method, path, body, headers=forged), 401, "context-not-signed")
        refused(
            app.ask(method, path, body, headers={HEADER: app.signed(PERSON, 120)}), 401, "context-expired"
        )


@EACH
async def test_a_person_uses_a_tool_and_an_agent_with_a_grant_for_exactly_that(app: App) -> None:
    for answer in (app.use(PERSON), app.use(AGENT, app.grant(AGENT))):
        assert answer.status == 200, answer.body
        assert set(answer.content) == {"summary", "content"}
        assert ToolResult.model_validate(answer.content).summary
    refused(app.use(AGENT), 401, "context-not-signed")
    refused(app.use(AGENT, app.grant(AGENT, more="more")), 403, "no-grant")
    other = AGENT.model_copy(update={"user": "bob"})
    refused(app.use(AGENT, app.grant(other)), 403, "no-grant")


@EACH
async def test_what_is_not_there_and_what_is_wrong_is_told_alike(app: App) -> None:
    tool, args = USES[app.feature.name]
    refused(app.ask("GET", "/v1/nothing"), 404, "no-such-path")
    refused(app.ask("DELETE", "/tools"), 405, "method-not-allowed")
    refused(app.ask("POST", "/tools/nothing", {}), 404, "no-such-tool")
    refused(app.ask("POST", f"/tools/{tool}/preview", args), 404, "no-preview")
    refused(app.ask("POST", f"/tools/{tool}", b'{"place'), 400, "bad-json")
    refused(app.ask("POST", f"/tools/{tool}", []), 422, "bad-request")
    refused(app.ask("POST", f"/tools/{tool}", {**args, "unknown": 1}), 422, "bad-arguments")
    assert app.ask("GET", "/v1/nothing").content["trace_id"] == TRACE
    assert app.ask("GET", "/v1/nothing", headers={"traceparent": "?"}).content["trace_id"] == ""


@EACH
async def test_a_body_has_a_bound(app: App) -> None:
    tool, _ = USES[app.feature.name]
    declared = {"content-length": str(9 * MIB)}
    refused(app.ask("POST", f"/tools/{tool}", headers=declared), 413, "body-too-large")
