"""The purse of an agent: what a model call may cost is put aside before it and counted after it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import structlog

from finnest.agents.calling import as_user
from finnest.agents.models.port import Model, Prompt, Usage
from finnest.agents.script import told
from finnest.clock import fresh_id
from finnest.context import Caller
from finnest.errors import Denied, FinnestError, Later, from_status
from finnest.feature import Kit

FEATURE = "budgets"
CHARS_PER_TOKEN = 2
"""Fewer than any model has on average, so that a reservation is an upper bound."""

log = structlog.get_logger()


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
            Later: The budgets do not answer, or hold as much as they can, and the model costs something.
        """
        if not self._model.provider:
            await self.may_run(user, thread)
        elif self._there:
            tokens = _size(prompt) // CHARS_PER_TOKEN
            most = self._model.price(tokens, prompt.max_tokens)
            body = {"key": key, "scopes": self._scopes(user, thread), "micros": most}
            await self._post(user, "/reservations", {**body, "tokens": tokens + prompt.max_tokens})

    async def settle(self, user: Caller, usage: Usage, key: str) -> None:
        """Count what the answer cost and free the rest; nothing of it frees all.

        The answer is worth more than its count: when the budgets are away, the reservation ends by itself
        uncounted, and that is logged.
        """
        if not self._there or not self._model.provider:
            return
        tokens = usage.input_tokens + usage.output_tokens
        try:
            await self._post(user, "/settlements", {"key": key, "tokens": tokens, "micros": usage.micros})
        except FinnestError as error:
            log.warning("not-counted", key=key, tokens=tokens, micros=usage.micros, reason=error.slug)

    async def may_run(self, user: Caller, thread: str) -> None:
        """Raise `Denied` when a level is stopped; budgets that do not answer stop nothing."""
        if not self._there:
            return
        query = urlencode([("scope", scope) for scope in self._scopes(user, thread)])
        try:
            answer = await self._kit.peers.call(
                FEATURE, "GET", f"/running?{query}", headers=as_user(self._kit, user, ""), timeout_s=2.0
            )
        except Later:
            return
        if answer.status == 403:
            raise Denied("stopped", str(json.loads(answer.body).get("detail")))

    async def _post(self, user: Caller, path: str, body: Mapping[str, object]) -> None:
        # What makes a repeat harmless is the key in the body; each try is a request of its own.
        headers = as_user(self._kit, user, fresh_id())
        answer = await self._kit.peers.call(
            FEATURE, "POST", path, body=json.dumps(body).encode(), headers=headers
        )
        if answer.status != 200:
            detail = str(json.loads(answer.body).get("detail")) if answer.body else ""
            raise from_status(answer.status, detail)

    def _scopes(self, user: Caller, thread: str) -> list[str]:
        scopes = ["tenant", f"feature.{self._kit.manifest.name}", f"agent.{user.agent}", f"user.{user.user}"]
        return [*scopes, f"thread.{thread}"] if thread else scopes


def _size(prompt: Prompt) -> int:
    said = sum(
        len(one.text) + sum(len(told(r)) for r in one.results) + sum(len(str(c.args)) for c in one.calls)
        for one in prompt.said
    )
    return len(prompt.system) + said + sum(len(tool.model_dump_json()) for tool in prompt.tools)
