"""Views: each fact once, in each stream's order, and rebuilt from history at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from finnest.feature import Fact, Projection
from finnest.views import Views

_metadata = sa.MetaData()
LINES = sa.Table(
    "lines",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("stream", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
)


class Lines(Projection):
    tables = _metadata

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        connection.execute(sa.insert(LINES).values(stream=fact.stream, text=fact.data["text"]))
        if fact.data["text"] == "broken":
            raise ZeroDivisionError


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    made = Views.at(tmp_path / "views" / "notes.db")
    made.create(Lines())
    yield made
    made.close()


def fact(version: int, text: str, stream: str = "kestrel/notes/note-1") -> Fact:
    return Fact(
        id=f"{stream}@{version}",
        type="notes.written.v1",
        tenant="kestrel",
        stream=stream,
        thing="note-1",
        version=version,
        at=datetime(2026, 6, 1, tzinfo=UTC),
        by="ada",
        data={"text": text},
    )


def lines(connection: sa.Connection) -> list[str]:
    return list(connection.execute(sa.select(LINES.c.text).order_by(LINES.c.number)).scalars())


async def test_a_fact_that_comes_again_is_applied_once(views: Views) -> None:
    assert await views.apply(fact(1, "one"))
    assert not await views.apply(fact(1, "one"))
    assert await views.read(lines) == ["one"]


async def test_facts_before_their_predecessor_are_kept_and_follow_it(views: Views) -> None:
    assert await views.apply(fact(3, "three"))
    assert await views.apply(fact(2, "two"))
    assert not await views.apply(fact(2, "two"))
    assert await views.read(lines) == []
    await views.apply(fact(1, "one"))
    assert await views.read(lines) == ["one", "two", "three"]


async def test_an_early_fact_survives_a_restart(views: Views, tmp_path: Path) -> None:
    await views.apply(fact(2, "two"))
    views.close()
    again = Views.at(tmp_path / "views" / "notes.db")
    again.create(Lines())
    await again.apply(fact(1, "one"))
    assert await again.read(lines) == ["one", "two"]
    again.close()


async def test_an_early_fact_that_breaks_does_not_keep_its_predecessor_out(views: Views) -> None:
    await views.apply(fact(2, "broken"))
    assert await views.apply(fact(1, "one"))
    assert await views.read(lines) == ["one"]


async def test_streams_do_not_wait_for_each_other(views: Views) -> None:
    await views.apply(fact(1, "mine"))
    await views.apply(fact(1, "theirs", "heron/notes/note-1"))
    assert await views.read(lines) == ["mine", "theirs"]


async def test_a_projection_that_breaks_leaves_nothing(views: Views) -> None:
    with pytest.raises(ZeroDivisionError):
        await views.apply(fact(1, "broken"))
    assert await views.read(lines) == []
    assert await views.apply(fact(1, "mended"))


async def test_a_rebuild_gives_the_same_tables(views: Views) -> None:
    facts = [fact(1, "one"), fact(2, "two"), fact(1, "three", "heron/notes/note-1")]
    for one in facts:
        await views.apply(one)
    before = await views.read(lines)

    def history(take: Callable[[Fact], None]) -> None:
        for one in [*facts, facts[0]]:
            take(one)

    assert views.rebuild(history) == len(facts)
    assert await views.read(lines) == before
    assert not await views.apply(facts[1])


async def test_a_rebuild_that_fails_keeps_the_old_tables(views: Views) -> None:
    await views.apply(fact(1, "one"))

    def history(take: Callable[[Fact], None]) -> None:
        take(fact(1, "broken"))

    with pytest.raises(ZeroDivisionError):
        views.rebuild(history)
    assert await views.read(lines) == ["one"]


@given(st.permutations([1, 2, 3, 4, 1, 3, 4, 2]))
async def test_in_whatever_order_facts_arrive_they_are_applied_in_order(order: list[int]) -> None:
    made = Views(
        sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
    )
    made.create(Lines())
    for version in order:
        await made.apply(fact(version, str(version)))
    assert await made.read(lines) == ["1", "2", "3", "4"]
    made.close()
