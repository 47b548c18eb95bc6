"""The port `Model`: every adapter keeps the same promises, against providers that speak the real wire."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from finnest.agents.models.anthropic import Anthropic
from finnest.agents.models.cassette import Cassette
from finnest.agents.models.openai import OpenAI
from finnest.agents.models.port import Call, Prompt, Result, Said
from finnest.agents.models.wire import priced, strict_schema
from finnest.agents.tools import Money, Toolbox, ToolContext, ToolResult, tool
from finnest.errors import Later, Rejected, Throttled
from tests.support.providers import Kind, Provider, Script, provider

KINDS: tuple[Kind, ...] = get_args(Kind)
EACH = pytest.mark.parametrize("kind", KINDS)


@tool(effect="read")
async def find_bills(ctx: ToolContext, above: Money, supplier: str | None = None) -> ToolResult:
    """Find bills."""
    return ToolResult(summary="none")


SPECS = Toolbox("desk", [find_bills]).specs()
CALL = Call(id="c-1", tool="desk.find_bills", args={"above": "10"})
PROMPT = Prompt(
    system="Be brief.",
    said=[
        Said(role="user", text="What is due?"),
        Said(role="assistant", calls=(CALL,)),
        Said(role="tools", results=(Result(call="c-1", tool=CALL.tool, ok=True, summary="2 bills"),)),
    ],
    tools=SPECS,
    today=date(2026, 6, 10),
)


@asynccontextmanager
async def model(kind: Kind, *script: Script) -> AsyncGenerator[tuple[Anthropic | OpenAI, Provider]]:
    async with provider(kind, *script) as stub:
        make: Callable[..., Anthropic | OpenAI] = Anthropic if kind == "anthropic" else OpenAI
        yield make("stub-1", "secret", stub.url, silence_s=1.0), stub


@EACH
async def test_text_comes_in_pieces_and_whole(kind: Kind) -> None:
    async with model(kind, Script(text="Two bills are due.")) as (thinking, stub):
        pieces: list[str] = []
        reply = await thinking.reply(PROMPT, pieces.append)
    assert reply.text == "".join(pieces) == "Two bills are due."
    assert len(pieces) == 2
    assert (reply.stop, reply.usage.input_tokens, reply.usage.output_tokens) == ("end", 11, 7)
    assert "secret" in (stub.headers[0].get("x-api-key", "") + stub.headers[0].get("authorization", ""))


@EACH
async def test_several_tool_calls_come_with_their_arguments(kind: Kind) -> None:
    calls: list[tuple[str, dict[str, object]]] = [
        ("desk.find_bills", {"above": "5", "supplier": "Ä & Co"}),
        ("desk.find_bills", {"above": "9007199254740993"}),
    ]
    async with model(kind, Script(text="Let me look.", calls=calls)) as (thinking, _):
        reply = await thinking.reply(PROMPT)
    assert [(call.tool, call.args) for call in reply.calls] == calls
    assert len({call.id for call in reply.calls}) == 2
    assert reply.stop == "calls"


@EACH
async def test_the_conversation_arrives_as_the_wire_wants_it(kind: Kind) -> None:
    async with model(kind, Script(text="ok")) as (thinking, stub):
        await thinking.reply(PROMPT)
    sent = stub.asked[0]
    roles = [message["role"] for message in sent["messages"]]
    assert "temperature" not in sent
    assert sent["stream"] is True
    if kind == "anthropic":
        assert roles == ["user", "assistant", "user"]
        assert sent["messages"][2]["content"][0]["tool_use_id"] == "c-1"
        assert (
            sent["tools"][-1]["cache_control"] == sent["system"][-1]["cache_control"] == {"type": "ephemeral"}
        )
        assert sent["tools"][0]["name"] == "desk__find_bills"
    else:
        assert roles == ["system", "user", "assistant", "tool"]
        assert sent["messages"][3]["tool_call_id"] == "c-1"
        assert sent["tools"][0]["function"]["name"] == "desk__find_bills"


@EACH
@pytest.mark.parametrize("status", [429, 500, 503, 529])
async def test_a_busy_or_broken_provider_is_asked_again_later_and_not_at_once(
    kind: Kind, status: int
) -> None:
    async with model(kind, Script(status=status)) as (thinking, stub):
        with pytest.raises(Throttled if status == 429 else Later):
            await thinking.reply(PROMPT)
    assert len(stub.asked) == 1


@EACH
@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
async def test_what_a_person_must_mend_is_said(kind: Kind, status: int) -> None:
    async with model(kind, Script(status=status)) as (thinking, _):
        with pytest.raises(Rejected) as refusal:
            await thinking.reply(PROMPT)
    assert refusal.value.detail


@EACH
@pytest.mark.parametrize("trouble", ["cut", "garbage", "silence"])
async def test_an_answer_that_breaks_off_is_no_answer(kind: Kind, trouble: str) -> None:
    broken = Script(text="Two bills", calls=[("desk.find_bills", {"above": "1"})], trouble=trouble)  # pyright: ignore[reportArgumentType]
    async with model(kind, broken) as (thinking, _):
        with pytest.raises(Later):
            await thinking.reply(PROMPT)


@EACH
async def test_an_answer_that_is_too_long_has_no_calls(kind: Kind) -> None:
    stop = "max_tokens" if kind == "anthropic" else "length"
    long = Script(text="Two", calls=[("desk.find_bills", {"above": "1"})], stop=stop)
    async with model(kind, long) as (thinking, _):
        reply = await thinking.reply(PROMPT)
    assert (reply.calls, reply.stop) == ((), "length")
    assert reply.text.endswith("[cut: the answer was too long]")


@EACH
async def test_a_refusal_is_a_no(kind: Kind) -> None:
    stop = "refusal" if kind == "anthropic" else "content_filter"
    async with model(kind, Script(text="I", stop=stop)) as (thinking, _):
        with pytest.raises(Rejected):
            await thinking.reply(PROMPT)


async def test_an_answer_that_pauses_is_asked_to_go_on() -> None:
    paused = Script(text="One moment", stop="pause_turn")
    async with model("anthropic", paused, Script(text="Two bills.")) as (thinking, stub):
        reply = await thinking.reply(PROMPT)
    assert reply.text == "Two bills."
    assert stub.asked[1]["messages"][-1]["role"] == "assistant"


@EACH
async def test_the_models_of_a_provider_are_listed(kind: Kind) -> None:
    async with model(kind, Script()) as (thinking, _):
        assert await thinking.names() == ["stub-1"]


async def test_what_was_recorded_is_played_without_the_model(tmp_path: Path) -> None:
    async with model("anthropic", Script(text="Two bills.")) as (thinking, stub):
        first = await Cassette(tmp_path, thinking).reply(PROMPT)
        again = await Cassette(tmp_path).reply(PROMPT)
    assert (first, len(stub.asked)) == (again, 1)
    with pytest.raises(Rejected):
        await Cassette(tmp_path).reply(PROMPT.model_copy(update={"system": "other"}))


def test_schemas_are_closed_and_plain() -> None:
    schema = strict_schema(SPECS[0])
    assert schema["additionalProperties"] is False
    assert "x-slot" not in str(schema)


def test_known_models_have_a_price_and_unknown_ones_none() -> None:
    assert priced("claude-sonnet-4-5", "anthropic", 1_000, 1_000).micros == 18_000
    assert priced("somebody-elses", "openai", 1_000_000, 0).micros == 0
