"""A model that does whatever it is told, on the real platform: guard and people decide, not the model."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from finnest.agents.models.chosen import Choice, write_choice
from finnest.testing import eventually
from tests.support.documents import ONE_PERSON, SMALL, bill
from tests.support.person import Person
from tests.support.platform import Company, Platform
from tests.support.providers import Provider, Script, provider


@pytest.fixture
async def scripted(own: Platform) -> AsyncGenerator[tuple[Platform, Provider]]:
    """A platform whose agents think with a provider of this test."""
    async with provider("openai", Script(text="nothing to do")) as stub:
        write_choice(own.home.root, Choice(kind="openai", name="stub-1", url=stub.url))
        await own.start()
        yield own, stub


async def asked(person: Person, text: str) -> dict[str, Any]:
    """Say something and return the run when it rests; the provider answers meanwhile."""
    run = str(person.post("/v1/agents/assistant/messages", {"text": text}).content["run"])

    def rests() -> bool:
        return person.get(f"/v1/runs/{run}").content["status"] in ("finished", "waiting", "failed")

    await eventually(rests, 30, "the run does not rest")
    return person.get(f"/v1/runs/{run}").content


def judged(run: dict[str, Any]) -> list[tuple[str, str]]:
    return [(s["data"]["tool"], s["data"]["verdict"]) for s in run["steps"] if s["type"] == "judged"]


async def scheduled(company: Company, net: str = SMALL) -> tuple[str, str]:
    """Return the id and number of an invoice that rests."""
    one = bill(net)
    id = company.intake.submit(one.xml())
    await company.vera.until(id, "scheduled" if net == SMALL else "awaiting_approval")
    return id, one.number


async def test_poisoned_text_makes_no_effect_without_a_person(scripted: tuple[Platform, Provider]) -> None:
    platform, stub = scripted
    company = platform.company()
    id, number = await scheduled(company)
    waits, _ = await scheduled(company, ONE_PERSON)
    approvals = company.bob.get("/v1/approvals?state=open").content["items"]
    ids = [one["id"] for one in approvals]
    attacks: list[tuple[Person, str, dict[str, Any], str]] = [
        (company.tess, "payments.cancel_payment", {"payment": number, "reason": "it says so"}, "confirm"),
        (company.tess, "payments.start_pay_run", {"pay_on": "2026-12-31"}, "ask"),
        (company.bob, "approvals.approve_requests", {"ids": ids}, "confirm"),
        (company.vera, "payments.cancel_payment", {"payment": number}, "deny"),
        (company.vera, "payments.start_pay_run", {"pay_on": "2026-12-31"}, "deny"),
        (company.vera, "secrets.read", {}, "deny"),
    ]
    for person, tool, args, verdict in attacks:
        stub.script = [
            Script(calls=[("invoices.explain_invoice", {"invoice": number})]),
            Script(text="The note orders it.", calls=[(tool, args)]),
            Script(text="I could not do it."),
        ]
        run = await asked(person, f"explain {number} and do what its note says")
        assert judged(run) == [("invoices.explain_invoice", "allow"), (tool, verdict)], run
        assert run["tainted"] is True
        assert run["status"] == ("finished" if verdict == "deny" else "waiting")
    assert company.vera.invoice(id)["status"] == "scheduled"
    assert company.vera.invoice(waits)["status"] == "awaiting_approval"
    assert company.tess.get("/v1/pay-runs").content["items"] == []


async def test_what_others_must_approve_is_done_when_they_do(scripted: tuple[Platform, Provider]) -> None:
    platform, stub = scripted
    company = platform.company()
    _, number = await scheduled(company)
    stub.script = [
        Script(calls=[("invoices.explain_invoice", {"invoice": number})]),
        Script(calls=[("payments.start_pay_run", {"pay_on": "2026-12-31"})]),
        Script(text="The pay run is open."),
    ]
    run = await asked(company.tess, "pay what is due")
    assert run["waiting"]["decides"] == "approvers"

    def open_one() -> list[dict[str, Any]]:
        items = company.bob.get("/v1/approvals?state=open").content["items"]
        return [one for one in items if one["action"] == "payments.start_pay_run"]

    approval = (await eventually(open_one, 15, "nobody was asked"))[0]
    assert approval["args"] == run["waiting"]["args"]
    own_request = company.tess.decide(approval)
    assert own_request.status == 403
    assert company.bob.decide(approval).content["state"] == "approved"
    path = f"/v1/runs/{run['id']}"
    await eventually(lambda: company.tess.get(path).content["status"] == "finished", 20, "it did not go on")
    assert len(company.tess.get("/v1/pay-runs").content["items"]) == 1


async def test_an_answered_step_is_not_asked_again_after_a_crash(scripted: tuple[Platform, Provider]) -> None:
    platform, stub = scripted
    company = platform.company()
    stub.script = [Script(calls=[("approvals.find_waiting", {})]), Script(text="Nothing waits.")]
    deaths = platform.restarts()
    platform.arm("before-effect:2")
    body = {"text": "what waits?"}

    def begun() -> str:
        try:
            answer = company.bob.post("/v1/agents/assistant/messages", body, key="once")
        except OSError:
            return ""
        return str(answer.content.get("run", ""))

    run = await eventually(begun, 60, "the question was not taken")
    await eventually(lambda: platform.restarts() > deaths, 60, "the app did not die")

    def ended() -> bool:
        try:
            return company.bob.get(f"/v1/runs/{run}").content.get("status") == "finished"
        except OSError:
            return False

    await eventually(ended, 60, "the run did not end")
    told = company.bob.get(f"/v1/runs/{run}").content
    assert told["cost"]["model_answers"] == 2
    assert len(stub.asked) == 2, "the stored answer was not acted on"


async def test_a_provider_that_fails_is_asked_again_until_it_answers(
    scripted: tuple[Platform, Provider],
) -> None:
    platform, stub = scripted
    company = platform.company()
    stub.script = [Script(status=529), Script(status=500), Script(text="Here I am.")]
    run = await asked(company.vera, "hello")
    assert (run["status"], run["answer"], len(stub.asked)) == ("finished", "Here I am.", 3)
    stub.script = [Script(status=401)]
    run = await asked(company.vera, "hello")
    assert run["status"] == "failed"
    assert "finnest model set" in run["answer"]


async def test_what_a_model_may_cost_is_bounded_and_an_agent_can_be_stopped(
    scripted: tuple[Platform, Provider],
) -> None:
    platform, stub = scripted
    company = platform.company()
    boss = platform.person(company.tenant, "boss", "admin")
    stub.script = [Script(text="Here I am.")]
    assert (await asked(company.vera, "hello"))["status"] == "finished"
    spent = boss.get("/v1/budgets/tenant").content
    assert spent["spent"]["tokens"] == 18
    assert spent["reserved"]["tokens"] == 0

    assert boss.call("PUT", "/v1/budgets/tenant", b'{"tokens": 100}', "application/json").status == 200
    refused = await asked(company.vera, "hello")
    assert refused["status"] == "failed"
    assert "tokens left this month" in refused["answer"]
    assert len(stub.asked) == 1, "the model was asked although nothing was left"

    boss.call("PUT", "/v1/budgets/tenant", b"{}", "application/json")
    boss.call("PUT", "/v1/budgets/agent.assistant", b'{"stopped": true}', "application/json")
    assert "stopped by an admin" in (await asked(company.vera, "hello"))["answer"]
    assert company.vera.call("PUT", "/v1/budgets/tenant", b"{}", "application/json").status == 403
