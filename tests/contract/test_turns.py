"""The contract of `Turns` over every store: fenced, answered once, nothing half done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from finnest import errors
from finnest.clock import SystemClock
from finnest.errors import Later, Unavailable
from finnest.ids import StreamKey
from finnest.ports import Store
from finnest.records import Command
from finnest.testing import MemoryPublisher, Planned, Trouble, TroubledStore
from finnest.turn import Decider, Message, Turn
from finnest.turns import Turns, announced, effect_result
from tests.unit.kernel.notes import Count, Crash, Note, Notes, Send, Sent, Take, Write, Written

CLOCK = SystemClock()


def turns(
    store: Store,
    bus: MemoryPublisher | None = None,
    deciders: Sequence[Decider[Any]] = (Notes(),),
) -> Turns:
    return Turns("notes", deciders, store, bus or MemoryPublisher(), CLOCK)


def message(key: StreamKey, command: Command, id_: str = "m-1") -> Message:
    return Message(
        id=id_,
        type=command.wire,
        tenant=key.tenant,
        thing=key.thing,
        data=command.wire_data(),
        by="ada",
        at=CLOCK.now(),
    )


async def note(store: Store, key: StreamKey) -> Note:
    state = (await turns(store).load(key)).state
    assert isinstance(state, Note)
    return state


async def test_a_stale_writer_is_refused_and_nothing_of_it_is_visible(store: Store, key: StreamKey) -> None:
    gate = Planned({})
    stale = turns(TroubledStore(store, gate))
    await stale.take(key, message(key, Write(text="one")))
    await turns(store).take(key, message(key, Write(text="two"), "m-2"))
    # Its transaction fails, and it gets no chance to look again.
    gate.plan("store.get", Trouble.NOT_DONE)
    with pytest.raises(Unavailable):
        await stale.take(key, message(key, Take(name="blue"), "m-3"))
    assert (await note(store, key)).texts == ("one", "two")
    found = await store.get([key.event(2), key.event(3), key.seen("m-3"), key.claim("name blue")])
    assert list(found) == [key.event(2)]


async def test_of_twenty_writers_at_once_each_accepted_change_is_there_once(
    store: Store, key: StreamKey
) -> None:
    async def write(number: int) -> str | None:
        command = Write(text=f"line {number}")
        mine = turns(store)
        for _ in range(20):
            try:
                outcome = await mine.take(key, message(key, command, f"m-{number}"))
            except Later:
                continue
            assert outcome.refused is None
            return command.text
        return None

    written = await asyncio.gather(*(write(number) for number in range(20)))
    accepted = [text for text in written if text is not None]
    state = await note(store, key)
    assert sorted(state.texts) == sorted(accepted)
    assert len(accepted) == 20
    history = await turns(store).history(key)
    assert [entry.version for entry in history] == list(range(1, 21))


async def test_a_claim_is_held_by_one_of_many_who_want_it(store: Store, tenant: str) -> None:
    keys = [StreamKey("notes", tenant, f"note-{n}") for n in range(8)]

    async def take(key: StreamKey) -> bool:
        mine = turns(store)
        while True:
            try:
                outcome = await mine.take(key, message(key, Take(name="blue")))
            except Later:
                continue
            if outcome.refused is not None:
                refusal = errors.from_data(outcome.refused)
                assert refusal.slug == "taken"
                return False
            return True

    won = await asyncio.gather(*(take(key) for key in keys))
    assert won.count(True) == 1
    holder = keys[won.index(True)].thing
    claim = keys[0].claim("name blue")
    assert await store.get([claim]) == {claim: holder}
    assert [len(await turns(store).history(key)) for key in keys] == [int(w) for w in won]


async def test_a_lost_claim_leads_to_the_other_turn(store: Store, tenant: str) -> None:
    first, second = (StreamKey("notes", tenant, f"note-{n}") for n in (1, 2))
    mine = turns(store)
    await mine.take(first, message(first, Take(name="blue")))
    outcome = await mine.take(second, message(second, Take(name="blue", instead=True)))
    assert outcome.reply == {"holder": "note-1"}


async def test_a_refused_turn_saves_only_its_outcome(store: Store, key: StreamKey) -> None:
    mine = turns(store)
    outcome = await mine.take(key, message(key, Write(text="")))
    assert outcome.refused is not None
    assert await store.get([key.head, key.event(1)]) == {}
    assert await turns(store).outcome(key, "m-1") == outcome
    await mine.take(key, message(key, Write(text="hello"), "m-2"))
    assert (await note(store, key)).texts == ("hello",)


async def test_a_turn_that_breaks_saves_nothing_now_or_later(store: Store, key: StreamKey) -> None:
    mine = turns(store)
    await mine.take(key, message(key, Write(text="hello")))
    with pytest.raises(ZeroDivisionError):
        await mine.take(key, message(key, Crash(), "m-2"))
    assert await mine.outcome(key, "m-2") is None
    await mine.take(key, message(key, Write(text="bye"), "m-3"))
    assert (await note(store, key)).texts == ("hello", "bye")


async def test_a_failed_save_drops_what_memory_held(store: Store, key: StreamKey) -> None:
    troubled = TroubledStore(store, Planned({"store.transact": [None, Trouble.NOT_DONE]}))
    mine = turns(troubled)
    await mine.take(key, message(key, Write(text="hello")))
    with pytest.raises(Unavailable):
        await mine.take(key, message(key, Write(text="lost"), "m-2"))
    assert mine.peek(key) is None
    await mine.take(key, message(key, Write(text="bye"), "m-3"))
    assert (await note(store, key)).texts == ("hello", "bye")


async def test_a_save_whose_answer_was_lost_counts_as_saved(store: Store, key: StreamKey) -> None:
    troubled = TroubledStore(store, Planned({"store.transact": [Trouble.ANSWER_LOST]}))
    outcome = await turns(troubled).take(key, message(key, Write(text="hello")))
    assert (outcome.version, outcome.refused) == (1, None)
    assert (await note(store, key)).texts == ("hello",)


async def test_a_message_delivered_three_times_is_taken_once_and_answered_the_same(
    store: Store, key: StreamKey
) -> None:
    mine, others = turns(store), turns(store)
    given = message(key, Write(text="hello"))
    answers = [await one.take(key, given) for one in (mine, mine, others)]
    assert answers[0] == answers[1] == answers[2]
    assert len(await mine.history(key)) == 1


async def test_a_message_delivered_three_times_at_once_is_taken_once(store: Store, key: StreamKey) -> None:
    given = message(key, Write(text="hello"))
    answers = await asyncio.gather(*(turns(store).take(key, given) for _ in range(3)))
    assert answers[0] == answers[1] == answers[2]
    assert (await note(store, key)).texts == ("hello",)


async def test_of_two_activations_one_loses_cleanly(store: Store, key: StreamKey) -> None:
    mine, others = turns(store), turns(store)
    await mine.take(key, message(key, Write(text="one")))
    await others.take(key, message(key, Write(text="two"), "m-2"))
    outcome = await mine.take(key, message(key, Write(text="three"), "m-3"))
    assert (outcome.version, outcome.reply) == (3, {"lines": 3})
    assert (await others.take(key, message(key, Count(), "m-4"))).reply == {"lines": 3}


async def test_the_result_of_an_effect_counts_once_for_two_activations(store: Store, key: StreamKey) -> None:
    mine, others = turns(store), turns(store)
    await mine.take(key, message(key, Send(to="bob")))
    (effect,) = (await others.load(key)).pending
    given = message(key, Sent(to="bob"), effect_result(effect))
    await asyncio.gather(*(each.take(key, given) for each in (mine, others)))
    assert (await note(store, key)).sent == ("bob",)
    assert (await mine.load(key)).pending == {}


@pytest.mark.parametrize("text", ["2024-01-15", "2024-01-15T10:00:00Z", "5m", "PT1H", "1e3", "é\n"])
@pytest.mark.parametrize("number", [0, -1, 2**53 + 1, -(2**63) - 1, 10**30])
async def test_values_come_back_exactly(store: Store, key: StreamKey, text: str, number: int) -> None:
    bus = MemoryPublisher()
    mine = turns(store, bus)
    await mine.take(key, message(key, Write(text=text, number=number)))
    await mine.publish(key)
    state = await note(store, key)
    assert (state.texts, state.numbers) == ((text,), (number,))
    (entry,) = await turns(store).history(key)
    assert entry.data == {"text": text, "number": number} == announced(bus.sent[key.event_id(1)][1])


async def test_older_code_refuses_what_newer_code_wrote(store: Store, key: StreamKey) -> None:
    class Newer(Notes):
        schema = 3

    await turns(store, deciders=[Newer()]).take(key, message(key, Write(text="hello")))
    before = await store.get([key.head])
    with pytest.raises(Unavailable, match="newer"):
        await turns(store).take(key, message(key, Write(text="bye"), "m-2"))
    assert await store.get([key.head, key.event(2), key.seen("m-2")]) == before


async def test_event_fields_unknown_to_this_code_survive(store: Store, key: StreamKey) -> None:
    class Louder(Written):
        volume: int = 0

    class Newer(Notes):
        def decide(self, state: Note, command: Command, message: Message) -> Turn:
            return Turn([Louder(text="hello", volume=11)])

    await turns(store, deciders=[Newer()]).take(key, message(key, Write(text="x")))
    bus = MemoryPublisher()
    older = turns(store, bus)
    await older.publish(key)
    (entry,) = await older.history(key)
    assert entry.data["volume"] == 11
    assert announced(bus.sent[key.event_id(1)][1])["volume"] == 11
