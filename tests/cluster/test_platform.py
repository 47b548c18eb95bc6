"""The platform on a real cluster does what it is for, and nothing that it was not told to."""

from __future__ import annotations

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from finnest.dev.home import REPO
from finnest.testing import eventually
from tests.cluster.platform import FEATURES, Platform, numbered

INVOICE = (REPO / "tests" / "data" / "demo" / "04-invoice-clean.xml").read_bytes()
SETTLED = ("unmatched", "matched", "exception", "duplicate")
AT_ONCE = 12


def _number() -> str:
    return f"KP-{10**7 + secrets.randbelow(9 * 10**7)}"


def _sent(platform: Platform, number: str) -> str:
    status, answer = platform.call("POST", "/v1/invoices", numbered(INVOICE, number))
    assert status in (200, 201, 202), answer
    return str(answer["id"])


def _status(platform: Platform, invoice: str) -> str:
    status, answer = platform.call("GET", f"/v1/invoices/{invoice}")
    return str(answer["status"]) if status == 200 else ""


async def test_a_document_goes_through_the_gateway_and_four_features(platform: Platform) -> None:
    invoice = _sent(platform, _number())
    assert await eventually(lambda: _status(platform, invoice) in SETTLED, within_s=60)


async def test_every_feature_answers_through_bus_actor_and_store(platform: Platform) -> None:
    def ready() -> bool:
        status, content = platform.ask("gateway", "GET", "http://127.0.0.1:8080/readyz", token=False)
        return status == 200 and set(json.loads(content)["features"]) == set(FEATURES)

    assert await eventually(ready, within_s=60)


async def test_nothing_is_lost_or_doubled_when_the_pod_under_work_is_killed(platform: Platform) -> None:
    numbers = [_number() for _ in range(AT_ONCE)]

    async def take(number: str) -> str:
        # As a client does: again under the same number until it is answered.
        return await eventually(lambda: _patient(platform, number), within_s=120)

    with ThreadPoolExecutor(1) as beside:
        half = [_sent(platform, number) for number in numbers[: AT_ONCE // 2]]
        killing = beside.submit(
            platform.kubectl,
            "delete",
            "pod",
            platform.pod("invoices")["metadata"]["name"],
            "--grace-period=0",
            "--force",
        )
        rest = [await take(number) for number in numbers[AT_ONCE // 2 :]]
        killing.result()
    for invoice in [*half, *rest]:
        assert await eventually(lambda one=invoice: _status(platform, one) in SETTLED, within_s=120)
    assert len({*half, *rest}) == AT_ONCE
    listed = [_listed(platform, number) for number in numbers]
    assert listed == [1] * AT_ONCE


def _patient(platform: Platform, number: str) -> str:
    status, answer = platform.call("POST", "/v1/invoices", numbered(INVOICE, number))
    return str(answer["id"]) if status in (200, 201, 202) else ""


def _listed(platform: Platform, number: str) -> int:
    found, after = 0, ""
    while True:
        _, page = platform.call("GET", f"/v1/invoices?limit=100{after}")
        found += sum(item["number"] == number for item in page["items"])
        if not page.get("next"):
            return found
        after = f"&after={page['next']}"


def test_who_is_not_known_is_refused_at_the_gateway(platform: Platform) -> None:
    assert platform.call("GET", "/v1/invoices", key="fin_dev_unknown")[0] == 401


@pytest.mark.parametrize("path", ["/readyz", "/", "/invoices/v1/invoices", "/v1/unknown", "/actors"])
def test_a_path_that_nobody_declared_does_not_reach_the_gateway(platform: Platform, path: str) -> None:
    assert platform.call("GET", path)[0] == 404


DENIED: dict[str, tuple[str, str, str, Any, tuple[int, ...]]] = {
    "a call that is not declared": (
        "matching",
        "POST",
        "/invoke/invoices/method/invoices/v1/invoices",
        {},
        (403,),
    ),
    "an actor's route as a call": (
        "matching",
        "PUT",
        "/invoke/invoices/method/actors/invoices.clerk/a/method/turn",
        {},
        (403,),
    ),
    "the API of calls": (
        "suppliers",
        "GET",
        "/invoke/invoices/method/invoices/v1/invoices",
        None,
        (403, 404, 501),
    ),
    "another's topic": ("suppliers", "POST", "/publish/bus/events.payments.paid.v1.0", {}, (403,)),
    "another's command": ("suppliers", "POST", "/publish/bus/commands.payments.confirm.v1.0", {}, (403,)),
    "another's store": ("suppliers", "GET", "/state/state-payments/x", None, (400,)),
    "another's consumer": (
        "suppliers",
        "POST",
        "/publish/events-payments-0/events.suppliers.x.v1.0",
        {},
        (404,),
    ),
    "a secret that is not its own": ("suppliers", "GET", "/secrets/secrets/other", None, (403,)),
    "every secret": ("suppliers", "GET", "/secrets/secrets/bulk", None, (200,)),
    "Kubernetes' secrets": ("suppliers", "GET", "/secrets/kubernetes/payments-state", None, (401, 403, 500)),
    "the sidecar's insides": ("suppliers", "GET", "/metadata", None, (403, 404, 501)),
}
"""What is asked → (feature, verb, path, body, what the sidecar answers)."""


@pytest.mark.parametrize("what", DENIED)
def test_what_was_not_granted_is_denied(platform: Platform, what: str) -> None:
    feature, method, path, body, expected = DENIED[what]
    status, content = platform.ask(feature, method, path, body)
    assert status in expected, content
    if status == 200:
        assert set(json.loads(content)) <= {"context_key"}


def test_what_was_granted_is_not(platform: Platform) -> None:
    status, _ = platform.ask("matching", "GET", "/invoke/invoices/method/invoices/v1/invoices/inv-x")
    assert status in (401, 404), "it reaches the feature, which asks who it is"


def test_a_sidecar_answers_nobody_without_its_token(platform: Platform) -> None:
    assert platform.ask("suppliers", "GET", "/state/state-suppliers/x", token=False)[0] == 401
