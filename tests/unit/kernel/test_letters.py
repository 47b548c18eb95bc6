"""Dead letters: kept once, replayed when a person asks, and kept again when that fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from finnest.errors import Invalid, Missing, Stale
from finnest.ids import StreamKey
from finnest.letters import Letters, Pings, replayer
from finnest.ports import Recorded, Streams
from finnest.records import Command
from finnest.testing import MemoryPublisher, Stage
from finnest.turns import Turns

LETTERS = Letters("notes")
EVENT = {
    "id": "cmd-1",
    "type": "notes.write.v1",
    "subject": "note-1",
    "tenant": "kestrel",
    "by": "ada",
    "data": "{}",
}
LETTER = LETTERS.thing("cmd-1")


def kept(**changes: object) -> Command:
    given = {
        "message_id": "cmd-1",
        "subject": "notes.write.v1",
        "reason": "bug",
        "detail": "ZeroDivisionError",
        "attempts": 5,
        "raw": json.dumps(EVENT),
    }
    return LETTERS.keep.model_validate({**given, **changes})


class _History(Streams):
    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    async def state(self, tenant: str, thing: str) -> tuple[object, int]:
        head = await self._turns.load(StreamKey("notes", tenant, thing))
        return head.state, head.version

    async def history(self, tenant: str, thing: str, version: int = 0) -> list[Recorded]:
        return await self._turns.history(StreamKey("notes", tenant, thing), version)

    async def rest(self, tenant: str, thing: str, rests: Callable[[Any, int], bool], within_s: float) -> None:
        raise NotImplementedError


def stage() -> tuple[Stage, MemoryPublisher]:
    bus = MemoryPublisher()
    made = Stage("notes", [LETTERS])
    made.give("replay_letter", replayer(_History(made.turns), bus, LETTERS))
    return made, bus


async def test_a_letter_is_kept_once_while_it_is_open() -> None:
    made, _ = stage()
    await made.say(LETTER, kept())
    await made.say(LETTER, kept(attempts=6))
    assert (await made.state(LETTER)).status == "open"
    assert len(await made.events(LETTER)) == 1


async def test_a_replay_puts_the_message_on_the_bus_under_a_new_id() -> None:
    made, bus = stage()
    await made.say(LETTER, kept())
    await made.say(LETTER, LETTERS.replay())
    await made.perform(LETTER)
    assert (await made.state(LETTER)).status == "replayed"
    ((subject, event),) = bus.sent.values()
    assert subject == f"commands.notes.write.v1.{StreamKey('notes', 'kestrel', 'note-1').partition}"
    assert (event["id"], event["originalid"]) == ("cmd-1~1", "cmd-1")


async def test_an_event_is_replayed_in_the_partition_of_its_stream() -> None:
    made, bus = stage()
    event = {**EVENT, "type": "songs.sung.v1", "stream": "kestrel/songs/song-7", "streamversion": 1}
    await made.say(LETTER, kept(raw=json.dumps(event)))
    await made.say(LETTER, LETTERS.replay())
    await made.perform(LETTER)
    ((subject, _),) = bus.sent.values()
    assert subject == f"events.songs.sung.v1.{StreamKey('songs', 'kestrel', 'song-7').partition}"


async def test_what_fails_again_after_its_replay_is_open_again_and_replays_anew() -> None:
    made, bus = stage()
    for _ in range(2):
        await made.say(LETTER, kept())
        assert (await made.state(LETTER)).status == "open"
        await made.say(LETTER, LETTERS.replay())
        await made.perform(LETTER)
    assert list(bus.sent) == ["cmd-1~1", "cmd-1~2"]


async def test_news_of_the_sending_does_not_close_a_letter_that_came_back_sooner() -> None:
    made, _ = stage()
    await made.say(LETTER, kept())
    await made.say(LETTER, LETTERS.replay())
    await made.say(LETTER, kept(attempts=1))
    await made.perform(LETTER)
    assert (await made.state(LETTER)).status == "open"


async def test_only_an_open_and_whole_letter_is_replayed() -> None:
    made, _ = stage()
    with pytest.raises(Missing):
        await made.say(LETTER, LETTERS.replay())
    await made.say(LETTER, kept(cut=True))
    with pytest.raises(Invalid):
        await made.say(LETTER, LETTERS.replay())
    whole = LETTERS.thing("cmd-2")
    await made.say(whole, kept())
    await made.say(whole, LETTERS.replay())
    with pytest.raises(Stale):
        await made.say(whole, LETTERS.replay())


async def test_a_ping_is_answered_and_leaves_nothing_but_its_answer() -> None:
    pings = Pings("notes")
    made = Stage("notes", [pings])
    outcome = await made.say("ping-1", pings.command(), request="r")
    assert outcome.reply == {"pong": "r"}
    assert await made.events("ping-1") == []
    assert len(made.store.all_keys()) == 1
