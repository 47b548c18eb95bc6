from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from finnest.context import HEADER, REQUEST_HEADER, Caller, sign
from finnest.web import problems
from finnest.web.caller import Callers
from services.payments.domain.commands import JudgePayment, payment_id
from services.payments.workflow.bodies import PAY_RUN
from tests.unit.payments.bills import TENANT, bill
from tests.unit.payments.test_aba import read
from tests.unit.payments.world import Lost, World

ALL = ("viewer", "clerk", "approver", "treasurer", "admin")


class Client:
    """Speaks to the routes as the gateway does."""

    def __init__(self, world: World) -> None:
        app = FastAPI()
        app.state.callers = Callers("key", world.stage.clock)
        problems.install(app)
        if world.feature.router is None:
            raise AssertionError("payments has routes")
        app.include_router(world.feature.router, prefix="/payments")
        self._clock = world.stage.clock
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        self._http = httpx2.AsyncClient(transport=transport, base_url="http://test/payments")
        self._count = 0

    async def ask(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        tenant: str = TENANT,
        roles: tuple[str, ...] = ALL,
        request: str | None = None,
    ) -> httpx2.Response:
        self._count += 1
        caller = Caller(tenant=tenant, user="ada", roles=roles)
        headers = {
            HEADER: sign(caller, "key", self._clock.now()),
            REQUEST_HEADER: request or f"r-{self._count}",
        }
        return await self._http.request(method, path, json=json, content=content, headers=headers)


@pytest.fixture
def client(world: World) -> Client:
    return Client(world)


async def test_a_pay_run_from_request_to_file(world: World, client: Client) -> None:
    thing = await world.payable(1)
    await world.see()
    body = {"pay_on": "2026-03-06", "format": "aba"}
    answer = await client.ask("POST", "/v1/pay-runs", json=body, request="once")
    again = await client.ask("POST", "/v1/pay-runs", json=body, request="once")
    assert (answer.status_code, again.json()) == (202, answer.json())
    run = answer.json()["id"]
    early = await client.ask("GET", f"/v1/pay-runs/{run}/file")
    assert early.status_code == 409
    assert early.json()["retryable"]
    assert (await client.ask("POST", f"/v1/pay-runs/{run}/sent")).status_code == 409
    await world.run(PAY_RUN, run)
    shown = (await client.ask("GET", f"/v1/pay-runs/{run}")).json()
    assert {name: shown[name] for name in ("status", "count", "total_cents", "currency", "pay_on")} == {
        "status": "filed",
        "count": 1,
        "total_cents": 50_000,
        "currency": "AUD",
        "pay_on": "2026-03-06",
    }
    assert shown["payments"] == [
        {
            "payment_id": thing,
            "invoice_id": "inv-1",
            "supplier": "Kestrel Paper Pty Ltd",
            "amount_cents": 50_000,
            "invoiced_cents": 50_000,
            "discount_cents": 0,
            "credits": [],
        }
    ]
    assert shown["left_out"] == []
    file = await client.ask("GET", f"/v1/pay-runs/{run}/file")
    assert file.headers["content-type"].startswith("text/plain")
    assert len(read(file.content)[1]) == 1
    sent = await client.ask("POST", f"/v1/pay-runs/{run}/sent")
    assert (sent.status_code, sent.json()["status"]) == (200, "sent")
    paid = await client.ask("POST", f"/v1/payments/{thing}/confirm")
    assert (paid.status_code, paid.json()["status"]) == (200, "paid")
    assert (await client.ask("POST", f"/v1/payments/{thing}/confirm")).status_code == 409


async def test_an_empty_run_has_no_file(world: World, client: Client) -> None:
    run = (await client.ask("POST", "/v1/pay-runs", json={"pay_on": "2026-03-06"})).json()["id"]
    await world.run(PAY_RUN, run)
    assert (await client.ask("GET", f"/v1/pay-runs/{run}")).json()["status"] == "empty"
    assert (await client.ask("GET", f"/v1/pay-runs/{run}/file")).status_code == 404


async def test_a_payment_shows_its_state_and_its_story(world: World, client: Client) -> None:
    thing = await world.payable(1)
    shown = (await client.ask("GET", f"/v1/payments/{thing}")).json()
    assert (shown["status"], shown["amount_cents"], shown["pay_on"]) == ("scheduled", 50_000, "2026-03-03")
    assert [step["type"].split(".")[1] for step in shown["history"]] == ["proposed", "approved", "scheduled"]
    assert all(step["summary"] and step["at"] and step["by"] for step in shown["history"])


async def test_a_payment_that_waits_says_for_what(world: World, client: Client) -> None:
    thing = bill().address()
    await world.say(thing, bill(2_000_000))
    await world.say(thing, JudgePayment())
    shown = (await client.ask("GET", f"/v1/payments/{thing}")).json()
    assert shown["status"] == "awaiting_approval"
    assert "2 people" in shown["reasons"][0]


