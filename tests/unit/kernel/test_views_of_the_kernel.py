"""What the kernel shows of a feature is of that feature, though it hears of others too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from finnest.agents.views import RunViews, page
from finnest.feature import Fact
from finnest.letters import LetterViews, listed
from finnest.views import Views

AT = datetime(2026, 6, 1, tzinfo=UTC)
LETTER = {"message_id": "m", "subject": "s", "reason": "poison", "detail": "it broke", "attempts": 5}
ASKED = {"agent": "clerk", "user": "ada", "thread": "thr-1", "text": "help"}


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    made = Views.at(tmp_path / "views.db")
    made.create(LetterViews("desk"), RunViews("desk"))
    yield made
    made.close()


def fact(feature: str, what: str, thing: str, data: dict[str, Any]) -> Fact:
    stream = f"t/{feature}/{thing}"
    return Fact(
        id=f"{stream}/1",
        type=f"{feature}.{what}.v1",
        tenant="t",
        stream=stream,
        thing=thing,
        version=1,
        at=AT,
        by="ada",
        data=data,
    )


async def test_runs_and_dead_letters_of_another_feature_are_not_shown(views: Views) -> None:
    for feature in ("desk", "other"):
        await views.apply(fact(feature, "dead_lettered", f"dead-{feature}", LETTER))
        await views.apply(fact(feature, "agent_asked", f"{feature}-1", ASKED))
    assert [row["id"] for row in await views.read(listed("t"))] == ["dead-desk"]
    assert [row["id"] for row in await views.read(page("t", None, None, None, 10))] == ["desk-1"]
