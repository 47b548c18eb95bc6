"""Runs go on by themselves, whatever dies between their steps."""

from __future__ import annotations

import pytest

from finnest.testing import eventually
from tests.support.documents import ONE_PERSON, bill
from tests.support.platform import Platform
from tests.support.talking import answered_though_it_dies, ask, decide, status, types


async def test_a_run_that_waits_survives_the_death_of_everything(own: Platform) -> None:
    await own.start()
    company = own.company()
    one = bill(ONE_PERSON)
    id = company.intake.submit(one.xml())
    await company.vera.until(id, "awaiting_approval")
    run = ask(company.bob, f"approve everything from {one.supplier.name}")
    assert run["status"] == "waiting"
    own.kill("app", "sidecar", "broker")
    await eventually(lambda: status(company.bob, run["id"]) == "waiting", 60, "it did not come back")
    assert decide(company.bob, run).content["status"] == "finished"
    await company.vera.until(id, "scheduled")


@pytest.mark.parametrize(
    "death", ["before-save", "after-save", "before-effect", "after-effect", "after-publish"]
)
async def test_a_run_goes_on_when_the_app_dies_between_its_steps(own: Platform, death: str) -> None:
    await own.start()
    person = own.company().bob
    run = await answered_though_it_dies(own, person, "what waits for approval?", f"{death}:1")
    told = person.get(f"/v1/runs/{run}").content
    assert types(told) == ["asked", "answered", "judged", "done", "answered", "finished"]
    assert told["cost"]["model_answers"] == 2
