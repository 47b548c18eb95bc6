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
    "after-save:6",
    "after-effect:1",
    "before-save:5",
    "after-publish:3",
    "after-effect:4",
    "before-effect:2",
)


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
        for _ in range(5)
    ]
    own.arm(*DEATHS)
    invoices: list[str] = []
    for one in over_both:

        def send(body: bytes = one.xml()) -> str:
            try:
                answer = company.intake.send(body)
            except OSError as error:
                raise AssertionError(str(error)) from error
            assert answer.status in (200, 202), answer
            return str(answer.content["id"])

        invoices.append(await eventually(send, 60.0, "the invoice was not taken"))
    await eventually(lambda: not own.armed(), 120.0, "not every death happened")
    matches = [await until_match(company.vera, id, "matched", "exception") for id in invoices]
    assert sorted(one["status"] for one in matches) == ["exception"] * 2 + ["matched"] * 3
    for id in ids:
        await until_lines(company.vera, id, {"1": ("6", "6", "6"), "2": ("4", "4", "0")})
