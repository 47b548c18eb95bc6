"""Turns: one message in, one decision out, all saved together or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest import errors
from finnest.errors import Conflict, Invalid, Later, Missing, NotYet, Stale, Unavailable
from finnest.ids import StreamKey
from finnest.ports import EffectCall, Store, Write
from finnest.records import Command, Record
from finnest.testing import ManualClock, MemoryPublisher, MemoryStore, Planned, Stage, Trouble
from finnest.turn import Decider, EffectFailed, Message, Outcome, Tick, Turn
from finnest.turns import SNAPSHOT_BYTES, Turns, announced, effect_result
from tests.unit.kernel import notes
from tests.unit.kernel.notes import Count, Crash, Notes, Remind, Send, Sent, Take, Written

KEY = StreamKey("notes", "kestrel", "note-1")
CLOCK = ManualClock()


def turns(
    store: Store,
    bus: MemoryPublisher | None = None,
    deciders: Sequence[Decider[Any]] = (Notes(),),
) -> Turns:
    return Turns("notes", deciders, store, bus or MemoryPublisher(), CLOCK)


def message(command: Command, id_: str = "m-1", key: StreamKey = KEY) -> Message:
    return Message(
        id=id_,
        type=command.wire,
        tenant=key.tenant,
        thing=key.thing,
        data=command.wire_data(),
        by="ada",
        at=CLOCK.now(),
    )


def say(text: str, number: int = 0) -> Command:
    return notes.Write(text=text, number=number)


async def note_of(those: Turns) -> notes.Note:
    state = (await those.load(KEY)).state
    assert isinstance(state, notes.Note)
    return state


def failing(*troubles: Trouble | None) -> tuple[MemoryStore, MemoryStore]:
    """Return a store whose transactions fail as given, and the same one without trouble."""
    good = MemoryStore(CLOCK)
    return MemoryStore(CLOCK, Planned({"store.transact": troubles}), through=good), good


async def test_a_turn_saves_event_head_and_answer_together() -> None:
    store = MemoryStore(CLOCK)
    outcome = await turns(store).take(KEY, message(say("hello")))
    assert (outcome.version, outcome.reply, outcome.refused) == (1, {"lines": 1}, None)
    assert store.all_keys() == sorted([KEY.head, KEY.event(1), KEY.seen("m-1")])


async def test_a_message_delivered_three_times_is_taken_once_and_answered_the_same() -> None:
    store = MemoryStore(CLOCK)
    mine, others = turns(store), turns(store)
    answers = [await t.take(KEY, message(say("hello"))) for t in (mine, mine, others)]
    assert answers[0] == answers[1] == answers[2]
    assert (await mine.load(KEY)).version == 1


async def test_a_repeat_is_answered_as_before_however_the_thing_has_changed() -> None:
    store = MemoryStore(CLOCK)
    mine = turns(store)
    first = await mine.take(KEY, message(Count()))
    await mine.take(KEY, message(say("hello"), "m-2"))
    assert await mine.take(KEY, message(Count())) == first
    assert (await mine.take(KEY, message(Count(), "m-3"))).reply == {"lines": 1}


async def test_the_same_request_with_another_content_is_refused() -> None:
    mine = turns(MemoryStore(CLOCK))
    await mine.take(KEY, message(say("hello")))
    again = await mine.take(KEY, message(say("bye")))
    assert again.refused is not None
    assert again.refused["slug"] == "key-reused"
    assert (await note_of(mine)).texts == ("hello",)


async def test_a_refused_turn_saves_only_its_outcome() -> None:
    store = MemoryStore(CLOCK)
    mine = turns(store)
    outcome = await mine.take(KEY, message(say("")))
    assert outcome.refused is not None
    assert isinstance(errors.from_data(outcome.refused), Invalid)
    assert store.all_keys() == [KEY.seen("m-1")]
    await mine.take(KEY, message(say("hello"), "m-2"))
    assert (await note_of(mine)).texts == ("hello",)


async def test_a_turn_that_breaks_leaves_nothing_now_or_later() -> None:
    store = MemoryStore(CLOCK)
    mine = turns(store)
    await mine.take(KEY, message(say("hello")))
    before = store.all_keys()
    with pytest.raises(ZeroDivisionError):
        await mine.take(KEY, message(Crash(), "m-2"))
    assert store.all_keys() == before
    assert mine.peek(KEY) is None
    await mine.take(KEY, message(say("bye"), "m-3"))
    assert (await note_of(mine)).texts == ("hello", "bye")


async def test_a_repeat_that_no_longer_fits_is_still_answered_as_before() -> None:
    class Once(Notes):
        def decide(self, state: notes.Note, command: Command, message: Message) -> Turn:
            assert not state.texts
            return super().decide(state, command, message)

    mine = turns(MemoryStore(CLOCK), deciders=[Once()])
    first = await mine.take(KEY, message(say("hello")))
    assert await mine.take(KEY, message(say("hello"))) == first


async def test_a_failed_save_drops_what_memory_held() -> None:
    flaky, good = failing(None, Trouble.NOT_DONE)
    mine = turns(flaky)
    await mine.take(KEY, message(say("hello")))
    with pytest.raises(Unavailable):
        await mine.take(KEY, message(say("lost"), "m-2"))
    assert mine.peek(KEY) is None
    assert KEY.event(2) not in good.all_keys()
    await mine.take(KEY, message(say("bye"), "m-3"))
    assert (await note_of(mine)).texts == ("hello", "bye")


async def test_a_save_whose_answer_was_lost_counts_as_saved() -> None:
    flaky, _ = failing(Trouble.ANSWER_LOST)
    mine = turns(flaky)
    outcome = await mine.take(KEY, message(say("hello")))
    assert (outcome.version, outcome.refused) == (1, None)
    assert (await mine.publish(KEY)).published == 1


async def test_a_save_that_comes_late_is_not_made_twice() -> None:
    gate = Planned({"store.transact": [Trouble.LATE]})
    mine = turns(MemoryStore(CLOCK, gate))
    with pytest.raises(Unavailable):
        await mine.take(KEY, message(say("hello")))
    gate.late[0]()
    assert (await mine.take(KEY, message(say("hello")))).version == 1
    assert (await mine.load(KEY)).version == 1


async def test_of_two_activations_one_loses_and_decides_again() -> None:
    store = MemoryStore(CLOCK)
    mine, others = turns(store), turns(store)
    await mine.take(KEY, message(say("one")))
    await others.take(KEY, message(say("two"), "m-2"))
    outcome = await mine.take(KEY, message(say("three"), "m-3"))
    assert (outcome.version, outcome.reply) == (3, {"lines": 3})
    assert (await note_of(mine)).texts == ("one", "two", "three")


async def test_an_answer_is_never_given_from_stale_memory() -> None:
    store = MemoryStore(CLOCK)
    mine, others = turns(store), turns(store)
    await mine.take(KEY, message(say("one")))
    await others.take(KEY, message(say("two"), "m-2"))
    assert (await mine.take(KEY, message(Count(), "m-3"))).reply == {"lines": 2}


async def test_nobody_is_refused_from_stale_memory() -> None:
    class Impatient(Notes):
        def decide(self, state: notes.Note, command: Command, message: Message) -> Turn:
            if isinstance(command, Count) and not state.texts:
                raise Missing("no-lines", "nothing was written")
            return super().decide(state, command, message)

    store = MemoryStore(CLOCK)
    mine, others = turns(store, deciders=[Impatient()]), turns(store)
    await mine.take(KEY, message(Send(to="bob")))
    await others.take(KEY, message(say("one"), "m-2"))
    assert (await mine.take(KEY, message(Count(), "m-3"))).refused is None


async def test_endless_contention_ends_as_a_conflict() -> None:
    class Contended(MemoryStore):
        """Someone else is always faster."""

        async def transact(self, writes: Sequence[Write]) -> bool:
            fast = turns(through)
            await fast.take(KEY, message(say("fast"), f"fast-{len(through.all_keys())}"))
            return await super().transact(writes)

    through = MemoryStore(CLOCK)
    with pytest.raises(Conflict):
        await turns(Contended(CLOCK, through=through)).take(KEY, message(say("slow")))
    assert KEY.seen("m-1") not in through.all_keys()


async def test_a_claim_is_held_by_one_thing() -> None:
    stage = Stage("notes", [Notes()])
    await stage.say("note-1", Take(name="blue"))
    with pytest.raises(Stale) as refusal:
        await stage.say("note-2", Take(name="blue"))
    assert refusal.value.facts == {"holder": "note-1"}
    assert await stage.events("note-2") == []


async def test_a_lost_claim_can_lead_to_another_turn() -> None:
    stage = Stage("notes", [Notes()])
    await stage.say("note-1", Take(name="blue"))
    outcome = await stage.say("note-2", Take(name="blue", instead=True))
    assert outcome.reply == {"holder": "note-1"}
    assert await stage.events("note-2") == [notes.TakenBefore(name="blue", holder="note-1")]


async def test_a_thing_may_claim_again_what_it_holds() -> None:
    stage = Stage("notes", [Notes()])
    await stage.say("note-1", Take(name="blue"))
    await stage.say("note-1", Take(name="blue"))
    assert len(await stage.events("note-1")) == 2


async def test_claims_of_other_tenants_do_not_matter() -> None:
    store = MemoryStore(CLOCK)
    mine = turns(store)
    for tenant in ("kestrel", "heron"):
        key = StreamKey("notes", tenant, "note-1")
        assert (await mine.take(key, message(Take(name="blue"), key=key))).refused is None


async def test_a_second_lost_claim_does_not_make_the_first_forgotten() -> None:
    class TwoNames(Notes):
        def decide(self, state: notes.Note, command: Command, message: Message) -> Turn:
            def second(holder: str) -> Turn:
                return super(TwoNames, self).decide(state, Take(name="green", instead=True), message)

            turn = super().decide(state, Take(name="blue"), message)
            return Turn(turn.events, claims=[type(turn.claims[0])("name blue", second)])

    store = MemoryStore(CLOCK)
    plain = turns(store)
    for number, name in enumerate(("blue", "green")):
        key = StreamKey("notes", "kestrel", f"note-{name}")
        await plain.take(key, message(Take(name=name), f"m-{number}", key))
    outcome = await turns(store, deciders=[TwoNames()]).take(KEY, message(Take(name="x")))
    assert outcome.reply == {"holder": "note-green"}


async def test_the_result_of_an_effect_ends_it() -> None:
    async def send(call: EffectCall) -> Command:
        return Sent(to=call.args["to"])

    stage = Stage("notes", [Notes()], {"send": send})
    await stage.say("note-1", Send(to="bob"))
    assert await stage.perform("note-1") == ["send"]
    assert (await stage.state("note-1")).sent == ("bob",)
    assert (await stage.turns.load(KEY)).pending == {}


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (Sent(to="twice"), None),
        (Sent(to="nobody"), "nobody"),
        (Take(name="taken"), "taken"),
        (say("x" * SNAPSHOT_BYTES), "too-big"),
    ],
)
async def test_a_result_that_leads_to_nothing_is_noted_and_ends_the_effect(
    result: Command, reason: str | None
) -> None:
    async def send(_: EffectCall) -> Command:
        return result

    stage = Stage("notes", [Notes()], {"send": send})
    await stage.say("note-9", Take(name="taken"))
    await stage.say("note-1", Send(to="bob"))
    await stage.perform("note-1")
    last = (await stage.turns.history(KEY))[-1]
    assert last.type == "notes.noted.v1"
    assert last.data.get("reason") == reason
    assert (await stage.turns.load(KEY)).pending == {}


async def test_a_result_in_no_known_form_ends_the_effect_too() -> None:
    store = MemoryStore(CLOCK)
    mine = turns(store)
    await mine.take(KEY, message(Send(to="bob")))
    (effect,) = (await mine.load(KEY)).pending
    strange = message(Sent(to="x"), effect_result(effect)).model_copy(update={"data": {}})
    assert (await mine.take(KEY, strange)).refused is None
    assert (await mine.load(KEY)).pending == {}


async def test_only_the_first_result_of_an_effect_counts() -> None:
    store = MemoryStore(CLOCK)
    mine, others = turns(store), turns(store)
    await mine.take(KEY, message(Send(to="bob")))
    (effect,) = (await mine.load(KEY)).pending
    for each in (mine, others):
        await each.take(KEY, message(Sent(to="bob"), effect_result(effect)))
    assert (await note_of(mine)).sent == ("bob",)


async def test_a_result_that_nobody_waits_for_changes_nothing() -> None:
    mine = turns(MemoryStore(CLOCK))
    outcome = await mine.take(KEY, message(Sent(to="bob"), effect_result(f"{KEY.event_id(1)}/0")))
    assert outcome.refused is not None
    assert outcome.refused["slug"] == "effect-settled"


async def test_an_effect_that_always_breaks_is_told_to_the_rules() -> None:
    async def send(_: EffectCall) -> Command:
        return EffectFailed(effect="send", args={"to": "bob"}, reason="OSError")

    stage = Stage("notes", [Notes()], {"send": send})
    await stage.say("note-1", Send(to="bob"))
    await stage.perform("note-1")
    assert (await stage.state("note-1")).sent == ("lost",)


async def test_a_deadline_ticks_once_when_it_has_passed() -> None:
    stage = Stage("notes", [Notes()])
    await stage.say("note-1", Remind(at=stage.clock.now() + timedelta(hours=1)))
    early = message(Tick(), "tick:1").model_copy(update={"at": stage.clock.now()})
    with pytest.raises(NotYet):
        await stage.turns.take(KEY, early)
    await stage.tick("note-1")
    assert (await stage.events("note-1"))[-1] == notes.Reminded()
    assert (await stage.turns.load(KEY)).wake_at is None


async def test_a_deadline_may_be_moved_or_dropped() -> None:
    stage = Stage("notes", [Notes()])
    soon = stage.clock.now() + timedelta(hours=1)
    await stage.say("note-1", Remind(at=soon))
    await stage.say("note-1", say("unrelated"))
    assert (await stage.turns.load(KEY)).wake_at == soon
    await stage.say("note-1", Remind(at=soon + timedelta(hours=1)))
    assert (await stage.turns.load(KEY)).wake_at == soon + timedelta(hours=1)
    await stage.say("note-1", Remind(at=None))
    assert (await stage.turns.load(KEY)).wake_at is None


async def test_a_deadline_that_the_rules_refuse_is_over_all_the_same() -> None:
    class Deaf(Notes):
        def decide(self, state: notes.Note, command: Command, message: Message) -> Turn:
            if isinstance(command, Tick):
                raise Invalid("deaf", "not now")
            return super().decide(state, command, message)

    stage = Stage("notes", [Deaf()])
    await stage.say("note-1", Remind(at=stage.clock.now()))
    await stage.tick("note-1")
    assert (await stage.turns.load(KEY)).wake_at is None
    assert (await stage.turns.history(KEY))[-1].data["reason"] == "deaf"


async def test_a_deadline_set_again_to_the_same_instant_ticks_again() -> None:
    stage = Stage("notes", [Notes()])
    now = stage.clock.now()
    for _ in range(2):
        await stage.say("note-1", Remind(at=now))
        await stage.tick("note-1")
    assert (await stage.events("note-1")).count(notes.Reminded()) == 2


async def test_a_turn_without_event_must_not_promise_anything() -> None:
    class Careless(Notes):
        def decide(self, state: notes.Note, command: Command, message: Message) -> Turn:
            return Turn(wake_at=message.at)

    with pytest.raises(TypeError, match="without an event"):
        await turns(MemoryStore(CLOCK), deciders=[Careless()]).take(KEY, message(say("hello")))


async def test_a_snapshot_over_its_bound_is_refused() -> None:
    mine = turns(MemoryStore(CLOCK))
    outcome = await mine.take(KEY, message(say("x" * SNAPSHOT_BYTES)))
    assert outcome.refused is not None
    assert outcome.refused["slug"] == "too-big"


async def test_older_code_refuses_what_newer_code_wrote() -> None:
    class Newer(Notes):
        schema = 3

    store = MemoryStore(CLOCK)
    await turns(store, deciders=[Newer()]).take(KEY, message(say("hello")))
    before = {key: store.look(key) for key in store.all_keys()}
    with pytest.raises(Unavailable, match="newer"):
        await turns(store).take(KEY, message(say("bye"), "m-2"))
    assert {key: store.look(key) for key in store.all_keys()} == before


async def test_newer_code_reads_what_older_code_wrote() -> None:
    class Newer(Notes):
        schema = 3

    store = MemoryStore(CLOCK)
    await turns(store).take(KEY, message(say("hello")))
    newer = turns(store, deciders=[Newer()])
    await newer.take(KEY, message(say("bye"), "m-2"))
    assert (await newer.load(KEY)).schema == 3


async def test_event_fields_unknown_to_this_code_survive() -> None:
    class Louder(Written):
        volume: int = 0

    class Newer(Notes):
        def decide(self, state: notes.Note, command: Command, message: Message) -> Turn:
            return Turn([Louder(text="hello", volume=11)])

    store, bus = MemoryStore(CLOCK), MemoryPublisher()
    await turns(store, deciders=[Newer()]).take(KEY, message(say("hello")))
    older = turns(store, bus)
    await older.publish(KEY)
    (recorded,) = await older.history(KEY)
    assert recorded.data["volume"] == 11
    _, event = bus.sent[KEY.event_id(1)]
    assert announced(event)["volume"] == 11
    assert Written.model_validate(recorded.data).text == "hello"


STRANGE = ("2024-01-15", "2024-01-15T10:00:00Z", "5m", "PT5M", "1h30m", "null", "1e400", "\u2028é\x00")


@pytest.mark.parametrize("text", STRANGE)
async def test_text_that_looks_like_something_else_comes_back_as_text(text: str) -> None:
    store = MemoryStore(CLOCK)
    await turns(store).take(KEY, message(say(text)))
    fresh = turns(store)
    assert (await note_of(fresh)).texts == (text,)
    assert (await fresh.history(KEY))[0].data["text"] == text


@given(st.text(min_size=1, max_size=50), st.integers())
async def test_text_and_integers_of_any_size_come_back_exactly(text: str, number: int) -> None:
    store, bus = MemoryStore(CLOCK), MemoryPublisher()
    mine = turns(store, bus)
    await mine.take(KEY, message(say(text, number)))
    await mine.publish(KEY)
    state = await note_of(turns(store))
    assert (state.texts, state.numbers) == ((text,), (number,))
    # As the sidecar and the broker carry it: JSON whose numbers may pass through a float.
    over_the_bus = json.loads(json.dumps(bus.sent[KEY.event_id(1)][1]), parse_int=float)
    assert announced(over_the_bus) == {"text": text, "number": number}


async def test_events_are_published_in_order_under_their_stream_and_version() -> None:
    bus = MemoryPublisher()
    mine = turns(MemoryStore(CLOCK), bus)
    for number in (1, 2):
        await mine.take(KEY, message(say(f"line {number}"), f"m-{number}"))
    head = await mine.publish(KEY)
    assert (head.published, head.left) == (2, False)
    assert list(bus.sent) == [KEY.event_id(1), KEY.event_id(2)]
    subject, event = bus.sent[KEY.event_id(1)]
    assert subject == f"events.notes.written.v1.{KEY.partition}"
    assert (event["stream"], event["streamversion"], event["cause"]) == (KEY.stream, 1, "m-1")


@pytest.mark.parametrize("trouble", [Trouble.NOT_DONE, Trouble.ANSWER_LOST])
async def test_what_could_not_be_published_is_published_the_next_time(trouble: Trouble) -> None:
    bus = MemoryPublisher(Planned({"bus.publish": [None, trouble]}))
    mine = turns(MemoryStore(CLOCK), bus)
    for number in (1, 2):
        await mine.take(KEY, message(say("hello"), f"m-{number}"))
    with pytest.raises(Unavailable):
        await mine.publish(KEY)
    head = mine.peek(KEY)
    assert head is not None
    assert (head.published, head.left) == (1, True)
    assert (await mine.publish(KEY)).published == 2
    assert len(bus.sent) == 2


async def test_a_fresh_process_publishes_the_last_events_again() -> None:
    store, bus = MemoryStore(CLOCK), MemoryPublisher()
    await turns(store).take(KEY, message(say("hello")))
    await turns(store, bus).publish(KEY)
    assert list(bus.sent) == [KEY.event_id(1)]


async def test_what_has_long_been_given_up_is_not_published_again() -> None:
    store, bus, clock = MemoryStore(CLOCK), MemoryPublisher(), ManualClock()
    await turns(store).take(KEY, message(say("hello")))
    clock.advance(26 * 24 * 3600)
    head = await Turns("notes", [Notes()], store, bus, clock).publish(KEY)
    assert (head.published, bus.sent) == (1, {})


async def test_a_refresh_keeps_what_memory_knows_of_publishing() -> None:
    store, bus = MemoryStore(CLOCK), MemoryPublisher()
    mine, others = turns(store, bus), turns(store)
    await mine.take(KEY, message(say("hello")))
    await mine.publish(KEY)
    assert (await mine.refresh(KEY)).published == 1
    await others.take(KEY, message(say("bye"), "m-2"))
    assert (await mine.refresh(KEY)).version == 2


async def test_an_unknown_command_or_bad_data_is_refused_with_the_field() -> None:
    mine = turns(MemoryStore(CLOCK))
    unknown = message(say("x")).model_copy(update={"type": "notes.sing.v1"})
    assert _slug(await mine.take(KEY, unknown)) == "unknown-command"
    bad = message(say("x"), "m-2").model_copy(update={"data": {"text": 5}})
    outcome = await mine.take(KEY, bad)
    assert outcome.refused is not None
    assert outcome.refused["detail"].startswith("text: ")


async def test_a_kind_that_the_feature_does_not_have_is_refused() -> None:
    mine = turns(MemoryStore(CLOCK))
    with pytest.raises(Invalid):
        mine.check(StreamKey("notes", "kestrel", "song-1"))


@given(
    st.lists(
        st.tuples(
            st.sampled_from((0, 1)),
            st.sampled_from(("a", "b", "", "c")),
            st.sampled_from((None, *Trouble)),
            st.integers(0, 4),
        ),
        max_size=12,
    )
)
async def test_whatever_fails_each_message_is_taken_at_most_once(
    steps: list[tuple[int, str, Trouble | None, int]],
) -> None:
    """Two processes, repeats, lost answers: the history is what the outcomes say."""
    good = MemoryStore(CLOCK)
    gates = [Planned({}), Planned({})]
    hosts = [turns(MemoryStore(CLOCK, gate, through=good)) for gate in gates]
    outcomes: dict[str, Outcome] = {}
    for host, text, trouble, number in steps:
        gates[host].plan("store.transact", trouble)
        try:
            outcome = await hosts[host].take(KEY, message(say(text), f"m-{text}{number}"))
        except Later:
            continue
        assert outcomes.setdefault(f"m-{text}{number}", outcome) == outcome
        for gate in gates:
            while gate.late:
                gate.late.pop()()
    history = await turns(good).history(KEY)
    taken = [e.cause for e in _entries(good, len(history))]
    assert len(taken) == len(set(taken))
    accepted = {m for m, outcome in outcomes.items() if outcome.refused is None}
    assert accepted <= set(taken)


class _Entry(Record):
    cause: str


def _entries(store: MemoryStore, count: int) -> list[_Entry]:
    texts = [store.look(KEY.event(version)) for version in range(1, count + 1)]
    return [_Entry.model_validate_json(text) for text in texts if text is not None]


def _slug(outcome: Outcome) -> str | None:
    return outcome.refused["slug"] if outcome.refused else None
