"""What the kubelet is told by a pod."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from finnest.dapr.sidecar import Sidecar
from finnest.dev.kubernetes.pod import Health
from finnest.errors import Unavailable


class _Sidecar:
    """A sidecar that answers a health check as it is told."""

    def __init__(self, status: int = 204) -> None:
        self.status = status

    async def send(
        self, method: str, path: str, content: Any = None, *, timeout_s: float = 5.0
    ) -> tuple[int, bytes]:
        assert (method, path, content) == ("GET", "/healthz", None)
        if not self.status:
            raise Unavailable("sidecar-away", "the sidecar does not answer")
        return self.status, json.dumps({}).encode()


def _health(status: int = 204) -> Health:
    return Health(cast("Sidecar", _Sidecar(status)))


def test_a_pod_that_is_being_built_lives_and_is_not_ready() -> None:
    client = TestClient(_health().app())
    assert client.get("/livez").status_code == 200
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (503, "starting")


@pytest.mark.parametrize(("status", "ready"), [(204, 200), (500, 503), (0, 503)])
def test_a_pod_is_ready_when_its_own_sidecar_is(status: int, ready: int) -> None:
    health = _health(status)
    health.built = True
    assert TestClient(health.app()).get("/readyz").status_code == ready


def test_a_pod_that_leaves_lives_and_takes_no_more() -> None:
    health = _health()
    health.built = health.leaving = True
    client = TestClient(health.app())
    assert client.get("/livez").status_code == 200
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (503, "leaving")


def test_a_sidecar_that_is_away_does_not_end_the_app() -> None:
    health = _health(0)
    health.built = True
    assert TestClient(health.app()).get("/livez").status_code == 200
