"""Data survives a restart, and views can be thrown away: history makes the same lists again."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import pytest_asyncio

from finnest.testing import eventually
from tests.data.ubl_documents import line
from tests.data.ubl_orders import Delivery, Purchase
from tests.data.ubl_responses import Response, Said
from tests.e2e.test_matching import order, receive, until_lines
from tests.support.documents import ONE_PERSON, SMALL, bill, number, supplier
from tests.support.person import XML, Person
from tests.support.platform import Company, Platform

LISTS = {
    "invoices": ("/v1/invoices", "/v1/invoices?status=scheduled", "/v1/invoices?supplier=supplier"),
    "payments": ("/v1/payments", "/v1/payments?status=included"),
    "approvals": ("/v1/approvals", "/v1/approvals?state=open"),
    "matching": ("/v1/orders", "/v1/receipts", "/v1/matches", "/v1/matches?status=exception"),
    "suppliers": ("/v1/suppliers",),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[Platform, Company]]:
    """A platform where something of each kind has happened."""
    platform = Platform.at(tmp_path_factory.mktemp("lived"))
    await platform.start()
    try:
        company = platform.company()
        await live(company)
        yield platform, company
    finally:
        await platform.stop()


async def live(company: Company) -> None:
    """Let a company have invoices in many states, decided and open approvals, and a pay run."""
    submit = company.intake.submit
    small = [submit(bill(SMALL).xml()) for _ in range(4)]
    asked = [submit(bill(ONE_PERSON).xml()) for _ in range(3)]
    original = bill()
    await company.vera.until(submit(original.xml()), "scheduled")
    await company.vera.until(submit(original.xml() + b"<!-- again -->"), "duplicate")
    submit(bill(account="").xml())
    for id in small:
        await company.vera.until(id, "scheduled")
    company.bob.decide(await company.bob.asked(asked[0]))
    company.bob.decide(await company.bob.asked(asked[1]), "reject", "no")
    await company.bob.asked(asked[2])
    await company.tess.pay_run()
    await company.vera.until(asked[1], "rejected")
    paid = company.tess.payment(small[0])["id"]
    assert company.tess.post(f"/v1/payments/{paid}/confirm").status == 200
    await company.vera.until(small[0], "paid")
    await buy(company)


async def buy(company: Company) -> None:
    """Let a company order, have a response and a delivery, and be invoiced for it, rightly and wrongly."""
    wanted = Purchase(f"PO-{number()}", supplier(), [line("Paper", "20.00", "10", item="P-1")])
    id = order(company.alice, wanted)
    said = Response("OR-1", wanted, "CA", [Said("1", "3", "8")])
    assert company.alice.call("POST", "/v1/order-responses", said.xml(), XML).status == 202
    receive(company.alice, Delivery("D-1", wanted, [("1", "9")]), advice=True)
    receive(company.alice, Delivery("R-1", wanted, [("1", "8")], despatch="D-1"))
    await until_lines(company.vera, id, {"1": ("8", "8", "0")})
    for quantity, status in (("8", "scheduled"), ("2", "exception")):
        billed = [line("Paper", "20.00", quantity, order_line="1")]
        sent = bill(supplier=wanted.supplier, order=wanted.number, lines=billed)
        await company.vera.until(company.intake.submit(sent.xml()), status)
    late = bill(order=f"PO-{number()}")
    await company.vera.until(company.intake.submit(late.xml()), "unmatched")


def seen(person: Person, *features: str) -> dict[str, Any]:
    """Return everything a person can list, and each invoice with its history."""
    lists = {path: person.all(path) for feature in features or LISTS for path in LISTS[feature]}
    invoices = {row["id"]: person.invoice(row["id"]) for row in person.all("/v1/invoices")}
    return {**lists, "each": invoices}


async def test_everything_is_there_after_a_restart(lived: tuple[Platform, Company]) -> None:
    platform, company = lived
    before = seen(company.alice)
    runs = {i["links"]["pay_run"] for i in before["each"].values() if "pay_run" in i["links"]}
    files = {run: company.tess.get(f"{run}/file").body for run in runs}
    assert len(files) == 1

    await platform.stop()
    await platform.start()
    assert platform.status()["ready"] is True
    assert company.alice.get("/readyz").content["ready"] is True
    assert seen(company.alice) == before
    assert {run: company.tess.get(f"{run}/file").body for run in runs} == files

    waiting = company.vera.all("/v1/invoices?status=awaiting_approval")[0]["id"]
    assert company.bob.decide(await company.bob.asked(waiting)).status == 200
    await company.vera.until(waiting, "scheduled")
    again = company.intake.submit(bill().xml())
    await company.vera.until(again, "scheduled")


@pytest.mark.parametrize("feature", LISTS)
async def test_rebuilt_views_show_the_same(lived: tuple[Platform, Company], feature: str) -> None:
    platform, company = lived
    before = seen(company.alice)
    done = platform.command("views", "rebuild", feature)
    assert done.returncode == 0, done.stderr
    assert f"{feature}: " in done.stdout
    assert seen(company.alice) == before
    id = company.intake.submit(bill().xml())
    await company.vera.until(id, "scheduled")


@pytest.mark.parametrize("feature", LISTS)
async def test_views_are_rebuilt_while_people_work(lived: tuple[Platform, Company], feature: str) -> None:
    platform, company = lived
    known = {path: len(company.alice.all(path)) for path in LISTS[feature]}
    with ThreadPoolExecutor(3) as pool:
        rebuilding = pool.submit(platform.command, "views", "rebuild", feature)
        ids: list[str] = []
        while not rebuilding.done() or len(ids) < 5:
            ids.append(company.intake.submit(bill().xml()))
            for path, count in known.items():
                if "=" not in path:
                    assert len(company.alice.all(path)) >= count, f"{path} was empty for a moment"
        assert rebuilding.result().returncode == 0, rebuilding.result().stderr
    for id in ids:
        await company.vera.until(id, "scheduled", within_s=40)
    for path, name in (("/v1/invoices", "id"), ("/v1/payments", "invoice_id")):
        await eventually(lambda path=path, name=name: set(ids) <= scheduled(company, path, name), 40, path)


def scheduled(company: Company, path: str, name: str) -> set[str]:
    """Return which invoices a list shows as scheduled."""
    return {row[name] for row in company.vera.all(path) if row["status"] == "scheduled"}
