"""A witness reads every bank file while accounts come into question: nothing in two files, nothing lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from finnest.context import Caller
from services.payments.workflow.bodies import PAY_RUN
from tests.unit.payments.test_credit_notes import credited, owed
from tests.unit.payments.test_holding import MINE, SECOND, SUP, asked, hear, kept
from tests.unit.payments.test_witness import Witness, killed
from tests.unit.payments.test_workflows import RUN, opened
from tests.unit.payments.world import World

CREDIT = 20_000


async def settled(world: World, things: list[str]) -> Witness:
    """Let people decide, pay what is left in a second run, and return who has read both files."""
    for thing in things:
        await world.stage.perform(thing)
    assert await world.run(PAY_RUN, RUN, 8) in ({"status": "filed"}, {"status": "empty"})
    await hear(world, kept())
    await opened(world, SECOND)
    await world.run(PAY_RUN, SECOND)
    witness = Witness()
    for run in (RUN, SECOND):
        await witness.look(world, run)
    return witness


@pytest.mark.parametrize("answer_lost", [False, True])
@pytest.mark.parametrize("commands", range(12))
async def test_a_question_at_any_step_of_a_dying_run_leaves_each_payment_in_one_file(
    world: World, commands: int, answer_lost: bool
) -> None:
    await credited(world, 1, CREDIT, supplier_ref=SUP)
    things = [await world.payable(number, **MINE) for number in range(3)]
    things.append(await world.payable(4, supplier_ref="sup-2"))
    await opened(world)
    await killed(world, RUN, 1, commands, answer_lost=answer_lost)
    await hear(world, asked())
    witness = await settled(world, things)
    assert witness.paid == Counter(things)
    assert witness.cents == len(things) * 50_000 - CREDIT
    assert {(await world.stage.state(thing)).status for thing in things} == {"included"}
    assert sum(part.cents for part in (await owed(world)).reserved) == CREDIT


async def test_a_question_under_the_pen_keeps_the_payment_out_of_this_file(world: World) -> None:
    things = [await world.payable(number, **MINE) for number in range(3)]
    others = [await world.payable(9, supplier_ref="sup-2")]
    await opened(world)
    send = world.commands.send

    async def late(thing: str, command: Any, caller: Caller, **more: Any) -> Any:
        if type(command).__name__ == "FilePayRun" and things[0] in command.payments:
            world.commands.send = send
            await hear(world, asked())
        return await send(thing, command, caller, **more)

    world.commands.send = late
    assert await world.run(PAY_RUN, RUN) == {"status": "filed"}
    first = Witness()
    await first.look(world, RUN)
    assert list(first.paid) == others
    witness = await settled(world, things)
    assert witness.paid == Counter([*things, *others])
