"""The port of models: a conversation and tools go in, text and tool calls come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal, Protocol

from finnest.agents.tools import ToolSpec
from finnest.records import Record

Stop = Literal["end", "calls", "length", "refused"]


class Call(Record):
    """A tool that the model wants to use."""

    id: str
    tool: str
    args: dict[str, Any] = {}
    note: str = ""
    """Why, for a person: the score and slots of a planner."""


class Result(Record):
    """What came of a call."""

    call: str
    tool: str
    ok: bool
    summary: str
    content: dict[str, Any] = {}


class Said(Record):
    """One entry of a conversation."""

    role: Literal["user", "assistant", "tools"]
    text: str = ""
    calls: tuple[Call, ...] = ()
    results: tuple[Result, ...] = ()


class Usage(Record):
    """What an answer cost."""

    input_tokens: int = 0
    output_tokens: int = 0
    micros: int = 0
    """Millionths of a US dollar."""


class Prompt(Record):
    """Everything a model is given."""

    system: str
    said: Sequence[Said]
    tools: Sequence[ToolSpec] = ()
    today: date
    """The tenant's local date."""
    max_tokens: int = 4_096


class Reply(Record):
    """What a model answers."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    usage: Usage = Usage()
    stop: Stop = "end"
    model: str
    """Which model answered, for the record and for people."""


class Model(Protocol):
    """Answers one prompt. The same prompt may be sent again after a crash; nothing is acted on twice."""

    name: str
    provider: str = ""
    """Whose prices apply; empty for a model that costs nothing."""

    def price(self, input_tokens: int, output_tokens: int) -> int:
        """Return what so many tokens cost at most, in millionths of a US dollar."""
        return 0

    async def reply(self, prompt: Prompt, on_text: Callable[[str], None] | None = None) -> Reply:
        """Return the answer; `on_text` gets pieces of its text as they come, best effort.

        Raises:
            Later: The model does not answer now; the same prompt may succeed later.
            Rejected: It will not answer this; `detail` says what a person can do.
        """
        ...


class Embedder(Protocol):
    """Turns texts into vectors that are near each other when the texts mean alike."""

    name: str

    async def vectors(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector for each text, all of one length.

        Raises:
            Later: It does not answer now.
            Rejected: It will not answer; `detail` says what a person can do.
        """
        ...
