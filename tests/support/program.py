"""A feature in Go, built and started beside a sidecar that only gives secrets."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import subprocess
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finnest.clock import SystemClock
from finnest.context import HEADER, Caller, sign
from finnest.dev.natives import module_of
from finnest.dev.ports import any_free
from finnest.dev.runtime import cached

KEY, TOKEN = "0123456789abcdef0123456789abcdef", "token-of-the-app"
SOMEBODY = Caller(tenant="acme", user="ann")
READY_S = 10.0


class _Secrets(http.server.BaseHTTPRequestHandler):
    """The part of a sidecar's API that a program without a store uses."""

    def do_GET(self) -> None:
        known = self.path == "/v1.0/secrets/secrets/context_key"
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"context_key": KEY}).encode() if known else b"")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Program:
    """What listens."""

    feature: str
    port: int

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """Return status and JSON of a feature's path, asked by somebody through the sidecar."""
        context = sign(SOMEBODY, KEY, SystemClock().now())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            sent = {"dapr-api-token": TOKEN, HEADER: context, **(headers or {})}
            connection.request("GET", f"/{self.feature}{path}", headers=sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()


@contextmanager
def running(feature: str, home: Path) -> Generator[Program]:
    """Start the feature's program; it is ended with the block."""
    program = cached(module_of(feature), print, os.environ) / feature
    sidecar = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Secrets)
    threading.Thread(target=sidecar.serve_forever, daemon=True).start()
    here = Program(feature, any_free(()))
    env = {
        "FINNEST_HOME": str(home),
        "FINNEST_APP_PORT": str(here.port),
        "DAPR_HTTP_PORT": str(sidecar.server_port),
        "APP_API_TOKEN": TOKEN,
    }
    with subprocess.Popen([program], env=env, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(here)
            yield here
        finally:
            process.terminate()
            sidecar.shutdown()
            sidecar.server_close()
            assert process.wait(5) == 0, "it ends in order when it is asked to"


def _wait_for(here: Program) -> None:
    patience = time.monotonic() + READY_S
    while time.monotonic() < patience:
        try:
            status, _ = here.get("/v1/nothing")
            if status == 404:
                return
        except OSError:
            threading.Event().wait(0.05)
    raise AssertionError(f"{here.feature} does not answer")
