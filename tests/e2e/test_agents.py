"""People talk to agents: answers from live data, acts only as guard and people allow, whatever dies."""

from __future__ import annotations

import json

from finnest.testing import eventually
from services.gateway.agents import STREAMS_AT_ONCE
from tests.support.documents import ONE_PERSON, SMALL, bill, supplier
from tests.support.platform import Company, Platform
from tests.support.talking import ask, decide, types

PLANNER = "[rule-based planner, no language model]"


async def test_why_an_invoice_waits_is_answered_from_live_data(company: Company) -> None:
    one = bill(ONE_PERSON)
    id = company.intake.submit(one.xml())
    await company.vera.until(id, "awaiting_approval")
    run = ask(company.vera, f"why is {one.number} on hold?")
    assert run["status"] == "finished"
    assert run["answer"].startswith(PLANNER)
    assert f"Invoice {one.number}" in run["answer"]
    assert "awaiting approval" in run["answer"]
    assert types(run) == ["asked", "answered", "judged", "done", "answered", "finished"]
    assert run["cost"]["model_answers"] == 2


async def test_what_will_be_paid_is_answered_and_a_follow_up_goes_on(company: Company) -> None:
    one = bill(SMALL)
    id = company.intake.submit(one.xml())
    await company.vera.until(id, "scheduled")
    question, said = "what will we pay by the end of the month?", f"{one.number} to {one.supplier.name}"
    await eventually(lambda: said in ask(company.tess, question)["answer"], 10, "it is not in the forecast")
    run = ask(company.tess, question)
    again = ask(company.tess, "and by tomorrow?", thread=run["thread"])
    assert next(
        step["data"]["calls"][0]["tool"] for step in again["steps"] if step["type"] == "answered"
    ) == ("payments.forecast_payments")


async def test_it_previews_what_it_would_approve_and_does_it_when_its_user_says_yes(company: Company) -> None:
    seller = supplier()
    bills = [bill(ONE_PERSON, supplier=seller), bill("5000.00", supplier=seller)]
    ids = [company.intake.submit(one.xml()) for one in bills]
    for id in ids:
        await company.vera.until(id, "awaiting_approval")
    run = ask(company.bob, f"approve everything from {seller.name}")
    assert run["status"] == "waiting"
    assert run["waiting"]["preview"].startswith("I will approve")
    assert (await company.vera.until(ids[0], "awaiting_approval"))["status"] == "awaiting_approval"

    wrong = decide(company.bob, run, hash="0" * 64)
    assert (wrong.status, wrong.slug) == (409, "not-waiting")
    done = decide(company.bob, run).content
    assert done["status"] == "finished"
    for id in ids:
        assert (await company.vera.until(id, "scheduled"))["status"] == "scheduled"
    twice = decide(company.bob, run)
    assert twice.status == 409


async def test_a_no_leaves_everything_as_it_was(company: Company) -> None:
    one = bill(ONE_PERSON)
    id = company.intake.submit(one.xml())
    await company.vera.until(id, "awaiting_approval")
    run = ask(company.bob, f"approve everything from {one.supplier.name}")
    refused = decide(company.bob, run, "reject").content
    assert refused["status"] == "finished"
    assert company.vera.invoice(id)["status"] == "awaiting_approval"


async def test_somebody_without_the_role_gets_no_act_through_an_agent(company: Company) -> None:
    one = bill(SMALL)
    id = company.intake.submit(one.xml())
    await company.vera.until(id, "scheduled")
    run = ask(company.vera, f"cancel the payment of {one.number}")
    assert run["status"] == "finished"
    assert [
        s["data"]["effect"] for s in run["steps"] if s["type"] == "judged" and s["data"]["effect"] != "read"
    ] == []
    assert company.vera.invoice(id)["status"] == "scheduled"


async def test_money_waits_for_another_person_once_the_run_has_read_text_from_outside(
    company: Company,
) -> None:
    one = bill(SMALL)
    await company.vera.until(company.intake.submit(one.xml()), "scheduled")
    run = ask(company.tess, "start a pay run for tomorrow")
    assert (run["status"], run["waiting"]["decides"]) == ("waiting", "user")
    assert decide(company.tess, run).content["status"] == "finished"
    runs = company.tess.get("/v1/pay-runs").content["items"]
    assert len(runs) == 1


