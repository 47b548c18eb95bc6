"""What a conversation costs: transactions, bytes, and what the model is shown."""

from __future__ import annotations

from finnest.agents.threads import LAST
from finnest.views import Views
from tests.unit.agents.desk import Scripted, World, says, uses


async def test_a_question_takes_three_transactions_and_one_with_a_tool_five(views: Views) -> None:
    world = World(Scripted(says("It is 7."), uses("desk.look"), says("There are 7.")), views)
    run = await world.ask("desk-1", "what is it?")
    assert (run.status, run.answer) == ("finished", "It is 7.")
    assert world.counted.transactions["desk-1"] <= 3
    run = await world.ask("desk-2", "how many?")
    assert run.answer == "There are 7."
    assert world.counted.transactions["desk-2"] <= 5


async def test_nothing_of_a_finished_run_is_left_to_be_woken(views: Views) -> None:
    world = World(Scripted(uses("desk.look"), says("There are 7.")), views)
    await world.ask("desk-1", "how many?")
    head = world.stage.turns.peek(world.stage.key("desk-1"))
    assert head is not None
    assert not head.left


async def test_the_model_sees_the_conversation_and_what_its_tools_said(views: Views) -> None:
    model = Scripted(says("Seven."), uses("desk.look"), says("Still seven."))
    world = World(model, views)
    await world.ask("desk-1", "how many?")
    await world.ask("desk-2", "and now?")
    said = [(one.role, one.text) for one in model.prompts[-1].said]
    assert said == [
        ("user", "how many?"),
        ("assistant", "Seven."),
        ("user", "and now?"),
        ("assistant", ""),
        ("tools", ""),
    ]
    assert model.prompts[-1].said[-1].results[0].summary == "There are 7 things."
    assert [tool.name for tool in model.prompts[0].tools] == ["desk.look"]


async def test_a_long_conversation_stays_flat(views: Views) -> None:
    count, text = 200, "x" * 4_000
    world = World(Scripted(*[says(text) for _ in range(count)]), views)
    names = [f"desk-{number}" for number in range(count)]
    for name in names:
        await world.ask(name, text)
    shown = [len(prompt.model_dump_json()) for prompt in world.model.prompts]
    assert len(world.model.prompts[-1].said) == 2 * LAST + 1
    assert shown[-1] <= 1.05 * shown[LAST + 1]
    raw = count * 2 * len(text)
    assert world.bytes_of(*names, "thr-1") <= 2.5 * raw
