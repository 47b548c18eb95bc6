"""What must lie on this machine before anything starts: the binaries, and what features fetch once."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finnest.dev import natives, runtime
from finnest.dev.errors import SetupError
from finnest.manifest import Manifest

Say = Callable[[str], None]
SetUp = Callable[[Path, Say], Any]


@dataclass(frozen=True)
class Prepared:
    """What was found or built."""

    runtime: runtime.Runtime
    programs: Mapping[str, Path]
    """Feature in another language than Python -> its program; one that could not be built is not here."""


async def prepared(features: Sequence[Manifest], env: Mapping[str, str], say: Say) -> Prepared:
    """Return the binaries once they, and everything that features fetch at set-up, are in the cache.

    Raises `SetupError` when something can be neither found nor fetched.
    """
    cache = runtime.cache_root(env)
    references = [manifest.setup for manifest in features if manifest.setup]

    def set_up_all() -> None:
        for reference in references:
            _set_up(reference, cache, say)

    def build_all() -> Prepared:
        return Prepared(runtime.ensure(say, env), natives.built(features, say, env))

    built, _ = await asyncio.gather(asyncio.to_thread(build_all), asyncio.to_thread(set_up_all))
    return built


def _set_up(reference: str, cache: Path, say: Say) -> None:
    module, _, function = reference.partition(":")
    set_up: SetUp = getattr(importlib.import_module(module), function)
    try:
        set_up(cache, say)
    except (RuntimeError, OSError) as problem:
        raise SetupError(str(problem), "What was fetched is kept.") from problem
