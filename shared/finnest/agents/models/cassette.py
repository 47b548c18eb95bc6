"""Recorded answers: a folder of replies by the digest of their prompt, for tests and documents."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from finnest.agents.models.port import Model, Prompt, Reply
from finnest.errors import Rejected
from finnest.ids import digest


class Cassette(Model):
    """Plays what was recorded; with a model behind it, records what is not there yet."""

    name = "cassette"

    def __init__(self, folder: Path, behind: Model | None = None) -> None:
        self._folder = folder
        self._behind = behind

    async def reply(self, prompt: Prompt, on_text: Callable[[str], None] | None = None) -> Reply:
        path = self._folder / f"{digest(prompt.model_dump_json())}.json"
        if path.exists():
            text = await asyncio.to_thread(path.read_text)
            known = Reply.model_validate_json(text)
            if known.text and on_text is not None:
                on_text(known.text)
            return known
        if self._behind is None:
            raise Rejected("not-recorded", f"there is no recorded answer {path.name}")
        reply = await self._behind.reply(prompt, on_text)
        await asyncio.to_thread(_write, path, reply.model_dump_json(indent=1) + "\n")
        return reply


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".new")
    scratch.write_text(text)
    os.replace(scratch, path)
