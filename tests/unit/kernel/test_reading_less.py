"""What is committed is read once, and who waits for a thing to rest does not ask the store all the time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from finnest.dapr.streams import TurnStreams
from finnest.entries import ENTRIES_IN_MEMORY, ENTRY_CHARS, Entries
from finnest.ids import StreamKey
from finnest.ports import Write
from finnest.testing import ManualClock, MemoryStore, Stage
from tests.unit.kernel import notes

KEY = StreamKey("notes", "t", "note-1")


class Counting(MemoryStore):
    """Counts the keys that are asked for."""

    asked = 0

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        self.asked += len(keys)
        return await super().get(keys)


async def test_a_committed_event_is_read_once_and_a_long_one_each_time() -> None:
    store = Counting(ManualClock())
    texts = {1: '{"n": 1}', 2: f'{{"n": "{"x" * ENTRY_CHARS}"}}'}
    await store.transact([Write(KEY.event(version), text) for version, text in texts.items()])
    entries = Entries(store)
    for asked in (2, 3, 4):
        assert (await entries.read(KEY, [1, 2]))[1] == {"n": 1}
        assert store.asked == asked


async def test_only_so_many_events_stay_in_memory() -> None:
    store = Counting(ManualClock())
    entries = Entries(store)
    await store.transact([Write(KEY.event(1), "{}")])
    entries.keep({KEY.event(version): "{}" for version in range(1, ENTRIES_IN_MEMORY + 2)})
    assert await entries.read(KEY, [2, ENTRIES_IN_MEMORY + 1]) == {2: {}, ENTRIES_IN_MEMORY + 1: {}}
    assert store.asked == 0
    await entries.read(KEY, [1])
    assert store.asked == 1


async def test_what_this_process_has_written_it_does_not_read_for_its_history() -> None:
    stage = Stage("notes", [notes.Notes()])
    await stage.say("note-1", notes.Write(text="a"))
    stage.store.get = _refuse  # pyright: ignore[reportAttributeAccessIssue]
    history = await stage.turns.history(stage.key("note-1"), 1)
    assert [entry.version for entry in history] == [1]


async def _refuse(keys: Sequence[str]) -> dict[str, str]:
    raise AssertionError(f"{keys} were read")


async def test_who_waits_is_told_at_once_and_leaves_nothing_behind() -> None:
    stage = Stage("notes", [notes.Notes()])
    streams = TurnStreams("notes", stage.turns)
    waits = [
        asyncio.create_task(streams.rest("kestrel", "note-1", lambda _, version: version >= 2, 30.0))
        for _ in range(3)
    ]
    await asyncio.sleep(0)
    await stage.say("note-1", notes.Write(text="a"))
    assert not any(one.done() for one in waits)
    await stage.say("note-1", notes.Write(text="b"))
    await asyncio.wait_for(asyncio.gather(*waits), 5)
    await streams.rest("kestrel", "note-1", lambda _, version: version > 99, 0.01)
    assert not stage.turns.watchers