async def test_payments_are_listed_newest_first_page_by_page(world: World, client: Client) -> None:
    things: list[str] = []
    for number in range(5):
        things.append(await world.payable(number))
        world.stage.clock.advance(1)
    await world.see()
    seen: list[str] = []
    after = ""
    while True:
        page = (await client.ask("GET", f"/v1/payments?limit=2{after}")).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == things[::-1]
    other = (await client.ask("GET", "/v1/payments", tenant="others")).json()
    assert other == {"items": [], "next": None}
    assert (await client.ask("GET", "/v1/payments?status=paid")).json()["items"] == []
    assert len((await client.ask("GET", "/v1/payments?status=scheduled")).json()["items"]) == 5


async def test_cancel_needs_no_reason_and_stop_does(world: World, client: Client) -> None:
    one, other = await world.payable(1), await world.payable(2)
    answer = await client.ask("POST", f"/v1/payments/{one}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert (await client.ask("POST", f"/v1/payments/{other}/stop", json={})).status_code == 422
    early = await client.ask("POST", f"/v1/payments/{other}/stop", json={"reason": "wrong"})
    assert early.status_code == 409
    moved = await client.ask("POST", f"/v1/payments/{other}/reschedule", json={"pay_on": "2026-03-09"})
    assert moved.json()["status"] == "scheduled"


async def test_another_tenant_sees_nothing(world: World, client: Client) -> None:
    thing = await world.payable(1)
    run = (await client.ask("POST", "/v1/pay-runs", json={"pay_on": "2026-03-06"})).json()["id"]
    for path in (f"/v1/payments/{thing}", f"/v1/pay-runs/{run}", f"/v1/pay-runs/{run}/file"):
        assert (await client.ask("GET", path, tenant="others")).status_code == 404
    for path in (f"/v1/payments/{thing}/cancel", f"/v1/pay-runs/{run}/sent"):
        assert (await client.ask("POST", path, tenant="others")).status_code == 404
    assert (await world.stage.state(thing)).status == "scheduled"


async def test_roles_are_checked(world: World, client: Client) -> None:
    thing = await world.payable(1)
    body = {"pay_on": "2026-03-06"}
    assert (await client.ask("POST", "/v1/pay-runs", json=body, roles=("viewer",))).status_code == 403
    cancel = await client.ask("POST", f"/v1/payments/{thing}/cancel", roles=("clerk",))
    assert cancel.status_code == 403
    assert (await client.ask("GET", f"/v1/payments/{thing}", roles=())).status_code == 403
    assert (await client.ask("GET", f"/v1/payments/{thing}", roles=("viewer",))).status_code == 200


PAY = payment_id("nobody")
BAD: list[tuple[str, str, Any]] = [
    ("GET", "/v1/payments?limit=0", None),
    ("GET", "/v1/payments?limit=201", None),
    ("GET", "/v1/payments?limit=x", None),
    ("GET", "/v1/payments?status=unknown", None),
    ("GET", f"/v1/payments?after={'x' * 101}", None),
    ("GET", "/v1/payments/x", None),
    ("GET", "/v1/payments/pay-%00", None),
    ("GET", f"/v1/payments/{PAY}", None),
    ("GET", f"/v1/payments/{PAY.replace('pay', 'run')}", None),
    ("GET", f"/v1/pay-runs/{PAY}", None),
    ("GET", "/v1/pay-runs/..%2f..", None),
    ("POST", f"/v1/payments/{PAY}/confirm", None),
    ("POST", f"/v1/payments/{PAY}/stop", None),
    ("POST", f"/v1/payments/{PAY}/stop", {"reason": ""}),
    ("POST", f"/v1/payments/{PAY}/stop", {"reason": "x" * 501}),
    ("POST", f"/v1/payments/{PAY}/cancel", {"reason": 5}),
    ("POST", f"/v1/payments/{PAY}/cancel", []),
    ("POST", f"/v1/payments/{PAY}/reschedule", {}),
    ("POST", f"/v1/payments/{PAY}/reschedule", {"pay_on": "2026-02-30"}),
    ("POST", f"/v1/payments/{PAY}/reschedule", {"pay_on": "9999-12-31"}),
    ("POST", "/v1/pay-runs", None),
    ("POST", "/v1/pay-runs", {"pay_on": "yesterday", "format": "aba"}),
    ("POST", "/v1/pay-runs", {"pay_on": "9999-12-31", "format": "aba"}),
    ("POST", "/v1/pay-runs", {"pay_on": 1e300}),
    ("POST", "/v1/pay-runs", {"pay_on": "2026-03-06", "cash_limit_cents": -1}),
    ("POST", "/v1/pay-runs", {"pay_on": "2026-03-06", "cash_limit_cents": "5"}),
    ("POST", "/v1/pay-runs", {"pay_on": "2026-03-06", "cash_limit_cents": 1.5}),
    ("POST", "/v1/pay-runs", {"pay_on": "2026-03-06", "cash_limit_cents": 10**30}),
    ("GET", "/v1/pay-runs?limit=0", None),
    ("GET", "/v1/pay-runs?status=open", None),
    ("POST", "/v1/pay-runs", {"pay_on": "2026-03-06", "format": "csv"}),
    ("POST", "/v1/pay-runs", "aba"),
    ("POST", f"/v1/pay-runs/{PAY}/sent", None),
]


@pytest.mark.parametrize(("method", "path", "body"), BAD)
async def test_bad_input_is_refused_and_changes_nothing(
    world: World, client: Client, method: str, path: str, body: Any
) -> None:
    answer = await client.ask(method, path, json=body)
    assert answer.status_code in (404, 409, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert not world.stage.bus.sent


async def test_a_body_that_is_no_json_is_refused(client: Client) -> None:
    assert (await client.ask("POST", "/v1/pay-runs", content=b"{")).status_code in (400, 422)


async def test_a_run_in_the_other_format(world: World, client: Client) -> None:
    await world.payable(1)
    await world.see()
    body = {"pay_on": "2026-03-06", "format": "pain.001"}
    run = (await client.ask("POST", "/v1/pay-runs", json=body)).json()["id"]
    await world.run(PAY_RUN, run)
    file = await client.ask("GET", f"/v1/pay-runs/{run}/file")
    assert file.headers["content-type"] == "application/xml"
    assert file.headers["content-disposition"] == f'attachment; filename="{run}.xml"'
    assert file.content.startswith(b"<?xml")
    assert run.encode() in file.content


async def test_pay_runs_are_listed_newest_first_page_by_page(world: World, client: Client) -> None:
    ids: list[str] = []
    for _ in range(3):
        ids.append((await client.ask("POST", "/v1/pay-runs", json={"pay_on": "2026-03-06"})).json()["id"])
        world.stage.clock.advance(1)
    await world.run(PAY_RUN, ids[0])
    await world.see()
    first = (await client.ask("GET", "/v1/pay-runs?limit=2")).json()
    after = first["next"]
    second = (await client.ask("GET", f"/v1/pay-runs?limit=2&after={after}")).json()
    assert [run["id"] for run in (*first["items"], *second["items"])] == ids[::-1]
    assert second["next"] is None
    empty = (await client.ask("GET", "/v1/pay-runs?status=empty")).json()["items"]
    assert [(run["id"], run["status"], run["format"]) for run in empty] == [(ids[0], "empty", "aba")]
    assert (await client.ask("GET", "/v1/pay-runs", tenant="others")).json()["items"] == []
    assert (await client.ask("GET", "/v1/pay-runs", roles=("nobody",))).status_code == 403


async def test_what_goes_over_the_limit_is_left_out_and_shown(world: World, client: Client) -> None:
    things = [await world.payable(number, cents) for number, cents in enumerate((60_000, 50_000, 30_000))]
    await world.see()
    body = {"pay_on": "2026-03-06", "cash_limit_cents": 100_000}
    run = (await client.ask("POST", "/v1/pay-runs", json=body)).json()["id"]
    await world.run(PAY_RUN, run)
    shown = (await client.ask("GET", f"/v1/pay-runs/{run}")).json()
    assert shown["cash_limit_cents"] == 100_000
    assert 0 < shown["total_cents"] <= 100_000
    out = {one["payment_id"]: one["reason"] for one in shown["left_out"]}
    assert out
    assert {*out, *(one["payment_id"] for one in shown["payments"])} == set(things)
    assert all(reason == "it would go over the run's limit of AUD 1,000.00" for reason in out.values())


async def test_the_bank_knows_nothing_before_there_is_a_file(world: World, client: Client) -> None:
    thing = await world.payable(1)
    await world.see()
    run = (await client.ask("POST", "/v1/pay-runs", json={"pay_on": "2026-03-06"})).json()["id"]
    with pytest.raises(Lost):
        await world.run(PAY_RUN, run, dies_after=2)
    for step in ("confirm", "fail"):
        early = await client.ask("POST", f"/v1/payments/{thing}/{step}", json={"reason": "x"})
        assert (early.status_code, early.json()["type"].rpartition(":")[2]) == (409, "not-filed")
    assert await world.run(PAY_RUN, run, generation=2) == {"status": "filed"}
    assert (await client.ask("POST", f"/v1/payments/{thing}/confirm")).status_code == 200
