"""Talking to agents over the public API."""

from __future__ import annotations

from typing import Any

from finnest.testing import eventually
from tests.support.person import Person
from tests.support.platform import Platform

RESTS = ("finished", "failed", "cancelled", "waiting")
LAST = 1_000_000
"""A version that no run has: only its end, or that it waits, is news."""


def ask(
    person: Person, text: str, agent: str = "assistant", thread: str = "", wait: int = 15
) -> dict[str, Any]:
    """Say something and return the run when it rests; with no `wait`, as it is then."""
    body = {"text": text} | ({"thread": thread} if thread else {})
    answer = person.post(f"/v1/agents/{agent}/messages?wait={wait}", body)
    assert answer.status in (200, 202), answer.content
    # A busy machine takes longer than one wait, and says so.
    while wait and answer.status == 202 and answer.content["status"] not in RESTS:
        told = person.get(
            f"/v1/runs/{answer.content['run']}/events?after={LAST}&wait={min(wait, 15)}"
        ).content
        if told["ended"] or told["status"] == "waiting":
            return {**answer.content, **person.get(f"/v1/runs/{answer.content['run']}").content}
    return answer.content


def decide(person: Person, run: dict[str, Any], decision: str = "approve", hash: str = "") -> Any:
    """Answer what a run asks its user."""
    body = {"decision": decision, "args_hash": hash or run["waiting"]["args_hash"]}
    return person.post(f"/v1/runs/{run['waiting']['run']}/decisions?wait=15", body)


def types(run: dict[str, Any]) -> list[str]:
    return [step["type"] for step in run["steps"]]


def status(person: Person, run: str) -> str:
    """Return a run's status; nothing while nobody answers."""
    try:
        return str(person.get(f"/v1/runs/{run}").content.get("status"))
    except OSError:
        return ""


async def answered_though_it_dies(own: Platform, person: Person, text: str, death: str) -> str:
    """Ask the assistant, have the app die at a failpoint (`name:pass`), and return the run when it has finished."""
    deaths = own.restarts()
    own.arm(death)

    def begun() -> str:
        try:
            answer = person.post("/v1/agents/assistant/messages", {"text": text}, key="one question")
        except OSError:
            return ""
        return str(answer.content.get("run", ""))

    run = await eventually(begun, 60, "the question was not taken")
    await eventually(lambda: own.restarts() > deaths, 30, f"{death} did not happen")
    await eventually(lambda: status(person, run) == "finished", 60, "the run did not end")
    return run
