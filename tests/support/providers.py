"""Providers of models on this machine: they speak the real wires and misbehave as told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

Kind = Literal["anthropic", "openai"]
MEANINGS = (("pay", "settle", "money"), ("french", "language"), ("holiday", "away", "leave"))
"""What the stub of embeddings understands."""


@dataclass
class Script:
    """One answer: text, tool calls, and what goes wrong with it."""

    text: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    stop: str = ""
    status: int = 200
    trouble: Literal["", "cut", "garbage", "silence"] = ""


@dataclass
class Provider:
    """A running provider; `script` is answered in order, the last one for ever."""

    kind: Kind
    url: str = ""
    script: list[Script] = field(default_factory=list[Script])
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    def next(self) -> Script:
        """Return the next answer."""
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


@asynccontextmanager
async def provider(kind: Kind, *script: Script) -> AsyncGenerator[Provider]:
    """Run a provider for the block."""
    made = Provider(kind, script=list(script))

    async def answer(request: web.Request) -> web.StreamResponse:
        made.asked.append(await request.json())
        made.headers.append({name.lower(): value for name, value in request.headers.items()})
        one = made.next()
        if one.status != 200:
            error = {"type": "error", "error": {"type": "trouble", "message": "as told"}}
            return web.json_response(error, status=one.status, headers={"retry-after": "1"})
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        pieces = _anthropic(one) if kind == "anthropic" else _openai(one)
        for number, piece in enumerate(pieces):
            if one.trouble and number == len(pieces) // 2:
                if one.trouble == "silence":
                    await asyncio.sleep(30)
                if one.trouble == "garbage":
                    await response.write(b"event: content_block_delta\ndata: {not json\n\n")
                if request.transport is not None:
                    request.transport.close()
                return response
            await response.write(piece)
        await response.write_eof()
        return response

    async def models(_: web.Request) -> web.Response:
        items = [{"id": "stub-1", "type": "model", "display_name": "Stub", "object": "model", "created": 1}]
        items[0] |= {"created_at": "2026-01-01T00:00:00Z", "owned_by": "tests"}
        return web.json_response({"data": items, "has_more": False, "object": "list"})

    async def embeddings(request: web.Request) -> web.Response:
        asked = await request.json()
        made.asked.append(asked)
        one = made.next()
        if one.status != 200:
            return web.json_response({"error": {"message": "as told"}}, status=one.status)
        if one.trouble == "silence":
            await asyncio.sleep(30)
        texts = asked["input"][: 1 if one.trouble == "cut" else None]
        items = [
            {"object": "embedding", "index": place, "embedding": meaning(text)}
            for place, text in enumerate(texts)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return web.json_response({"object": "list", "data": items, "model": "stub-2", "usage": usage})

    app = web.Application()
    app.router.add_post("/v1/messages", answer)
    app.router.add_post("/v1/chat/completions", answer)
    app.router.add_post("/v1/embeddings", embeddings)
    app.router.add_get("/v1/models", models)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}" + ("" if kind == "anthropic" else "/v1")
    try:
        yield made
    finally:
        await runner.cleanup()


def meaning(text: str) -> list[float]:
    """A vector with a number for each thing that a text is about, and a small one for every text."""
    said = text.lower()
    return [*(float(any(word in said for word in words)) for words in MEANINGS), 0.1]


def _anthropic(one: Script) -> list[bytes]:
    stop = one.stop or ("tool_use" if one.calls else "end_turn")
    usage = {"input_tokens": 11, "output_tokens": 1, "cache_read_input_tokens": 0}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "stub-1", "content": []}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "stop_reason": None, "usage": usage}}
    ]
    blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    if one.text:
        halves = (one.text[: len(one.text) // 2], one.text[len(one.text) // 2 :])
        blocks.append(
            ({"type": "text", "text": ""}, [{"type": "text_delta", "text": half} for half in halves])
        )
    for number, (name, args) in enumerate(one.calls):
        use = {"type": "tool_use", "id": f"toolu_{number}", "name": name.replace(".", "__"), "input": {}}
        text = json.dumps(args)
        parts = [{"type": "input_json_delta", "partial_json": part} for part in (text[:3], text[3:])]
        blocks.append((use, parts))
    for index, (block, deltas) in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": block})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    ended = {"stop_reason": stop, "stop_sequence": None}
    events += [
        {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]
    return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]


def _openai(one: Script) -> list[bytes]:
    stop = one.stop or ("tool_calls" if one.calls else "stop")
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [
        {"content": half} for half in (one.text[: len(one.text) // 2], one.text[len(one.text) // 2 :]) if half
    ]
    for number, (name, args) in enumerate(one.calls):
        text = json.dumps(args)
        function = {"name": name.replace(".", "__"), "arguments": text[:3]}
        first = {"index": number, "id": f"call_{number}", "type": "function", "function": function}
        rest = {"index": number, "function": {"arguments": text[3:]}}
        deltas += [{"tool_calls": [first]}, {"tool_calls": [rest]}]
    common: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "stub-1",
    }
    chunks = [
        {**common, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    chunks.append({**common, "choices": [{"index": 0, "delta": {}, "finish_reason": stop}]})
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    chunks.append({**common, "choices": [], "usage": usage})
    return [*(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks), b"data: [DONE]\n\n"]
