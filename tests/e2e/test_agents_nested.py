"""The assistant hands a piece of work to another feature's agent, and people see what that agent asks of them."""

from __future__ import annotations

from typing import Any

import pytest

from finnest.testing import eventually
from tests.support.documents import SMALL, bill
from tests.support.person import Person
from tests.support.platform import Company, Platform
from tests.support.talking import answered_though_it_dies, ask, decide, status, types

PAY = "ask the treasurer to start a pay run for tomorrow"


def seen(person: Person, run: str) -> dict[str, Any]:
    return person.get(f"/v1/runs/{run}").content


async def scheduled(company: Company) -> None:
    await company.vera.until(company.intake.submit(bill(SMALL).xml()), "scheduled")


async def waits_below(company: Company) -> dict[str, Any]:
    """Return a run of the assistant that waits because the treasurer asks its user."""
    await scheduled(company)
    run = ask(company.tess, PAY, wait=0)["run"]
    await eventually(lambda: status(company.tess, run) == "waiting", 20, "nobody is asked")
    return seen(company.tess, run)


async def test_the_treasurer_answers_what_the_assistant_was_asked(company: Company) -> None:
    run = ask(company.tess, "ask the treasurer what we will pay by the end of the month")
    assert run["status"] == "finished"
    assert types(run) == [
        *("asked", "answered", "judged", "handed"),
        *("heard", "done", "answered", "finished"),
    ]
    child = next(step["data"]["run"] for step in run["steps"] if step["type"] == "handed")
    below = seen(company.tess, child)
    assert (below["agent"], below["user"], below["parent"]) == ("treasurer", "tess", run["id"])
    assert below["answer"] == run["answer"]
    assert run["cost"]["model_answers"] == 2 + below["cost"]["model_answers"]
    assert company.bob.get(f"/v1/runs/{child}").status == 404


async def test_what_the_treasurer_asks_of_a_person_is_shown_on_the_assistants_run(company: Company) -> None:
    run = await waits_below(company)
    waiting = run["waiting"]
    assert waiting["run"] in run["asked"]
    assert (waiting["action"], waiting["decides"]) == ("payments.start_pay_run", "user")
    assert company.tess.get("/v1/pay-runs").content["items"] == []

    def listed() -> set[str]:
        return {one["id"] for one in company.tess.get("/v1/runs?status=waiting").content["items"]}

    await eventually(lambda: listed() == {run["id"], waiting["run"]}, 10, "they are not listed as waiting")
    assert decide(company.tess, run).content["status"] == "finished"
    await eventually(lambda: status(company.tess, run["id"]) == "finished", 20, "it does not go on")
    assert len(company.tess.get("/v1/pay-runs").content["items"]) == 1


async def test_somebody_without_the_role_gets_no_act_through_two_agents(company: Company) -> None:
    await scheduled(company)
    run = ask(company.vera, PAY)
    assert run["status"] == "finished"
    assert company.tess.get("/v1/pay-runs").content["items"] == []


async def test_stopping_the_assistants_run_stops_the_treasurers(company: Company) -> None:
    run = await waits_below(company)
    company.tess.post(f"/v1/runs/{run['id']}/cancel", {})
    child = run["waiting"]["run"]
    await eventually(lambda: status(company.tess, child) == "cancelled", 20, "the treasurer goes on")
    assert decide(company.tess, run).status == 409


async def test_both_runs_survive_the_death_of_everything(own: Platform) -> None:
    await own.start()
    company = own.company()
    run = await waits_below(company)
    own.kill("app", "sidecar", "broker")
    await eventually(lambda: status(company.tess, run["id"]) == "waiting", 60, "it did not come back")
    await eventually(lambda: decide(company.tess, run).status == 200, 60, "nobody takes the answer")
    await eventually(lambda: status(company.tess, run["id"]) == "finished", 60, "it does not go on")
    assert len(company.tess.get("/v1/pay-runs").content["items"]) == 1


@pytest.mark.parametrize("death", ["before-effect:2", "after-effect:2", "after-save:4", "after-publish:3"])
async def test_a_piece_is_done_though_the_app_dies_while_it_is_handed_on(own: Platform, death: str) -> None:
    await own.start()
    person = own.company().tess
    run = await answered_though_it_dies(
        own, person, "ask the treasurer what we will pay by the end of the month", death
    )
    told = seen(person, run)
    assert [kind for kind in types(told) if kind in ("handed", "done")] == ["handed", "done"]
    assert told["cost"]["model_answers"] == 4


async def test_the_agent_that_is_asked_may_live_in_another_process(own: Platform) -> None:
    own.arguments = ("--apart", "payments")
    await own.start()
    company = own.company()
    run = await waits_below(company)
    assert decide(company.tess, run).content["status"] == "finished"
    await eventually(lambda: status(company.tess, run["id"]) == "finished", 20, "it does not go on")
    assert len(company.tess.get("/v1/pay-runs").content["items"]) == 1