async def test_every_agent_answers_by_the_same_calls(company: Company) -> None:
    agents = {one["name"] for one in company.vera.get("/v1/agents").content["items"]}
    assert {"assistant", "clerk", "steward", "matcher", "treasurer"} <= agents
    for agent in sorted(agents):
        run = ask(company.vera, "what can you do?", agent)
        assert run["status"] == "finished", run
        assert "rule-based planner" in run["answer"]
    tools = {one["name"]: one for one in company.vera.get("/v1/tools").content["items"]}
    assert tools["payments.start_pay_run"]["effect"] == "spend"
    direct = company.vera.post("/v1/tools/invoices.find_invoices", {"status": "paid"})
    assert direct.content["content"]["items"] == []
    assert company.vera.post("/v1/tools/invoices.find_invoices", {"state": "paid"}).status == 422
    assert company.vera.post("/v1/tools/payments.cancel_payment", {"payment": "X"}).status == 403
    assert company.vera.post("/v1/agents/nobody/messages", {"text": "hello"}).status == 404


async def test_runs_and_threads_belong_to_their_user_and_tenant(
    platform: Platform, company: Company, other: Company
) -> None:
    run = ask(company.bob, "what waits for approval?")
    await eventually(lambda: ask(company.bob, "help", thread=run["thread"])["status"] == "finished", 10)
    for stranger in (company.vera, other.alice):
        assert stranger.get(f"/v1/runs/{run['id']}").status == 404
        assert stranger.post(f"/v1/runs/{run['id']}/cancel").status == 404
    stolen = {"text": "and then?", "thread": run["thread"]}
    assert company.vera.post("/v1/agents/assistant/messages", stolen).status == 404
    auditor = platform.person(company.tenant, "olga", "auditor")
    assert auditor.get(f"/v1/runs/{run['id']}").status == 200


async def test_an_agent_remembers_for_its_user_alone_and_forgets(company: Company) -> None:
    ask(company.bob, "remember that Acme is paid on Fridays")
    assert "Acme is paid on Fridays" in ask(company.bob, "what do you remember?")["answer"]
    assert "nothing" in ask(company.vera, "what do you remember?")["answer"]
    ask(company.bob, "forget that Acme is paid on Fridays")
    assert "nothing" in ask(company.bob, "what do you remember?")["answer"]


async def test_the_events_of_a_run_stream_and_resume(company: Company) -> None:
    run = ask(company.bob, "what waits for approval?")
    headers = {"accept": "text/event-stream", "last-event-id": "2"}
    told = company.bob.call("GET", f"/v1/runs/{run['id']}/events", headers=headers)
    events = [block.split("\n") for block in told.body.decode().split("\n\n") if block.startswith("id:")]
    assert [int(lines[0].removeprefix("id: ")) for lines in events] == list(
        range(3, run["steps"][-1]["version"] + 1)
    )
    assert json.loads(events[-1][2].removeprefix("data: "))["type"] == "finished"
    assert "event: end" in told.body.decode()


async def test_runs_are_read_page_by_page_newest_first(company: Company) -> None:
    begun = [ask(company.bob, "help", agent)["id"] for agent in ("assistant", "clerk", "treasurer") * 2]

    def listed() -> list[str]:
        found: list[str] = []
        after = ""
        while True:
            page = company.bob.get(f"/v1/runs?limit=2{after}").content
            assert (len(page["items"]) <= 2, page["silent"]) == (True, [])
            found += [run["id"] for run in page["items"]]
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"

    await eventually(lambda: sorted(listed()) == sorted(begun), 10, "the pages are not all runs, each once")
    assert listed() == begun[::-1]
    assert company.bob.get("/v1/runs?limit=many").status == 422


async def test_a_tenant_has_so_many_streams_of_events_and_gets_them_back(company: Company) -> None:
    one = bill(ONE_PERSON)
    await company.vera.until(company.intake.submit(one.xml()), "awaiting_approval")
    run = ask(company.bob, f"approve everything from {one.supplier.name}")
    assert run["status"] == "waiting"
    path, headers = f"/v1/runs/{run['id']}/events", {"accept": "text/event-stream"}
    streams = [company.bob.opened(path, headers) for _ in range(STREAMS_AT_ONCE)]
    assert {stream.status for stream in streams} == {200}
    refused = company.bob.call("GET", path, headers=headers)
    assert (refused.status, refused.slug) == (429, "too-many-requests")
    for stream in streams:
        stream.close()
    decide(company.bob, run)
    await eventually(
        lambda: company.bob.call("GET", path, headers=headers).status == 200, 20, "no stream came back"
    )


async def test_another_run_goes_on_from_an_earlier_one_and_repeats_nothing(company: Company) -> None:
    run = ask(company.bob, "what waits for approval?")
    forked = company.bob.post(f"/v1/runs/{run['id']}/fork", {"at": 4, "text": "help"}).content
    path = f"/v1/runs/{forked['run']}"
    await eventually(
        lambda: company.bob.get(path).content["status"] == "finished", 10, "the fork did not end"
    )
    assert "done" not in types(company.bob.get(path).content)
