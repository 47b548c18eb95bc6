"""Claude by the official SDK: streaming, strict tools, cached prefix, every stop reason handled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import anthropic
import httpx2
from anthropic import AsyncAnthropic

from finnest.agents.models.port import Call, Model, Prompt, Reply, Said
from finnest.agents.models.wire import (
    SILENCE_S,
    failure,
    own_name,
    priced,
    strict_schema,
    system_of,
    wire_name,
)
from finnest.agents.script import told
from finnest.errors import Rejected, Unavailable

RESENDS = 3
"""How often an answer that pauses is asked to go on."""
CACHED: Any = {"type": "ephemeral"}


class Anthropic(Model):
    """The Messages API.

    The SDK does not retry: whoever waits for the answer does, durably (`finnest.dapr.host`).
    """

    provider = "anthropic"

    def __init__(self, name: str, key: str, url: str = "", silence_s: float = SILENCE_S) -> None:
        self.name = name
        self._silence_s = silence_s
        self._client = AsyncAnthropic(api_key=key, base_url=url or None, max_retries=0, timeout=silence_s)

    def price(self, input_tokens: int, output_tokens: int) -> int:
        return priced(self.name, self.provider, input_tokens, output_tokens).micros

    async def reply(self, prompt: Prompt, on_text: Callable[[str], None] | None = None) -> Reply:
        messages = conversation(prompt)
        for _ in range(RESENDS):
            answer = await self._once(prompt, messages, on_text)
            if answer.stop_reason != "pause_turn":
                return self._read(answer)
            messages.append({"role": "assistant", "content": answer.content})
        raise Unavailable("model-paused", "the model did not come to an end")

    async def names(self) -> list[str]:
        """Return the models that the credential may use."""
        try:
            return [model.id async for model in self._client.models.list()]
        except anthropic.APIStatusError as error:
            raise failure(error.status_code, error.message) from error
        except anthropic.APIError as error:
            raise Unavailable("model-away", "the provider does not answer") from error

    async def _once(self, prompt: Prompt, messages: list[Any], on_text: Callable[[str], None] | None) -> Any:
        tools: list[Any] = [
            {
                "name": wire_name(tool.name),
                "description": tool.description,
                "input_schema": strict_schema(tool),
                "strict": True,
            }
            for tool in prompt.tools
        ]
        if tools:
            tools[-1]["cache_control"] = CACHED
        try:
            async with self._client.messages.stream(
                model=self.name,
                max_tokens=prompt.max_tokens,
                system=[{"type": "text", "text": system_of(prompt), "cache_control": CACHED}],
                messages=messages,
                tools=tools,
            ) as stream:
                while True:
                    async with asyncio.timeout(self._silence_s):
                        event: Any = await anext(stream, None)
                    if event is None:
                        break
                    if event.type == "text" and on_text is not None:
                        on_text(event.text)
                return await stream.get_final_message()
        except TimeoutError as error:
            raise Unavailable("model-silent", f"the model said nothing for {self._silence_s} s") from error
        except anthropic.APIStatusError as error:
            raise failure(error.status_code, error.message) from error
        except (anthropic.APIError, httpx2.HTTPError, ValueError) as error:
            raise Unavailable("model-broke-off", "the model's answer broke off") from error

    def _read(self, answer: Any) -> Reply:
        text = "".join(block.text for block in answer.content if block.type == "text")
        usage = priced(
            answer.model,
            self.provider,
            answer.usage.input_tokens,
            answer.usage.output_tokens,
            answer.usage.cache_read_input_tokens or 0,
        )
        said = Reply(text=text, usage=usage, model=answer.model)
        match answer.stop_reason:
            case "tool_use":
                calls = tuple(
                    Call(id=block.id, tool=own_name(block.name), args=dict(block.input))
                    for block in answer.content
                    if block.type == "tool_use"
                )
                return said.model_copy(update={"calls": calls, "stop": "calls"})
            case "end_turn" | "stop_sequence":
                return said
            case "max_tokens":
                # A tool call may be cut in the middle: none of them is taken.
                return said.model_copy(
                    update={"text": f"{text} [cut: the answer was too long]", "stop": "length"}
                )
            case "refusal":
                raise Rejected("model-refused", "the model declined to answer this")
            case "model_context_window_exceeded":
                raise Rejected("too-long", "this conversation is too long for the model; begin another one")
            case other:
                raise Unavailable("model-stopped", f"the model stopped for a reason not known here: {other}")


def conversation(prompt: Prompt) -> list[Any]:
    """Return the conversation as the API takes it; the last entry ends the cached prefix."""
    messages: list[dict[str, Any]] = []
    for said in prompt.said:
        content = _content(said)
        if not content:
            continue
        role = "assistant" if said.role == "assistant" else "user"
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += content
        else:
            messages.append({"role": role, "content": content})
    if messages:
        messages[-1]["content"][-1] = {**messages[-1]["content"][-1], "cache_control": CACHED}
    return messages


def _content(said: Said) -> list[dict[str, Any]]:
    if said.role == "tools":
        return [
            {
                "type": "tool_result",
                "tool_use_id": result.call,
                "content": told(result),
                "is_error": not result.ok,
            }
            for result in said.results
        ]
    text = [{"type": "text", "text": said.text}] if said.text else []
    uses = [
        {"type": "tool_use", "id": call.id, "name": wire_name(call.tool), "input": call.args}
        for call in said.calls
    ]
    return [*text, *uses]
