"""An API client that takes trouble for what it is: an answer, a refusal, or not knowing."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Literal, Self

import aiohttp

from tests.support.person import Person

TIMEOUT_S = 12.0
PAUSE_S = 0.1

Kind = Literal["ok", "refused", "failed", "unknown"]


@dataclass(frozen=True)
class Outcome:
    """What a client knows after one attempt: `failed` did not happen, `unknown` may have."""

    kind: Kind
    status: int = 0
    content: Any = None
    slug: str = ""


@dataclass
class History:
    """Every attempt, one JSON line each, for a person who has to understand a violation."""

    path: Path
    counts: Counter[str] = field(default_factory=Counter[str])
    began: float = field(default_factory=monotonic)
    under_way: int = 0
    """Requests without an answer yet."""

    def note(self, what: str, **facts: object) -> None:
        """Write one line."""
        self.counts[what] += 1
        with self.path.open("a") as file:
            file.write(json.dumps({"t": round(monotonic() - self.began, 3), "what": what, **facts}) + "\n")


class Client:
    """Sends requests as one person, over kept connections."""

    def __init__(self, person: Person, history: History) -> None:
        self._person = person
        self._history = history
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            f"http://127.0.0.1:{self._person.port}",
            headers={"authorization": f"Bearer {self._person.key}"},
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def attempt(
        self, method: str, path: str, body: bytes | None = None, content_type: str = "", key: str = ""
    ) -> Outcome:
        """Send once and say what is known then."""
        assert self._session is not None
        headers = {"content-type": content_type} if content_type else {}
        headers |= {"idempotency-key": key} if key else {}
        self._history.under_way += 1
        try:
            async with self._session.request(method, path, data=body, headers=headers) as answer:
                raw = await answer.read()
                outcome = _understood(answer.status, answer.content_type, raw)
        except aiohttp.ClientConnectorError:
            outcome = Outcome("failed", slug="refused-connection")
        except (aiohttp.ClientError, TimeoutError) as trouble:
            outcome = Outcome("unknown", slug=type(trouble).__name__)
        finally:
            self._history.under_way -= 1
        self._history.note(
            outcome.kind, call=f"{method} {path}", key=key, status=outcome.status, slug=outcome.slug
        )
        return outcome

    async def insist(
        self, method: str, path: str, body: bytes | None = None, content_type: str = "", key: str = ""
    ) -> Outcome:
        """Send the same request until it is known what became of it."""
        while True:
            outcome = await self.attempt(method, path, body, content_type, key)
            if outcome.kind in ("ok", "refused"):
                return outcome
            await asyncio.sleep(PAUSE_S)


def _understood(status: int, content_type: str, raw: bytes) -> Outcome:
    content: Any = json.loads(raw) if "json" in content_type else raw
    if status < 300:
        return Outcome("ok", status, content)
    problem: dict[str, Any] = content if isinstance(content, dict) else {}
    slug = str(problem.get("type", "")).rpartition(":")[2]
    if status >= 500 or problem.get("retryable"):
        return Outcome("unknown", status, content, slug)
    return Outcome("refused", status, content, slug)
