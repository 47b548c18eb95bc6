"""Views, in a file and in PostgreSQL: each fact once, in each stream's order, rebuilt from history at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from finnest.dev.ports import any_free
from finnest.errors import Unavailable
from finnest.feature import Fact
from finnest.views import Views
from tests.contract.views_rig import COUNTS, Counts, Lines, Open, fact, lines


@pytest.fixture
def views(opened: Open) -> Views:
    made = opened()
    made.create(Lines())
    return made


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


async def test_an_early_fact_survives_a_restart(views: Views, opened: Open) -> None:
    await views.apply(fact(2, "two"))
    views.close()
    again = opened()
    again.create(Lines())
    await again.apply(fact(1, "one"))
    assert await again.read(lines) == ["one", "two"]


async def test_two_processes_apply_each_fact_once_and_in_order(opened: Open) -> None:
    both = [opened(), opened()]
    # As two pods do that start at once.
    await asyncio.gather(*(asyncio.to_thread(one.create, Lines()) for one in both))
    facts = [fact(version, str(version)) for version in range(1, 21)]
    applied = await asyncio.gather(*(both[n % 2].apply(one) for n, one in enumerate([*facts, *facts])))
    assert sum(applied) == len(facts)
    assert await both[0].read(lines) == [str(version) for version in range(1, 21)]


async def test_what_two_processes_add_to_one_row_is_not_lost(opened: Open) -> None:
    both = [opened(), opened()]
    for one in both:
        one.create(Counts())
    streams = [f"kestrel/notes/note-{number}" for number in range(40)]
    await asyncio.gather(*(both[n % 2].apply(fact(1, "x", stream)) for n, stream in enumerate(streams)))
    assert await both[0].read(lambda c: c.scalar(sa.select(COUNTS.c.total))) == len(streams)


async def test_a_text_with_a_nul_is_shown_and_keeps_nothing_out(views: Views) -> None:
    assert await views.apply(fact(1, "a\x00b"))
    assert (await views.read(lines))[0] in ("a\x00b", "a\ufffdb")


async def test_a_connection_that_the_server_ended_is_replaced(views: Views, database: str) -> None:
    await views.apply(fact(1, "one"))
    ended = sa.create_engine(f"postgresql+pg8000://finnest@127.0.0.1:{database}/postgres")
    with ended.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'finnest-views'"
        )
    ended.dispose()
    assert await views.apply(fact(2, "two"))
    assert await views.read(lines) == ["one", "two"]


async def test_a_database_that_is_away_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"postgresql://finnest@127.0.0.1:{any_free([])}/postgres")
    views = Views.of("notes", tmp_path, tmp_path)
    with pytest.raises(Unavailable):
        views.create(Lines())
    with pytest.raises(Unavailable):
        await views.apply(fact(1, "one"))
    with pytest.raises(Unavailable):
        await views.read(lines)
    views.close()


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
