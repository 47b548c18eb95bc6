"""The app dies in the middle of matching over several orders; afterwards all is as if it had not."""

from __future__ import annotations

from finnest.testing import eventually
from tests.data.ubl_documents import line
from tests.data.ubl_orders import Delivery
from tests.e2e.test_matching import order, purchase, receive, until_lines, until_match
from tests.support.documents import bill, supplier
from tests.support.platform import Platform

DEATHS = (
    "after-effect:2",
    "before-effect:3",
    "after-effect:3",
    "after-effect:4",
    "after-save:8",
    "before-save:9",
)
"""One for each invoice: in the middle of looking, reserving, confirming, and between them."""


async def test_nothing_is_stuck_or_counted_twice_when_the_app_dies(own: Platform) -> None:
    await own.start()
    company = own.company()
    seller = supplier()
    orders = [purchase(seller, "6"), purchase(seller, "6")]
    ids = [order(company.alice, wanted) for wanted in orders]
    for wanted in orders:
        receive(company.alice, Delivery("D-1", wanted, [("1", "6"), ("2", "4")]))
    for id in ids:
        await until_lines(company.vera, id, {"1": ("6", "6", "0"), "2": ("4", "4", "0")})
    over_both = [
        bill(
            supplier=seller,
            lines=[line("Paper", "20.00", "2", order=wanted.number, order_line="1") for wanted in orders],
        )
        for _ in DEATHS
    ]
    invoices: list[str] = []
    for death, one in zip(DEATHS, over_both, strict=True):
        deaths = own.restarts()
        own.arm(death)

        def send(body: bytes = one.xml()) -> str:
            try:
                answer = company.intake.send(body)
            except OSError as error:
                raise AssertionError(str(error)) from error
            assert answer.status in (200, 202), answer
            return str(answer.content["id"])

        invoices.append(await eventually(send, 60.0, "the invoice was not taken"))
        await eventually(lambda n=deaths: own.restarts() > n, 60.0, f"{death} did not happen")

    def answers() -> bool:
        try:
            return company.vera.get("/v1/matches").status == 200
        except OSError:
            return False

    await eventually(answers, 60.0, "the app did not come back")
    matches = [await until_match(company.vera, id, "matched", "exception") for id in invoices]
    assert sorted(one["status"] for one in matches) == ["exception"] * 3 + ["matched"] * 3
    for id in ids:
        await until_lines(company.vera, id, {"1": ("6", "6", "6"), "2": ("4", "4", "0")})
