"""The feature in Go, as people, agents and payments see it; and payments while it is away."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date

from finnest.dev.home import REPO, SERVICES
from finnest.testing import eventually
from tests.support.aba import BankFile, paid_once
from tests.support.documents import SMALL, bill
from tests.support.platform import CHILDREN, Company, Platform
from tests.support.talking import ask, types

NATIVE = ("app:calendar", "sidecar:calendar")
ASKED_AGAIN_S = 45.0
"""Payments leaves calendar alone for half a minute when it did not answer."""
ASKER = "feature:payments"


def _log(platform: Platform) -> list[dict[str, object]]:
    """Return what the program logged."""
    return [json.loads(line) for line in (platform.home.logs / "app-calendar.log").read_text().splitlines()]


async def test_people_ask_it_through_the_gateway(company: Company) -> None:
    path = "/v1/calendar/business-day?place=AU-NSW&on=2026-12-25"
    await eventually(lambda: company.vera.get(path).status == 200, 10)
    assert company.vera.get(path).content["business_day"] == "2026-12-29"
    holidays = company.vera.get("/v1/calendar/holidays?place=NZ&year=2027").content["items"]
    assert {"date": "2027-06-25", "name": "Matariki", "observed": False} in holidays
    count = company.vera.get(
        "/v1/calendar/business-days?place=AU-VIC&from=2026-11-02&until=2026-11-06"
    ).content
    assert (count["count"], [one["date"] for one in count["closed"]]) == (4, ["2026-11-03"])
    cut_off = company.vera.get("/v1/calendar/cut-off?bank=AU-NAB&on=2026-12-25").content
    assert (cut_off["open"], cut_off["closes_at"]) == (False, "2026-12-29T18:00:00+11:00")
    refused = company.vera.get("/v1/calendar/holidays?place=FR&year=2027")
    assert (refused.status, refused.slug) == (422, "no-such-place")
    assert company.vera.call("GET", path, headers={"authorization": ""}).status == 401


async def test_it_is_shown_like_any_feature(company: Company) -> None:
    features = {one["name"]: one for one in company.vera.get("/v1/features").content["items"]}
    assert features["calendar"]["language"] == "go"
    paths = company.vera.get("/openapi.json").content["paths"]
    assert paths["/v1/calendar/holidays"]["get"]["operationId"] == "list_holidays"
    tools = {one["name"] for one in company.vera.get("/v1/tools").content["items"]}
    assert "calendar.find_business_day" in tools


async def test_an_agent_uses_it(company: Company) -> None:
    run = ask(company.vera, "what is the first business day in Victoria after 3 November 2026?")
    assert run["status"] == "finished"
    assert "In AU-VIC that is Wednesday 4 November 2026." in run["answer"]
    assert types(run) == ["asked", "answered", "judged", "done", "answered", "finished"]


async def test_payments_asks_it_for_business_days(platform: Platform, company: Company) -> None:
    def was_asked() -> bool:
        told = [one for one in _log(platform) if str(one.get("path")).endswith("/business-days")]
        return any(
            one["status"] == 200 and one["caller"] in ("finnest", "payments") and one["user"] == ASKER
            for one in told
        )

    began = time.monotonic()
    while not was_asked():
        # Whatever was paid first may have found it not yet there, and left it alone.
        assert time.monotonic() - began < ASKED_AGAIN_S, "payments did not ask calendar"
        await company.vera.until(company.intake.submit(bill(SMALL).xml()), "scheduled")


async def test_what_its_readme_types_works(platform: Platform) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (SERVICES / "calendar" / "README.md").read_text(), re.DOTALL)
    said = [_typed(platform, block) for block in blocks]
    assert json.loads(said[0])["business_day"] == "2026-12-31"
    assert "passed" in said[1]


def _typed(platform: Platform, block: str) -> str:
    """Return what the commands print, in this home instead of a clone's."""
    here = block.replace(".finnest/dev.key", str(platform.home.dev_key)).replace(":8080", f":{platform.port}")
    command = here.replace(".venv/bin/python", sys.executable)
    shell = ["/bin/bash", "-euo", "pipefail", "-c", command]
    done = subprocess.run(shell, cwd=REPO, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def _frozen(platform: Platform, *names: str) -> Generator[None]:
    """Let processes live and do nothing."""
    pids = [platform.pids()[name] for name in names]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


async def test_payments_pay_while_it_is_silent_and_while_it_is_dead(own: Platform) -> None:
    await own.start()
    assert set(own.pids()) == set(CHILDREN)
    company = own.company()
    with _frozen(own, *NATIVE):
        silent = await _paid(company)
        assert own.status()["ready"]
    assert sorted(own.kill(*NATIVE)) == sorted(NATIVE)
    dead = await _paid(company)
    assert len(paid_once([silent, dead])) == 4
    assert company.vera.get("/v1/dead-letters").content["items"] == []
    await eventually(lambda: set(own.pids()) == set(CHILDREN), 10)
    path = "/v1/calendar/holidays?place=NZ&year=2027"
    await eventually(lambda: company.vera.get(path).status == 200, 20, "calendar did not come back")


async def _paid(company: Company) -> BankFile:
    """Return the file of a run over two payments, both confirmed."""
    ids = [company.intake.submit(bill(SMALL).xml()) for _ in range(2)]
    for id in ids:
        await company.vera.until(id, "scheduled")
    run = await company.tess.pay_run()
    assert run["count"] == 2
    assert date.fromisoformat(run["process_on"]).weekday() < 5
    for id in ids:
        payment = company.tess.payment(id)["id"]
        assert company.tess.post(f"/v1/payments/{payment}/confirm").content["status"] == "paid"
    return company.tess.bank_file(run["id"])
