"""The sidecar's HTTP API over one pool of kept connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

from finnest.errors import TimedOut, Unavailable

TRANSACTIONS_AT_ONCE = 2
"""More only wait for each other's lock inside the sidecar, with a long tail (dapr/README.md)."""


class Sidecar:
    """A client of one sidecar; open it once per process.

    Raises (every call):
        Unavailable: No connection; nothing was sent.
        TimedOut: Sent, but no answer within the limit.
    """

    def __init__(self, port: int, token: str) -> None:
        self._base = f"http://127.0.0.1:{port}/v1.0"
        self._headers = {"dapr-api-token": token} if token else {}
        self._session: aiohttp.ClientSession | None = None
        self.transactions = asyncio.Semaphore(TRANSACTIONS_AT_ONCE)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=128, keepalive_timeout=60),
            headers=self._headers,
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 5.0,
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Send a request to the sidecar; return status, body and headers."""
        if self._session is None:
            raise RuntimeError("the sidecar client is not open")
        try:
            async with self._session.request(
                method,
                self._base + path,
                data=body,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout_s),
            ) as answer:
                return answer.status, await answer.read(), answer.headers
        except TimeoutError as error:
            raise TimedOut("sidecar-slow", f"no answer in {timeout_s} s") from error
        except aiohttp.ClientError as error:
            raise Unavailable("sidecar-away", "the sidecar does not answer") from error

    async def send(
        self, method: str, path: str, content: Any = None, *, timeout_s: float = 5.0
    ) -> tuple[int, bytes]:
        """Send JSON; return status and body."""
        body = None if content is None else json.dumps(content, separators=(",", ":")).encode()
        headers = {} if body is None else {"content-type": "application/json"}
        status, answer, _ = await self.request(method, path, body=body, headers=headers, timeout_s=timeout_s)
        return status, answer
