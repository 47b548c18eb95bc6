"""What the body of a workflow is written with: it arranges acts and waits, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Generator
from datetime import timedelta
from typing import Any, Protocol

RETRIES_S = (1, 2, 5, 10, 30)
"""Pauses before an act that answered "later" is tried again; after the last the workflow fails, and the
stream that misses it starts another."""

Steps = Generator[Any, Any, Any]
"""A workflow's body: yields what it waits for."""


class Arranger(Protocol):
    """What a workflow's body may do: wait. Everything it learns comes back the same on every replay."""

    def call_activity(self, activity: str, *, input: str) -> Any:
        """Return the task of one act; yielded, it gives the act's answer as JSON text."""
        ...

    def wait_for_external_event(self, name: str) -> Any:
        """Return the task of an event that somebody raises, perhaps days later, perhaps before."""
        ...

    def create_timer(self, fire_at: timedelta) -> Any:
        """Return the task of a pause."""
        ...


def act(ctx: Arranger, name: str, given: dict[str, Any]) -> Steps:
    """Do one act and return its answer; one that answers `{"later": slug}` is done again after a pause.

    Raises:
        RuntimeError: It still answers "later" after all pauses.
    """
    for pause_s in RETRIES_S:
        answer = json.loads((yield ctx.call_activity(name, input=json.dumps(given))))
        if "later" not in answer:
            return answer
        yield ctx.create_timer(timedelta(seconds=pause_s))
    answer = json.loads((yield ctx.call_activity(name, input=json.dumps(given))))
    if "later" in answer:
        raise RuntimeError(f"{name}: {answer['later']}")
    return answer
