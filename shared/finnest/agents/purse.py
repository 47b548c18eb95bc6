"""The purse of an agent: what a model call may cost is put aside before it and counted after it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from finnest.agents.models.port import Model, Prompt, Usage
from finnest.agents.script import told
from finnest.context import HEADER, REQUEST_HEADER, TRACE, Caller, sign
from finnest.errors import Denied, Later, from_status
from finnest.feature import Kit

FEATURE = "budgets"
CHARS_PER_TOKEN = 2
"""Fewer than any model has on average, so that a reservation is an upper bound."""


class Purse:
    """Asks the feature `budgets`; where there is none, nothing is bounded but each run by itself."""

    def __init__(self, kit: Kit, model: Model) -> None:
        self._kit = kit
        self._model = model
        self._there = any(manifest.name == FEATURE for manifest in kit.manifests)

    async def reserve(self, user: Caller, thread: str, prompt: Prompt, key: str) -> None:
        """Put aside what the prompt may cost at most; a model that costs nothing only needs to be allowed to run.

        Raises:
            Denied: A level has not enough left, or is stopped.
            Later: The budgets do not answer, and the model costs something.
        """
        if not self._there:
            return
        scopes = self._scopes(user, thread)
        if not self._model.provider:
            await self.may_run(user, thread)
            return
        tokens = _size(prompt) // CHARS_PER_TOKEN
        most = self._model.price(tokens, prompt.max_tokens)
        body = {"key": key, "scopes": scopes, "tokens": tokens + prompt.max_tokens, "micros": most}
        await self._post(user, "/reservations", body, f"{key}/reserve")

    async def settle(self, user: Caller, usage: Usage, key: str) -> None:
        """Count what the answer cost; a purse that is away learns of it by the reservation's end."""
        if not self._there or not self._model.provider:
            return
        tokens = usage.input_tokens + usage.output_tokens
        body = {"key": key, "tokens": tokens, "micros": usage.micros}
        await self._post(user, "/settlements", body, f"{key}/settle")

    async def may_run(self, user: Caller, thread: str) -> None:
        """Raise `Denied` when a level is stopped; budgets that do not answer stop nothing."""
        if not self._there:
            return
        query = urlencode([("scope", scope) for scope in self._scopes(user, thread)])
        try:
            answer = await self._kit.peers.call(
                FEATURE, "GET", f"/running?{query}", headers=self._headers(user, ""), timeout_s=2.0
            )
        except Later:
            return
        if answer.status == 403:
            raise Denied("stopped", str(json.loads(answer.body).get("detail")))

    async def _post(self, user: Caller, path: str, body: Mapping[str, object], request: str) -> None:
        answer = await self._kit.peers.call(
            FEATURE, "POST", path, body=json.dumps(body).encode(), headers=self._headers(user, request)
        )
        if answer.status != 200:
            detail = str(json.loads(answer.body).get("detail")) if answer.body else ""
            raise from_status(answer.status, detail)

    def _headers(self, user: Caller, request: str) -> dict[str, str]:
        return {
            "content-type": "application/json",
            "traceparent": TRACE.get(),
            HEADER: sign(user, self._kit.context_key, self._kit.clock.now()),
            REQUEST_HEADER: request,
        }

    def _scopes(self, user: Caller, thread: str) -> list[str]:
        scopes = ["tenant", f"feature.{self._kit.manifest.name}", f"agent.{user.agent}", f"user.{user.user}"]
        return [*scopes, f"thread.{thread}"] if thread else scopes


def _size(prompt: Prompt) -> int:
    said = sum(
        len(one.text) + sum(len(told(r)) for r in one.results) + sum(len(str(c.args)) for c in one.calls)
        for one in prompt.said
    )
    return len(prompt.system) + said + sum(len(tool.model_dump_json()) for tool in prompt.tools)
