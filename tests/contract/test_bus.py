"""The bus with a real broker, sidecar and app: nothing is lost, poison is put aside, history is for views."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Generator
from typing import Any

import pytest

from finnest.clock import fresh_id
from finnest.context import Caller
from finnest.dev import bus
from finnest.errors import Later
from finnest.ids import PARTITIONS, StreamKey, durable, subject
from finnest.testing import eventually
from finnest.turn import Decider, Outcome
from tests.contract.features.echoes.main import Echoes, echo_of
from tests.contract.features.pads.main import POISON, Pads, Write
from tests.contract.rig import Client, Rig

ADA = Caller(tenant="kestrel", user="ada")


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Generator[Rig]:
    """One installation for all tests of this file."""
    made = Rig.at(tmp_path_factory.mktemp("rig"))
    try:
        asyncio.run(made.start("pads"))
        yield made
    finally:
        made.end()


@pytest.fixture
async def client(rig: Rig) -> AsyncGenerator[Client]:
    async with rig.client() as connected:
        yield connected


def rules(rig: Rig) -> list[Decider[Any]]:
    return [Pads(rig.plan.home.root / "mended")]


async def send(client: Client, pad: str, text: str, wait_s: float = 5.0) -> Outcome | None:
    """Send until the bus has it."""
    commands = client.commands("pads", rules(client.rig))
    while True:
        try:
            return await commands.send(pad, Write(text=text), ADA, request=text, wait_s=wait_s)
        except Later:
            continue


async def texts(client: Client, pad: str) -> tuple[str, ...]:
    turns = client.turns("pads", rules(client.rig))
    state: Any = (await turns.load(StreamKey("pads", ADA.tenant, pad))).state
    return state.texts


async def has_nothing_left(rig: Rig, feature: str) -> bool:
    """Return whether a feature has acknowledged every event there is for it."""
    plan = rig.plan
    async with bus.connected(plan.ports.nats_url(plan.secrets.nats_password)) as js:
        places = [
            await js.consumer_info("events", durable("events", feature, partition))
            for partition in range(PARTITIONS)
        ]
    return all(not place.num_pending and not place.num_ack_pending for place in places)


async def test_a_command_goes_over_the_bus_and_its_answer_comes_back(client: Client) -> None:
    outcome = await send(client, "pad-hello", "hello")
    assert outcome is not None
    assert outcome.reply == {"lines": 1}
    assert await texts(client, "pad-hello") == ("hello",)


async def test_a_command_sent_three_times_is_taken_once_and_answered_the_same(
    client: Client,
) -> None:
    answers = [await send(client, "pad-again", "again") for _ in range(3)]
    assert answers[0] is not None
    assert answers[0] == answers[1] == answers[2]
    assert await texts(client, "pad-again") == ("again",)


async def test_the_events_of_a_feature_reach_its_own_views(rig: Rig, client: Client) -> None:
    await send(client, "pad-shown", "shown")
    query = "select version from positions where stream = 'kestrel/pads/pad-shown'"
    await eventually(lambda: rig.rows("pads", query) == [(1,)], within_s=10)


async def test_what_was_buffered_when_the_app_was_killed_all_returns(rig: Rig, client: Client) -> None:
    pads = [f"pad-kill-{n}" for n in range(8)]
    sent = [(pad, f"{pad} {n}") for n in range(25) for pad in pads]
    await asyncio.gather(*(send(client, pad, text, wait_s=0) for pad, text in sent))

    async def taken() -> int:
        return sum([len(await texts(client, pad)) for pad in pads])

    async def some() -> bool:
        return await taken() >= 10

    async def all_() -> bool:
        return await taken() >= len(sent)

    await eventually(some, within_s=20)
    rig.kill("app")
    before = await taken()
    assert before < len(sent), "the kill came too late to show anything"
    await rig.start_app()
    await eventually(all_, within_s=60)
    for pad in pads:
        wanted = sorted(text for other, text in sent if other == pad)
        assert sorted(await texts(client, pad)) == wanted


async def test_poison_goes_to_the_dead_letters_and_is_replayed_once_it_can_be_taken(
    rig: Rig, client: Client
) -> None:
    await send(client, "pad-sick", POISON, wait_s=0)
    garbage = {"nobody": "knows me"}
    status, _ = await client.sidecar.send(
        "POST", f"/publish/bus/{subject('commands', Write.wire, 0)}", garbage
    )
    assert status == 204
    good = [await send(client, "pad-sick", f"good {n}") for n in range(5)]
    assert all(outcome is not None and outcome.refused is None for outcome in good)

    query = "select id, tenant, reason, attempts, status from dead_letters order by reason"
    await eventually(lambda: len(rig.rows("pads", query)) == 2, within_s=60)
    letters = rig.rows("pads", query)
    (sick, tenant, *why), (_, platform, *other) = letters
    assert (tenant, why) == (ADA.tenant, ["bug", 5, "open"])
    assert (platform, other) == ("platform", ["undecodable", 1, "open"])
    assert POISON not in await texts(client, "pad-sick")

    (rig.plan.home.root / "mended").touch()
    assert await client.ask("POST", f"pads/dead-letters/{sick}/replay", ADA) == 200

    async def is_taken() -> bool:
        return (await texts(client, "pad-sick")).count(POISON) == 1

    await eventually(is_taken, within_s=20)
    status_of = f"select status from dead_letters where id = '{sick}'"
    await eventually(lambda: rig.rows("pads", status_of) == [("replayed",)], within_s=20)
    assert await client.ask("POST", f"pads/dead-letters/{sick}/replay", ADA) == 409
    assert len(rig.rows("pads", query)) == 2


async def test_another_tenant_sees_and_replays_no_dead_letter_of_ours(client: Client) -> None:
    stranger = Caller(tenant="heron", user="eve")
    assert await client.ask("POST", f"pads/dead-letters/dead-{fresh_id()}/replay", stranger) == 404


async def test_views_added_later_get_history_and_reactions_do_not(rig: Rig, client: Client) -> None:
    for text in ("old 1", "old 2"):
        await send(client, "pad-late", text)
    await rig.host("mirrors", "echoes")
    async with rig.client() as fresh:
        await send(fresh, "pad-late", "new")
        query = "select text from lines where stream = 'kestrel/pads/pad-late' order by version"
        seen = [("old 1",), ("old 2",), ("new",)]
        await eventually(lambda: rig.rows("mirrors", query) == seen, within_s=30)
        echo = StreamKey("echoes", ADA.tenant, echo_of("pad-late"))

        async def heard() -> bool:
            state: Any = (await fresh.turns("echoes", [Echoes()]).load(echo)).state
            assert state.texts == ("new",)
            return True

        await eventually(heard, within_s=30)
        # Every old event is offered to the reaction as well, and none is acted on.
        await eventually(lambda: has_nothing_left(rig, "echoes"), within_s=30)
        other = StreamKey("echoes", ADA.tenant, echo_of("pad-hello"))
        assert (await fresh.turns("echoes", [Echoes()]).load(other)).version == 0


def test_nothing_was_left_for_a_person_but_the_poison(rig: Rig) -> None:
    for feature in ("pads", "mirrors", "echoes"):
        rows = rig.rows(feature, "select reason, status, detail from dead_letters")
        open_ones = [row for row in rows if row[0] != "undecodable" and row[1] == "open"]
        assert not open_ones, json.dumps(rows)
