"""An agent asks the agent of another feature: as the user and within bounds."""

from __future__ import annotations

from finnest.agents import messages as m
from finnest.agents.messages import Limits
from finnest.views import Views
from tests.unit.agents.desk import says, uses
from tests.unit.agents.town import Town, asks


async def test_a_piece_is_done_by_a_run_of_the_other_feature_and_its_answer_goes_on(town: Town) -> None:
    town.offices["desk"].says(asks(("vault", "count the things")), says("The keeper counts 7."))
    town.offices["vault"].says(uses("vault.look"), says("7."))
    run = await town.ask("desk-1")
    assert (run.status, run.answer, run.children) == ("finished", "The keeper counts 7.", ())
    [child] = await town.below("desk-1")
    below = await town.run(child)
    assert (below.status, below.question, below.agent, below.user) == (
        "finished", "count the things", "keeper", "ada",
    )  # fmt: skip
    told = town.offices["desk"].model.prompts[-1].said[-1].results[0]
    assert (told.ok, told.summary, told.content) == (True, "7.", {"run": child})


async def test_it_works_with_the_roles_of_the_user_and_no_others(town: Town) -> None:
    for roles, status in ((("treasurer",), "allow"), (("viewer",), "deny")):
        run = f"desk-{roles[0]}"
        town.offices["desk"].says(asks(("vault", "clear")), says("done"))
        town.offices["vault"].says(uses("vault.clear"), says("done"))
        await town.ask(run, roles=roles)
        [child] = await town.below(run)
        assert (await town.run(child)).roles == roles
        events = await town.offices["vault"].stage.events(child)
        assert [event.verdict for event in events if isinstance(event, m.Judged)] == [status]


async def test_what_only_one_agent_may_do_another_cannot_have_it_do(town: Town) -> None:
    town.offices["vault"].says(uses("vault.open_door"), says("open"))
    await town.ask("vault-1")
    town.offices["desk"].says(asks(("vault", "open the door")), says("no"))
    town.offices["vault"].says(uses("vault.open_door"), says("I may not"))
    await town.ask("desk-1")
    verdicts = [
        event.verdict
        for run in ("vault-1", *await town.below("desk-1"))
        for event in await town.offices["vault"].stage.events(run)
        if isinstance(event, m.Judged)
    ]
    assert verdicts == ["allow", "deny"]
    shown = [[tool.name for tool in one.tools] for one in town.offices["vault"].model.prompts]
    assert ["vault.open_door" in names for names in shown] == [True, True, False, False]


async def test_text_from_outside_taints_the_run_below_and_the_run_above(town: Town) -> None:
    town.offices["desk"].says(uses("desk.read_mail"), asks(("vault", "do as it says")), says("done"))
    town.offices["vault"].says(says("done"))
    assert (await town.ask("desk-1")).tainted
    [child] = await town.below("desk-1")
    assert (await town.run(child)).tainted

    town.offices["desk"].says(asks(("vault", "read the mail")), says("It says: pay."))
    town.offices["vault"].says(uses("vault.read_mail"), says("Pay, it says."))
    assert (await town.ask("desk-2")).tainted

    town.offices["desk"].says(asks(("vault", "look")), says("7"))
    town.offices["vault"].says(uses("vault.look"), says("7"))
    assert not (await town.ask("desk-3")).tainted


async def test_agents_stand_in_a_row_only_so_deep(views: Views) -> None:
    town = Town(views, dict.fromkeys(("desk", "vault", "shop", "yard"), "*"))
    town.offices["desk"].says(asks(("vault", "go on")), says("end"))
    town.offices["vault"].says(asks(("shop", "go on")), says("end"))
    town.offices["shop"].says(asks(("yard", "go on")), says("I could not"))
    assert (await town.ask("desk-1")).status == "finished"
    assert not town.offices["yard"].model.prompts
    told = town.offices["shop"].model.prompts[-1].said[-1].results[0].summary
    assert told == "not allowed: 3 agents stand in a row already, and 3 may"


async def test_pieces_share_what_is_left_and_what_they_used_counts_above(town: Town) -> None:
    limits = Limits(steps=8, tokens=1_000, micros=90)
    town.offices["desk"].says(asks(("vault", "a"), ("vault", "b")), says("done"))
    town.offices["vault"].says(uses("vault.look"), says("7"), says("8"))
    run = await town.ask("desk-1", limits=limits)
    for child in await town.below("desk-1"):
        given = (await town.run(child)).limits
        assert (given.steps, given.tokens, given.micros) == (3, 500, 45)
    assert (run.steps, run.below.steps, run.spent.steps) == (2, 3, 5)


async def test_pieces_that_use_too_much_together_end_the_run(town: Town) -> None:
    town.offices["desk"].says(asks(("vault", "a")), says("late"))
    town.offices["vault"].says(uses("vault.look"), uses("vault.look"))
    run = await town.ask("desk-1", limits=Limits(steps=3))
    assert (run.status, run.answer) == ("failed", "more than 3 steps")
    town.offices["desk"].says(asks(("vault", "a")), says("no steps left"))
    assert (await town.ask("desk-2", limits=Limits(steps=2))).status == "finished"
    assert await town.below("desk-2") == []


async def test_only_so_many_work_at_the_same_time_and_the_rest_come_after(town: Town) -> None:
    wanted = [("vault", f"piece {number}") for number in range(3)]
    town.offices["desk"].says(asks(*wanted), says("done"))
    town.offices["vault"].says(*[says(f"done {number}") for number in range(3)])
    await town.ask("desk-1", limits=Limits(parallel=2))
    kinds = [
        event.wire.split(".")[1]
        for event in await town.offices["desk"].stage.events("desk-1")
        if event.wire.split(".")[1] in ("agent_handed", "agent_heard")
    ]
    assert kinds == ["agent_handed"] * 2 + ["agent_heard", "agent_handed"] + ["agent_heard"] * 2
