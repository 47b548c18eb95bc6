"""Any endpoint that speaks the chat completions wire (vLLM, Ollama, a gateway), by the official SDK."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx2
import openai
from openai import AsyncOpenAI

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


class OpenAI(Model):
    """The chat completions API. The SDK does not retry: whoever waits for the answer does, durably."""

    provider = "openai"

    def __init__(self, name: str, key: str, url: str = "", silence_s: float = SILENCE_S) -> None:
        self.name = name
        self._silence_s = silence_s
        self._client = AsyncOpenAI(
            api_key=key or "none", base_url=url or None, max_retries=0, timeout=silence_s
        )

    def price(self, input_tokens: int, output_tokens: int) -> int:
        return priced(self.name, self.provider, input_tokens, output_tokens).micros

    async def reply(self, prompt: Prompt, on_text: Callable[[str], None] | None = None) -> Reply:
        answer = _Answer(self.name)
        try:
            stream: Any = await self._client.chat.completions.create(
                model=self.name,
                messages=conversation(prompt),
                tools=_tools(prompt) or openai.omit,
                max_completion_tokens=prompt.max_tokens,
                stream=True,
                stream_options={"include_usage": True},
            )
            async with stream:
                pieces = aiter(stream)
                while True:
                    async with asyncio.timeout(self._silence_s):
                        piece = await anext(pieces, None)
                    if piece is None:
                        break
                    text = answer.add(piece)
                    if text and on_text is not None:
                        on_text(text)
            return answer.read()
        except TimeoutError as error:
            raise Unavailable("model-silent", f"the model said nothing for {self._silence_s} s") from error
        except openai.APIStatusError as error:
            raise failure(error.status_code, error.message) from error
        except (openai.APIError, httpx2.HTTPError, ValueError) as error:
            raise Unavailable("model-broke-off", "the model's answer broke off") from error

    async def names(self) -> list[str]:
        """Return the models that the endpoint has."""
        try:
            return [model.id async for model in self._client.models.list()]
        except openai.APIStatusError as error:
            raise failure(error.status_code, error.message) from error
        except openai.APIError as error:
            raise Unavailable("model-away", "the endpoint does not answer") from error


class _Answer:
    """Collects the pieces of one answer."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._text = ""
        self._finish = ""
        self._calls: dict[int, dict[str, str]] = {}
        self._used = (0, 0)

    def add(self, piece: Any) -> str:
        """Take a piece; return its text."""
        self._model = piece.model or self._model
        if piece.usage is not None:
            self._used = (piece.usage.prompt_tokens, piece.usage.completion_tokens)
        if not piece.choices:
            return ""
        choice = piece.choices[0]
        self._finish = choice.finish_reason or self._finish
        for part in choice.delta.tool_calls or ():
            call = self._calls.setdefault(part.index, {"id": "", "name": "", "arguments": ""})
            call["id"] = part.id or call["id"]
            if part.function is not None:
                call["name"] += part.function.name or ""
                call["arguments"] += part.function.arguments or ""
        text = choice.delta.content or ""
        self._text += text
        return text

    def read(self) -> Reply:
        """Return the whole answer."""
        usage = priced(self._model, "openai", *self._used)
        said = Reply(text=self._text, usage=usage, model=self._model)
        match self._finish:
            case "tool_calls" | "function_call":
                calls = tuple(
                    Call(
                        id=call["id"], tool=own_name(call["name"]), args=json.loads(call["arguments"] or "{}")
                    )
                    for _, call in sorted(self._calls.items())
                )
                return said.model_copy(update={"calls": calls, "stop": "calls"})
            case "stop":
                return said
            case "length":
                text = f"{self._text} [cut: the answer was too long]"
                return said.model_copy(update={"text": text, "stop": "length"})
            case "content_filter":
                raise Rejected("model-refused", "the model declined to answer this")
            case _:
                raise Unavailable("model-broke-off", "the model's answer broke off")


def conversation(prompt: Prompt) -> list[Any]:
    """Return the conversation as the API takes it."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": system_of(prompt)}]
    for said in prompt.said:
        messages += _entries(said)
    return messages


def _entries(said: Said) -> list[dict[str, Any]]:
    if said.role == "tools":
        return [{"role": "tool", "tool_call_id": one.call, "content": told(one)} for one in said.results]
    if said.role == "user":
        return [{"role": "user", "content": said.text}]
    entry: dict[str, Any] = {"role": "assistant", "content": said.text or None}
    if said.calls:
        entry["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": wire_name(call.tool), "arguments": json.dumps(call.args)},
            }
            for call in said.calls
        ]
    return [entry]


def _tools(prompt: Prompt) -> list[Any]:
    return [
        {
            "type": "function",
            "function": {
                "name": wire_name(tool.name),
                "description": tool.description,
                "parameters": strict_schema(tool),
            },
        }
        for tool in prompt.tools
    ]
