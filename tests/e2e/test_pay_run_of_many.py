"""A pay run over two hundred payments while processes are killed: each is paid once, with its credit note off."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import pytest

from finnest.testing import eventually
from tests.data.ubl_documents import Bill
from tests.e2e.test_pay_run_crashes import until_back, until_taken
from tests.support.aba import paid_once
from tests.support.documents import bill, cents
from tests.support.person import Person, pay_day
from tests.support.platform import CHILDREN, Company, Platform

PAYMENTS = 208
CREDITED, CANCELLED, STOPPED = 20, 8, 5
CREDIT_NET, CREDIT_CENTS = "100.00", 11_000
AT_ONCE = 4
KILLS_AT_MOST = 10
VICTIMS = (("app",), ("sidecar",), ("broker",), ("app", "sidecar"), CHILDREN)


@dataclass
class Books:
    """What was sent, by id of the invoice."""

    bills: dict[str, Bill]
    credited: list[str]

    def owed(self, id: str) -> int:
        """Cents that its payment must be over."""
        return cents(self.bills[id]) - (CREDIT_CENTS if id in self.credited else 0)


@pytest.mark.slow
async def test_each_of_many_is_paid_once_whatever_is_killed(own: Platform) -> None:
    await own.start()
    company = own.company()
    books = await sent(company)
    cancelling = list(books.bills)[CREDITED : CREDITED + CANCELLED]
    payments = {id: f"/v1/payments/{company.vera.payment(id)['id']}" for id in books.bills}

    body = {"pay_on": str(pay_day())}
    opened = await until_taken(company.tess, "/v1/pay-runs", "of-many", body)
    run = f"/v1/pay-runs/{opened.content['id']}"
    asked = list(cancelling)
    kills, chance = 0, random.Random(208)
    while kills < KILLS_AT_MOST and (kills < len(VICTIMS) or opened_still(company, run)):
        own.kill(*VICTIMS[kills % len(VICTIMS)])
        kills += 1
        await until_back(company)
        if cancelling:
            id = cancelling.pop()
            await said(company.tess, f"{payments[id]}/cancel", f"cancel-{id}")
        await asyncio.sleep(chance.uniform(0, 1.5))
    filed = await company.tess.filed(opened.content["id"], within_s=120)

    cancelled = [id for id in asked if company.vera.get(payments[id]).content["status"] == "cancelled"]
    paid = {books.bills[id].number: books.owed(id) for id in books.bills if id not in cancelled}
    assert paid_once([company.tess.bank_file(filed["id"])]) == paid
    assert (filed["count"], filed["total_cents"]) == (len(paid), sum(paid.values()))
    for id in books.credited[:STOPPED]:
        own.kill("app")
        await said(company.tess, f"{payments[id]}/stop", f"stop-{id}")
        await until_back(company)
    await eventually(
        lambda: free_again(company.tess) == STOPPED * CREDIT_CENTS, 60, "credit is not free again"
    )
    assert (await company.tess.pay_run())["status"] == "empty"


async def sent(company: Company) -> Books:
    """Let a company have so many payments that are due, some of them with a credit note."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def submit(one: Bill) -> str:
        async with slots:
            return await eventually(lambda: asyncio.to_thread(company.intake.submit, one.xml()), 120)

    bills = [bill() for _ in range(PAYMENTS)]
    ids = await asyncio.gather(*map(submit, bills))
    books = Books(dict(zip(ids, bills, strict=True)), list(ids[:CREDITED]))
    notes = [
        bill(CREDIT_NET, supplier=books.bills[id].supplier, corrects=books.bills[id].number)
        for id in books.credited
    ]
    for id in ids:
        await company.vera.until(id, "scheduled", within_s=300)
    for note in await asyncio.gather(*map(submit, notes)):
        await company.vera.until(note, "approved", within_s=120)
    return books


async def said(person: Person, path: str, key: str) -> None:
    """Say something of a payment until somebody has heard it: it is done, on its way, or too late."""

    def send() -> bool:
        try:
            answer = person.post(path, {"reason": "a mistake"}, key)
        except OSError as error:
            raise AssertionError(str(error)) from error
        assert answer.status in (200, 202, 409), answer
        return True

    await eventually(send, 60, f"{path} was not answered")


def opened_still(company: Company, run: str) -> bool:
    """Whether the run has no file yet."""
    return company.vera.get(run).content["status"] == "opened"


def free_again(person: Person) -> int:
    """Return the cents of credit notes that can go off payments."""
    credits = [one["id"] for one in person.all("/v1/payments?status=credit")]
    return sum(person.get(f"/v1/payments/{id}").content["left_cents"] for id in credits)
