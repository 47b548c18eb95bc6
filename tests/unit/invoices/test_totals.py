"""Bills of one supplier and amount know of each other, however they come."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from finnest.ports import EffectCall
from finnest.testing import MemoryBlobs, MemoryCommands, Stage
from finnest.turns import SNAPSHOT_BYTES, Head
from services.invoices.adapters import PolicyDays
from services.invoices.agent import Clerk, invoice_id
from services.invoices.documents.findings import Report
from services.invoices.domain.invoice import Invoices
from services.invoices.domain.messages import RecordReport
from services.invoices.domain.totals import ALIKE_DAYS, KEPT, SightBill, Totals, total_id
from services.invoices.ports import Judge
from tests.data.ubl_documents import CLEANING, Bill, line

FIRST = date(2026, 6, 1)
TOTAL = total_id("0151:51824753556", "invoice", "AUD", 33_000)


class Contented(Judge):
    """A judge that finds every document valid, after others had their turn."""

    async def judge(self, sender: str, body: bytes, today: date, ruleset: str | None = None) -> Report:
        await asyncio.sleep(0)
        return Report(valid=True, ruleset="pint-anz", findings=())


class Desk(Stage):
    """A clerk on twins."""

    def __init__(self) -> None:
        super().__init__("invoices", [Invoices(), Totals()])
        self.blobs = MemoryBlobs()
        days = PolicyDays(self.clock, ZoneInfo("Australia/Sydney"), {})
        self.clerk = Clerk(self.blobs, MemoryCommands("invoices", self.turns, self.clock), Contented(), days)

    async def alike(self, bill: Bill) -> tuple[str, ...]:
        """Check a document; return what it looks like."""
        sha256 = await self.blobs.put("kestrel", bill.xml())
        thing = invoice_id(sha256)
        result = await self.clerk.check(EffectCall("kestrel", thing, f"{thing}@1/0", {"sha256": sha256}, ""))
        assert isinstance(result, RecordReport)
        return result.alike


async def test_of_bills_that_come_at_the_same_instant_each_later_one_is_told_of_the_earlier() -> None:
    desk = Desk()
    bills = [Bill(f"A-{n}", issued=FIRST + timedelta(days=n)) for n in range(8)]
    told = await asyncio.gather(*(desk.alike(bill) for bill in bills))
    assert sorted(len(sentences) for sentences in told) == [0, 1, 2, 3, 3, 3, 3, 3]


async def test_a_check_that_is_repeated_tells_the_same() -> None:
    desk = Desk()
    first, second = Bill("A-1"), Bill("A-2")
    assert await desk.alike(first) == ()
    told = await desk.alike(second)
    assert [await desk.alike(bill) for bill in (second, first, second)] == [told, (), told]


async def test_bills_that_differ_in_more_than_their_number_are_not_alike() -> None:
    desk = Desk()
    await desk.alike(Bill("A-1"))
    others = [
        Bill("A-2", CLEANING),
        Bill("A-3", lines=(line("Other", "7.00"),)),
        Bill("A-4", corrects="A-1"),
        Bill("a 1", note="the same bill, written differently: claims see that"),
    ]
    assert [await desk.alike(bill) for bill in others] == [()] * len(others)


async def test_copies_of_one_bill_are_told_as_the_one_that_came_first() -> None:
    desk = Desk()
    for note in ("", "copy", "another copy"):
        await desk.alike(Bill("A-1", note=note))
    (told,) = await desk.alike(Bill("B-1"))
    assert "(A-1, " in told


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 90)), max_size=30))
@settings(max_examples=60, deadline=None)
async def test_exactly_those_within_the_days_are_told(bills: list[tuple[int, int]]) -> None:
    stage = Stage("invoices", [Totals()])
    known: dict[int, int] = {}
    for id, day in bills:
        day = known.get(id, day)
        sight = SightBill(invoice_id=f"inv-{id}", number=str(id), issue_date=FIRST + timedelta(days=day))
        reply = (await stage.say(TOTAL, sight, request=f"inv-{id}/{len(known)}")).reply
        near = {f"inv-{n}" for n, d in known.items() if n != id and abs(d - day) <= ALIKE_DAYS}
        assert {one["invoice_id"] for one in reply["alike"]} == near
        known[id] = day


async def test_the_fullest_total_fits_into_a_stream() -> None:
    stage = Stage("invoices", [Totals()])
    for n in range(KEPT + 5):
        sight = SightBill(invoice_id=f"inv-{n:026d}", number="漢" * 200, issue_date=FIRST)
        await stage.say(TOTAL, sight)
    state = await stage.state(TOTAL)
    assert len(state.bills) == KEPT
    assert len(Head(state=state, schema=1).text()) < SNAPSHOT_BYTES


def test_each_supplier_kind_currency_and_amount_has_a_total_of_its_own() -> None:
    same = ("0151:1", "invoice", "AUD", 100)
    others = [("0151:2", *same[1:]), ("0151:1", "credit_note", "AUD", 100), ("0151:1", "invoice", "NZD", 100)]
    ids = {total_id(*one) for one in (same, same, *others, (*same[:3], 101))}
    assert len(ids) == 5
