"""Recall by meaning: over the real wire, of one user's facts only, and by words without it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from finnest.agents.memory import Memories, Memory, memory_of
from finnest.agents.models.chosen import Choice, embedder
from finnest.agents.models.embeddings import OpenAIEmbeddings
from finnest.agents.recalling import KEPT, Recall
from finnest.testing import Stage
from tests.support.providers import Provider, Script, provider

MEMORIES = Memories("desk")
FACTS = ("Acme gets its money on Fridays", "Reports are wanted in French", "Bob is on leave in July")


async def memory(*texts: str) -> tuple[Memory, Stage]:
    world = Stage("desk", [MEMORIES])
    for text in texts or FACTS:
        await world.say(memory_of("ada"), MEMORIES.keep(text=text, source="desk-1"))
    return await world.state(memory_of("ada")), world


@asynccontextmanager
async def recall(*script: Script) -> AsyncGenerator[tuple[Recall, Provider]]:
    async with provider("openai", *(script or (Script(),))) as stub:
        yield Recall(OpenAIEmbeddings("stub-2", "secret", stub.url, silence_s=1.0)), stub


async def test_a_fact_is_recalled_that_shares_no_word_with_the_question() -> None:
    known, world = await memory()
    now = world.clock.now()
    async with recall() as (by_meaning, _):
        facts, how = await by_meaning.facts("kestrel", known, "when do we settle?", now)
    assert ([fact.text for fact in facts], how) == ([FACTS[0]], "by meaning")
    facts, how = await Recall().facts("kestrel", known, "when do we settle?", now)
    assert (facts, how) == ([], "")


async def test_what_shares_words_is_recalled_as_well() -> None:
    known, world = await memory()
    async with recall() as (by_meaning, _):
        facts, _ = await by_meaning.facts("kestrel", known, "does Bob settle?", world.clock.now())
    assert {fact.text for fact in facts} == {FACTS[0], FACTS[2]}


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (Script(status=500), "the model answered 500"),
        (Script(status=429), "the model takes no more now"),
        (Script(status=401), "the model's credential is not accepted"),
        (Script(trouble="silence"), "the embeddings model does not answer"),
        (Script(trouble="cut"), "the embeddings model answered with something else"),
    ],
)
async def test_without_the_model_words_decide_and_that_is_said(script: Script, why: str) -> None:
    known, world = await memory()
    async with recall(script) as (by_meaning, _):
        facts, how = await by_meaning.facts(
            "kestrel", known, "French, please: who settles?", world.clock.now()
        )
    assert [fact.text for fact in facts] == [FACTS[1]]
    assert how.startswith(f"by words: {why}")


async def test_only_the_facts_of_the_one_user_are_sent_and_each_once_for_a_tenant() -> None:
    known, world = await memory()
    now = world.clock.now()
    async with recall() as (by_meaning, stub):
        await by_meaning.facts("kestrel", known, "when do we settle?", now)
        await by_meaning.facts("kestrel", known, "any holidays?", now)
        await by_meaning.facts("robin", known, "any holidays?", now)
        sent = [asked["input"] for asked in stub.asked]
    assert sent == [["when do we settle?", *FACTS], ["any holidays?"], ["any holidays?", *FACTS]]


async def test_an_expired_fact_is_neither_sent_nor_recalled() -> None:
    known, world = await memory()
    later = world.clock.now() + timedelta(days=400)
    async with recall() as (by_meaning, stub):
        assert await by_meaning.facts("kestrel", known, "settle", later) == ([], "")
        assert not by_meaning.asks(known, later)
        assert stub.asked == []


async def test_so_many_vectors_are_kept_and_no_more() -> None:
    known, world = await memory(FACTS[0])
    async with recall() as (by_meaning, stub):
        for number in range(KEPT + 1):
            await by_meaning.facts("kestrel", known, f"question {number}", world.clock.now())
        await by_meaning.facts("kestrel", known, "question 0", world.clock.now())
        assert stub.asked[-1]["input"] == ["question 0"]


def test_there_is_none_unless_one_was_chosen() -> None:
    assert embedder(Choice()) is None
    assert embedder(Choice(kind="openai", name="m")) is None
    assert embedder(Choice(kind="anthropic", name="m", embeddings="e")) is None
    chosen = embedder(Choice(kind="openai", name="m", embeddings="e"))
    assert chosen is not None
    assert chosen.name == "e"
