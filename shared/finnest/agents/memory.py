"""Memory: what an agent knows of its user, with where it comes from and until when. The rules are pure.

One stream per user and agent. A fact that was read from outside stays such: whoever is reminded of it has
read text from outside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from finnest.agents.tools import Tool, ToolContext, ToolResult, slot, tool
from finnest.errors import Invalid, Missing
from finnest.ids import derived, digest
from finnest.letters import named
from finnest.records import Command, Event, Record
from finnest.turn import Decider, Message, Turn

KIND = "mem"
FACTS_AT_MOST = 40
TEXT_CHARS = 240
KEPT_FOR = timedelta(days=365)
RECALLED = 5
Said = Annotated[str, slot("said"), Field(max_length=TEXT_CHARS)]
"""What a person wants remembered or forgotten, in their words."""


class KeepFact(Command):
    """Remember something."""

    text: str
    source: str
    """The run, or the person's request, that it was learned in."""
    outside: bool = False


class ForgetFact(Command):
    """Forget something."""

    fact: str


class Fact(Record):
    """Something that is known."""

    id: str
    text: str
    source: str
    outside: bool
    at: datetime
    until: datetime


class FactKept(Event):
    """Something is remembered."""

    fact: Fact


class FactForgotten(Event):
    """Something is not known any more."""

    fact: str


class Memory(Record):
    """What is known of one user."""

    facts: tuple[Fact, ...] = ()


class Memories(Decider[Memory]):
    """Keeps what one agent knows."""

    kind = KIND
    schema = 1
    newborn = Memory()

    def __init__(self, feature: str) -> None:
        self.keep = named(KeepFact, feature, "keep_fact")
        self.forget = named(ForgetFact, feature, "forget_fact")
        self._kept = named(FactKept, feature, "fact_kept")
        self._forgotten = named(FactForgotten, feature, "fact_forgotten")
        self.commands: Sequence[type[Command]] = (self.keep, self.forget)
        self.events: Sequence[type[Event]] = (self._kept, self._forgotten)

    def decide(self, state: Memory, command: Command, message: Message) -> Turn:
        known = [fact for fact in state.facts if fact.until > message.at]
        if isinstance(command, KeepFact):
            text = " ".join(command.text.split())
            if not 0 < len(text) <= TEXT_CHARS:
                raise Invalid("bad-fact", f"a fact has 1 to {TEXT_CHARS} characters")
            id = digest(text.lower())[:12]
            if any(fact.id == id for fact in known):
                return Turn(reply={"fact": id})
            if len(known) >= FACTS_AT_MOST:
                raise Invalid("memory-full", f"at most {FACTS_AT_MOST} facts are kept; forget one first")
            until = message.at + KEPT_FOR
            fact = Fact(
                id=id, text=text, source=command.source, outside=command.outside, at=message.at, until=until
            )
            return Turn([self._kept(fact=fact)], {"fact": id})
        if isinstance(command, ForgetFact):
            if not any(fact.id == command.fact for fact in known):
                raise Missing("no-such-fact", "that is not known")
            return Turn([self._forgotten(fact=command.fact)], {"fact": command.fact})
        raise Invalid("unknown-command", "a memory keeps and forgets")

    def evolve(self, state: Memory, event: Event) -> Memory:
        if isinstance(event, FactKept):
            # What has expired makes room when something new is kept.
            facts = [one for one in state.facts if one.until > event.fact.at and one.id != event.fact.id]
            return Memory(facts=(*facts, event.fact))
        if isinstance(event, FactForgotten):
            return Memory(facts=tuple(one for one in state.facts if one.id != event.fact))
        return state


def memory_of(user: str) -> str:
    """Return the id of a user's memory."""
    return derived(KIND, user)


def recalled(memory: Memory, text: str, now: datetime, count: int = RECALLED) -> list[Fact]:
    """Return the facts that have most words with a text in common, the best first; none without any."""
    wanted = _words(text)
    scored = [(len(wanted & _words(fact.text)), fact) for fact in memory.facts if fact.until > now]
    best = sorted((one for one in scored if one[0]), key=lambda one: (-one[0], one[1].id))
    return [fact for _, fact in best[:count]]


def memory_tools(memories: Memories) -> Sequence[Tool]:
    """Return the tools by which an agent's user fills, reads and empties its memory."""

    async def known(ctx: ToolContext) -> Memory:
        state, _ = await ctx.kit.streams.state(ctx.who.tenant, memory_of(ctx.who.user))
        return state

    async def preview_keep(ctx: ToolContext, text: str) -> ToolResult:
        return ToolResult(summary=f"I will remember: {text}")

    async def preview_forget(ctx: ToolContext, text: str) -> ToolResult:
        found = recalled(await known(ctx), text, ctx.kit.clock.now(), 1)
        if not found:
            raise Missing("no-such-fact", "I know nothing of that kind.")
        return ToolResult(summary=f"I will forget: {found[0].text}")

    async def remember_fact(ctx: ToolContext, text: Said) -> ToolResult:
        """Remember something about the user, or how they want things done."""
        command = memories.keep(text=text, source=ctx.key, outside=ctx.tainted)
        await ctx.kit.commands.send(memory_of(ctx.who.user), command, ctx.who, request=ctx.key)
        return ToolResult(summary=f"I will remember: {text}")

    async def forget_fact(ctx: ToolContext, text: Said) -> ToolResult:
        """Forget something that was remembered about the user."""
        found = recalled(await known(ctx), text, ctx.kit.clock.now(), 1)
        if not found:
            raise Missing("no-such-fact", "I know nothing of that kind.")
        command = memories.forget(fact=found[0].id)
        await ctx.kit.commands.send(memory_of(ctx.who.user), command, ctx.who, request=ctx.key)
        return ToolResult(summary=f"Forgotten: {found[0].text}")

    async def recall_facts(ctx: ToolContext) -> ToolResult:
        """Say what is remembered about the user."""
        now = ctx.kit.clock.now()
        facts = [fact for fact in (await known(ctx)).facts if fact.until > now]
        if not facts:
            return ToolResult(summary="I remember nothing about you.")
        lines = "\n".join(f"{fact.text} (since {fact.at:%d %B %Y})" for fact in facts)
        return ToolResult(summary=f"I remember:\n{lines}", content={"items": [f.wire_data() for f in facts]})

    return (
        tool(effect="write", says=("remember that", "remember"), preview=preview_keep)(remember_fact),
        tool(effect="write", says=("forget that", "forget"), preview=preview_forget)(forget_fact),
        tool(effect="read", says=("what do you remember", "do you remember", "what do you know about me"))(
            recall_facts
        ),
    )


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z0-9]+", text.lower()) if len(word) > 2}
