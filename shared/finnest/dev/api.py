"""Calls the public API of the installation that runs here, as the command line does."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from finnest.dev.errors import SetupError
from finnest.dev.home import Home
from finnest.dev.keys import key_of
from finnest.dev.ports import LOOPBACK


@dataclass(frozen=True)
class Reply:
    """Status and content of an answer."""

    status: int
    content: Any

    @property
    def ok(self) -> bool:
        """Whether the request was taken."""
        return self.status < http.client.MULTIPLE_CHOICES

    @property
    def reason(self) -> str:
        """The problem in one sentence."""
        problem = self.content if isinstance(self.content, dict) else {}
        return str(problem.get("detail") or problem.get("title") or f"answered {self.status}")


class Api:
    """The public API for one user.

    Raises:
        SetupError: Nothing runs here, or the user has no key.
    """

    def __init__(self, home: Home, user: str = "dev") -> None:
        ports = home.read_run().get("ports")
        if not ports or not home.is_running():
            raise SetupError("Finnest is not running.", "Start it in another terminal: `make run`.")
        self._port = int(ports["gateway"])
        self._key = key_of(home, user)

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content_type: str = "application/json",
        timeout_s: float = 30.0,
    ) -> Reply:
        """Send one request and return the answer."""
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=timeout_s)
        headers = {"authorization": f"Bearer {self._key}"}
        if body is not None:
            headers["content-type"] = content_type
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            raw = answer.read()
        except OSError as error:
            raise SetupError(
                f"The gateway does not answer ({error}).", "`finnest status` and `finnest doctor` say more."
            ) from error
        finally:
            connection.close()
        if "json" not in (answer.getheader("content-type") or ""):
            return Reply(answer.status, raw)
        return Reply(answer.status, json.loads(raw))

    def post(self, path: str, content: Any) -> Reply:
        """Send JSON."""
        return self.call("POST", path, json.dumps(content).encode())
