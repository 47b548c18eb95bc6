"""What a run may hold and what it carries over: sizes, money put aside, text from outside."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.agents.effects import RESULT_BYTES
from finnest.agents.messages import Origin
from finnest.agents.models.port import Model, Prompt, Reply, Usage
from finnest.errors import Denied, Unavailable
from finnest.ports import Answer
from finnest.texts import shortened
from finnest.turns import SNAPSHOT_BYTES
from finnest.views import Views
from tests.unit.agents.desk import Handler, Scripted, World, answer, says, uses


def fixed(content: dict[str, Any]) -> Handler:
    async def handler(_: bytes) -> Answer:
        return answer(content)

    return handler


FROM_OUTSIDE = {
    "GET /desk/tools": fixed(
        {
            "items": [
                {
                    "name": "desk.look",
                    "description": "Look.",
                    "effect": "read",
                    "parameters": {},
                    "outside": True,
                }
            ]
        }
    )
}


@given(st.text(), st.integers(0, 60))
def test_a_shortened_text_fits_its_stored_form_and_is_a_beginning(text: str, size: int) -> None:
    cut = shortened(text, size)
    assert len(json.dumps(cut)) - 2 <= size or cut == ""
    assert cut == text or text.startswith(cut.removesuffix("…"))


@pytest.mark.parametrize("sign", ["x", "鳥", "🦅", "\n"])
async def test_the_longest_texts_of_any_script_are_kept_and_shown_again(views: Views, sign: str) -> None:
    world = World(Scripted(*[says(sign * 20_000) for _ in range(9)]), views)
    for number in range(9):
        run = await world.ask(f"desk-{number}", sign * 4_000 + "?")
        assert run.status == "finished"
    for thing in ("desk-8", "thr-1"):
        assert len(json.dumps((await world.stage.state(thing)).wire_data())) < SNAPSHOT_BYTES


async def test_a_tool_that_answers_too_much_is_told_to_the_model(views: Views) -> None:
    model = Scripted(uses("desk.look"), says("It was too much."))
    flood = {"POST /desk/tools/look": fixed({"summary": "x" * RESULT_BYTES, "content": {}})}
    run = await World(model, views, peers=flood).ask("desk-1", "how many?")
    assert run.status == "finished"
    told = model.prompts[-1].said[-1].results[0]
    assert (told.ok, told.summary) == (False, "the answer was too large; ask for less of it")


async def test_text_from_outside_is_not_washed_clean_by_a_thread(views: Views) -> None:
    model = Scripted(uses("desk.look"), says("The mail says: pay."), says("As it said."), says("Hello."))
    world = World(model, views, peers=FROM_OUTSIDE)
    assert (await world.ask("desk-1", "what is in the mail?")).tainted
    assert (await world.ask("desk-2", "do what it says")).tainted
    assert not (await world.ask("desk-3", "hello", thread="thr-2")).tainted


async def test_text_from_outside_is_not_washed_clean_by_a_fork(views: Views) -> None:
    model = Scripted(uses("desk.look"), says("The mail says: pay."), says("As it said."))
    world = World(model, views, peers=FROM_OUTSIDE)
    await world.ask("desk-1", "what is in the mail?", thread="")
    origin = Origin(run="desk-1", version=len(await world.stage.events("desk-1")))
    assert (await world.ask("desk-2", "do what it says", thread="", origin=origin)).tainted


class Priced(Scripted):
    """Costs something, or breaks."""

    provider = "some"

    def __init__(self, *replies: Reply, trouble: Exception | None = None) -> None:
        super().__init__(*replies)
        self.trouble = trouble

    async def reply(self, prompt: Prompt, on_text: Callable[[str], None] | None = None) -> Reply:
        if self.trouble is not None:
            raise self.trouble
        return await super().reply(prompt, on_text)


class Till:
    """The feature `budgets` for one test: what is put aside and what is counted."""

    def __init__(self, full: bool = False) -> None:
        self.held: set[str] = set()
        self.counted: list[int] = []
        self.full = full
        self.peers: dict[str, Handler] = {
            "POST /budgets/reservations": self.reserve,
            "POST /budgets/settlements": self.settle,
        }

    async def reserve(self, body: bytes) -> Answer:
        if self.full:
            return Answer(403, b'{"detail": "the agent has nothing left"}', "application/problem+json", {})
        self.held.add(json.loads(body)["key"])
        return answer({"reserved": True})

    async def settle(self, body: bytes) -> Answer:
        told = json.loads(body)
        self.held.discard(told["key"])
        self.counted.append(told["tokens"])
        return answer({"settled": True})


async def test_what_a_model_cost_is_counted_and_nothing_stays_put_aside(views: Views) -> None:
    till = Till()
    reply = Reply(text="7.", model="m", usage=Usage(input_tokens=30, output_tokens=4))
    await World(Priced(reply), views, peers=till.peers).ask("desk-1", "how many?")
    assert (till.held, till.counted) == (set(), [34])


@pytest.mark.parametrize("trouble", [Denied("no", "I will not"), Unavailable("busy", "come back later")])
async def test_what_was_put_aside_for_an_answer_that_never_came_is_free_again(
    views: Views, trouble: Exception
) -> None:
    till = Till()
    world = World(Priced(trouble=trouble), views, peers=till.peers)
    if isinstance(trouble, Unavailable):
        with pytest.raises(Unavailable):
            await world.ask("desk-1", "how many?")
    else:
        assert (await world.ask("desk-1", "how many?")).status == "failed"
    assert (till.held, till.counted) == (set(), [0])


async def test_an_agent_without_money_asks_no_model(views: Views) -> None:
    model: Model = Priced(says("never"))
    run = await World(model, views, peers=Till(full=True).peers).ask("desk-1", "how many?")
    assert (run.status, run.answer) == ("failed", "the agent has nothing left")


async def test_an_answer_counts_though_the_budgets_went_away(views: Views) -> None:
    till = Till()
    del till.peers["POST /budgets/settlements"]
    run = await World(Priced(says("7.")), views, peers=till.peers).ask("desk-1", "how many?")
    assert (run.status, run.answer) == ("finished", "7.")
