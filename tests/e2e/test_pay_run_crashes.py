"""The app dies at every step of a pay run: open, gather, include, file, give to the bank, settle.

A witness reads all files as the bank would: every payment is in exactly one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from finnest.testing import eventually
from tests.support.aba import paid_once
from tests.support.documents import bill, cents
from tests.support.person import Answer, Person, pay_day
from tests.support.platform import Company, Platform

EVERY = [f"before-save:{step}" for step in range(1, 7)] + [f"after-save:{step}" for step in range(1, 6)]
"""Saves of a run over two payments: it is opened, has its workflow, gathers, takes one, takes the other, files."""
SOME = ("before-save:4", "after-save:5")


async def until_taken(person: Person, path: str, key: str, content: object = None) -> Answer:
    """Send a request under a key until it is answered, whoever dies meanwhile."""

    def send() -> Answer:
        try:
            answer = person.post(path, content, key)
        except OSError as error:
            raise AssertionError(str(error)) from error
        # 409 is what the key's first request gets that is still under way, or died.
        assert answer.status < 300, answer
        return answer

    return await eventually(send, 60.0, f"{path} was not taken")


@pytest.mark.parametrize(
    "deaths", [pytest.param(SOME, id="some"), pytest.param(EVERY, marks=pytest.mark.slow, id="every")]
)
async def test_every_payment_is_in_one_file_when_the_app_dies_in_a_pay_run(
    own: Platform, deaths: Sequence[str]
) -> None:
    await own.start()
    company = own.company()
    runs: list[str] = []
    due: dict[str, int] = {}
    for death in deaths:
        bills = [bill(), bill()]
        due |= {one.number: cents(one) for one in bills}
        for id in [company.intake.submit(one.xml()) for one in bills]:
            await company.vera.until(id, "scheduled", within_s=60)
        body = {"pay_on": str(pay_day())}
        opened = await killed(own, company, death, "/v1/pay-runs", body)
        run = await company.tess.filed(opened.content["id"], within_s=90)
        assert run["count"] == len(bills), (death, run)
        runs.append(run["id"])
    assert paid_once(company.tess.bank_file(run) for run in runs) == due
    payments = company.vera.all("/v1/payments")
    assert (len(payments), {payment["status"] for payment in payments}) == (len(due), {"included"})


@pytest.mark.slow
async def test_what_people_say_of_a_file_counts_once_when_the_app_dies(own: Platform) -> None:
    await own.start()
    company = own.company()
    bills = [bill(), bill()]
    paid, stopped = [company.intake.submit(one.xml()) for one in bills]
    for id in (paid, stopped):
        await company.vera.until(id, "scheduled")
    run = f"/v1/pay-runs/{(await company.tess.pay_run())['id']}"
    good, bad = (f"/v1/payments/{company.vera.payment(id)['id']}" for id in (paid, stopped))
    reason = {"reason": "wrong account"}
    await killed(own, company, "before-save:1", f"{run}/sent")
    await until_status(company, run, "sent")
    await killed(own, company, "after-save:1", f"{good}/confirm")
    await until_status(company, good, "paid")
    await killed(own, company, "before-save:1", f"{bad}/stop", reason)
    shown = await until_status(company, bad, "stopped")
    told = [step["summary"] for step in shown["history"] if step["type"] == "payments.stopped.v1"]
    assert told == ["Stopped by tess, it is in the file, so the bank must be told: wrong account"]
    for path in (f"{run}/sent", f"{good}/confirm", f"{bad}/stop"):
        assert company.tess.post(path, reason).status == 409
    assert (await company.tess.pay_run())["status"] == "empty"


async def killed(own: Platform, company: Company, death: str, path: str, body: object = None) -> Answer:
    """Send what the treasurer says, have the app die of it, and return the answer once all is up again."""
    deaths = own.restarts()
    own.arm(death)
    answer = await until_taken(company.tess, path, f"{death}-of-{path.rpartition('/')[2]}", body)
    await eventually(lambda: own.restarts() > deaths, 30.0, f"{death} did not happen")
    await until_back(company)
    return answer


async def until_back(company: Company) -> None:
    """Wait until the app answers again."""

    def answers() -> bool:
        try:
            return company.vera.get("/v1/pay-runs").status == 200
        except OSError:
            return False

    await eventually(answers, 60.0, "the app did not come back")


async def until_status(company: Company, path: str, status: str) -> dict[str, Any]:
    """Return what is shown there once it has the status."""

    def check() -> dict[str, Any]:
        shown = company.vera.get(path).content
        assert shown["status"] == status, shown
        return shown

    return await eventually(check, 60.0, f"{path} did not become {status}")
