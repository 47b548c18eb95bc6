"""A workflow asks another feature's agent: a run of its own feature hands the question on, and thinks nothing."""

from __future__ import annotations

from typing import Any

from finnest.agents import messages as m
from finnest.agents.messages import AskAgent, Process
from finnest.agents.state import Run
from tests.unit.agents.desk import says, uses
from tests.unit.agents.town import Town

ASKS = Process(workflow="desk_errand", instance="errand-1")


async def errand(town: Town, ask: str = "vault", **more: Any) -> Run:
    """Let a workflow of `desk` ask an agent; return the run when nothing is left to be done."""
    office = town.offices["desk"]
    command = office.runs.wires.make(
        AskAgent, text="count", thread="", roles=("treasurer",), process=ASKS, ask=ask, **more
    )
    await office.stage.say("desk-1", command)
    await town.settle()
    return await town.run("desk-1")


async def test_the_other_agent_answers_and_no_model_hands_it_on(town: Town) -> None:
    town.offices["vault"].says(uses("vault.look"), says("There are 7."))
    run = await errand(town)
    assert (run.status, run.answer) == ("finished", "There are 7.")
    assert town.offices["desk"].model.prompts == []
    [child] = await town.below("desk-1")
    below = await town.run(child)
    assert (below.question, below.user, below.roles) == ("count", "ada", ("treasurer",))
    assert below.agents == ("clerk", "keeper")


async def test_an_agent_that_the_manifest_does_not_name_is_not_asked(town: Town) -> None:
    run = await errand(town, "shop")
    assert (run.status, run.answer) == ("failed", "not allowed: this agent has no such tool")


async def test_text_from_outside_taints_the_other_agents_run_and_comes_back_tainted(town: Town) -> None:
    town.offices["vault"].says(says("done"))
    run = await errand(town, tainted=True)
    [child] = await town.below("desk-1")
    assert (await town.run(child)).tainted
    assert run.tainted


async def test_a_run_that_is_paused_meanwhile_tells_its_answer_when_it_goes_on(town: Town) -> None:
    town.offices["vault"].says(uses("vault.pay"), says("Paid."))
    await errand(town)
    stage = town.offices["desk"].stage
    wires = town.offices["desk"].runs.wires
    [child] = await town.below("desk-1")
    assert (await town.run("desk-1")).status == "waiting"
    await stage.say("desk-1", wires.make(m.PauseRun, roles=("treasurer",)))
    vault = town.offices["vault"]
    await vault.stage.say(child, vault.runs.wires.make(m.CancelRun, roles=("treasurer",)))
    await town.settle()
    assert not (await town.run("desk-1")).ended
    await stage.say("desk-1", wires.make(m.ResumeRun, roles=("treasurer",)))
    await town.settle()
    run = await town.run("desk-1")
    assert run.status == "failed"
    assert "stopped by ada" in run.answer
