"""What apps asked of their sidecars is held to what is declared: real lines of a sidecar's log, and planted ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from finnest.apps import TOGETHER
from finnest.dev.home import SERVICES
from finnest.dev.readiness import ASKER
from finnest.manifest import discover
from tests.support.calls import Call, Observed, read
from tests.support.rights import Declared

FEATURES = discover(SERVICES)
APART = Declared(FEATURES, {feature.name: feature.name for feature in FEATURES})


def http(app: str, method: str) -> str:
    return (
        f'time="2026-11-24T17:05:30Z" level=info msg="HTTP API Called" app_id={app} code=204 duration=1 instance=vm '
        f'method="{method}" scope=dapr.runtime.http-info size=0 type=log useragent="Python/3.11" ver=unknown'
    )


def grpc(app: str, method: str) -> str:
    return (
        f'time="2026-11-24T17:05:30Z" level=info msg="gRPC API Called" app_id={app} code=0 duration=1 instance=vm '
        f"method={method} scope=dapr.runtime.grpc.api-info type=log ver=unknown"
    )


def asked(line: str) -> Call:
    call = read(line)
    assert call is not None
    return call


USUAL = (
    http("gateway", "POST /v1.0/invoke/payments/method/payments/ping"),
    http("gateway", "GET /v1.0/invoke/invoices/method/invoices/v1/invoices/inv-1"),
    http("payments", "GET /v1.0/invoke/calendar/method/calendar/v1/calendar/business-days"),
    http("payments", "POST /v1.0/publish/bus/events.payments.paid.v1.3"),
    http("payments", "POST /v1.0/state/state-payments/transaction"),
    http("payments", "PUT /v1.0/actors/payments.treasurer/demo.pay-1/method/turn"),
    http("payments", "GET /v1.0/secrets/secrets/context_key"),
    http("payments", "GET /v1.0/healthz"),
    http("payments", "POST /v1.0/shutdown"),
    grpc("payments", "/TaskHubSidecarService/StartInstance"),
    grpc("payments", "/dapr.proto.runtime.v1.Dapr/SubscribeTopicEventsAlpha1"),
)
PLANTED = (
    (http("payments", "POST /v1.0/invoke/suppliers/method/suppliers/v1/suppliers"), "lets in no POST"),
    (http("gateway", "DELETE /v1.0/invoke/payments/method/payments/v1/payments"), "lets in no DELETE"),
    (http("matching", "POST /v1.0/invoke/invoices/method/invoices/v1/invoices"), "lets in no POST"),
    (http("gateway", "GET /v1.0/invoke/payments/method/invoices/v1/invoices"), "hosts no feature"),
    (http("invoices", "POST /v1.0/publish/bus/events.budgets.warned.v1.3"), "not among what is declared"),
    (http("invoices", "POST /v1.0/publish/bus/events.invoices.received.v1.9"), "not among what is declared"),
    (http("invoices", "POST /v1.0/state/state-payments/bulk"), "not among what is declared"),
    (http("invoices", "POST /v1.0/state/actors-invoices/bulk"), "not among what is declared"),
    (http("invoices", "PUT /v1.0/actors/payments.treasurer/demo.pay-1/method/turn"), "not among"),
    (http("invoices", "GET /v1.0/secrets/secrets/nats_url"), "not among what is declared"),
    (http("invoices", "GET /v1.0/metadata"), "no allow-list opens metadata"),
    (http("calendar", "POST /v1.0/publish/bus/events.calendar.told.v1.0"), "no allow-list opens publish"),
    (grpc("invoices", "/TaskHubSidecarService/StartInstance"), "no allow-list opens workflows"),
    (grpc("invoices", "/dapr.proto.runtime.v1.Dapr/InvokeService"), "no allow-list opens invokeservice"),
    (http("stranger", "POST /v1.0/state/state-payments/bulk"), "no feature is hosted"),
)


@pytest.mark.parametrize("line", USUAL)
def test_what_is_declared_is_no_problem(line: str) -> None:
    assert APART.problem(asked(line)) is None


@pytest.mark.parametrize(("line", "why"), PLANTED)
def test_what_is_not_declared_is_reported(line: str, why: str) -> None:
    assert why in str(APART.problem(asked(line)))


def test_an_app_of_several_features_may_do_what_one_of_them_may() -> None:
    together = Declared(FEATURES, {"calendar": "calendar", **TOGETHER})
    assert together.problem(asked(http("finnest", "POST /v1.0/state/state-payments/bulk"))) is None
    assert together.problem(asked(http("finnest", "POST /v1.0/state/state-refunds/bulk")))
    assert (
        together.problem(asked(http("finnest", "GET /v1.0/invoke/finnest/method/payments/openapi.json")))
        is None
    )


def test_what_was_never_seen_is_listed() -> None:
    before = APART.unused([])
    after = APART.unused([asked(line) for line in USUAL])
    gone = set(before) - set(after)
    assert {"payments publish bus/events.payments.paid.v1", "gateway calls POST /payments/ping"} <= gone
    assert "payments publish bus/events.payments.held.v1" in after


def test_a_line_that_tells_no_call_is_passed_over() -> None:
    assert read('time="2026-11-24T17:05:30Z" level=warning msg="API Called"') is None


def test_what_the_launcher_asks_is_no_call_of_an_app() -> None:
    line = http("payments", "GET /v1.0/metadata")
    assert read(line)
    assert read(line.replace("Python/3.11", ASKER)) is None


def test_nothing_is_missed_when_a_log_is_rotated(tmp_path: Path) -> None:
    log, observed = tmp_path / "sidecar-payments.log", Observed(tmp_path)
    before = [USUAL[0], USUAL[7], USUAL[8]]
    log.write_text("\n".join([*before, USUAL[3][:40]]))
    observed.look()
    assert len(observed.calls) == 3
    log.with_suffix(".log.1").write_text("\n".join([*before, USUAL[3], USUAL[4]]) + "\n")
    log.write_text(USUAL[5] + "\n")
    observed.look()
    assert {call.kind for call in observed.calls} == {
        "invoke",
        "healthz",
        "shutdown",
        "publish",
        "store",
        "actor",
    }
