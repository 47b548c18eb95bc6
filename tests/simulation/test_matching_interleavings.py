"""Orders and their responses, deliveries, invoices and credit notes at once, with crashes: nothing beyond,
nothing stuck.

Every effect stops at each thing it says; a seed chooses which goes on and which dies and begins again.
Parts of orders are one line small, so that most invoices lie over several streams.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.documents.identity import match_id
from services.matching.domain import order as orders
from services.matching.domain.delivery import LookAgain
from services.matching.domain.order import OrderState
from services.matching.domain.order_messages import AwaitOrder, ReceiveGoods
from tests.data.ubl_documents import PAPER, Bill, line
from tests.data.ubl_orders import Delivery, Purchase
from tests.data.ubl_responses import Response, Said
from tests.unit.matching.world import World

ORDERED = 6
PURCHASES = [
    Purchase(f"PO-{name}", PAPER, [line(f"{name} {n}", "10.00", str(ORDERED)) for n in (1, 2)])
    for name in "AB"
]
RESTING = {"matched", "waiting", "exception", "replaced"}

places = st.tuples(st.sampled_from([0, 1]), st.sampled_from([1, 2]), st.integers(1, 4))
answers = st.tuples(st.sampled_from([0, 1]), st.sampled_from([1, 2]), st.integers(0, ORDERED))
papers = st.one_of(
    st.tuples(st.just("order"), st.sampled_from([0, 1])),
    st.tuples(st.just("response"), st.lists(answers, min_size=1, max_size=2, unique_by=lambda a: a[:2])),
    st.tuples(st.just("receipt"), st.lists(places, min_size=1, max_size=3)),
    st.tuples(st.just("invoice"), st.lists(places, min_size=1, max_size=4)),
    st.tuples(st.just("invoice"), st.lists(places, min_size=1, max_size=4)),
    st.tuples(st.just("credit"), st.lists(places, min_size=1, max_size=2)),
)


@dataclass
class Story:
    """A world, and what was sent to it."""

    world: World
    chance: random.Random
    crashes: int = 0
    number: int = 0
    invoices: dict[str, Bill] = field(default_factory=dict[str, Bill])
    taken: dict[tuple[str, str], Decimal] = field(default_factory=dict[tuple[str, str], Decimal])
    """Of each line of an order what is matched or reserved."""

    async def send(self, paper: tuple[str, object]) -> None:
        kind, what = paper
        self.number += 1
        if kind == "order":
            await self.world.order(PURCHASES[int(str(what))].xml())
        elif kind == "receipt":
            for order, came in _by_order(what):
                delivery = Delivery(f"D-{self.number}-{order}", PURCHASES[order], came)
                await self.world.receive(delivery.receipt())
        elif kind == "response":
            for order, said in _by_order(what):
                changed = [Said(line, "3" if int(q) else "7", q if int(q) else "") for line, q in said]
                response = Response(f"R-{self.number}", PURCHASES[order], "CA", changed)
                answer = await self.world.ask("POST", "/v1/order-responses", response.xml())
                assert answer.status_code in (200, 202, 409), answer.text
        else:
            bill = _bill(f"I-{self.number}", what, kind)
            self.invoices[await self.world.invoice(bill)] = bill

    async def settle(self) -> None:
        def dies() -> bool:
            self.crashes -= 1
            return self.crashes >= 0 and self.chance.random() < 0.2

        await self.world.settle(self.chance.randrange, dies, self.check)

    async def ledgers(self) -> dict[str, OrderState]:
        found = {
            t: await self.world.stage.state(t) for t in self.world.commands.things if t.startswith("ord-")
        }
        return {thing: state for thing, state in found.items() if isinstance(state, OrderState)}

    async def check(self) -> None:
        """Nothing is matched or reserved beyond what was ordered and received, at no time; what was before
        the supplier confirmed less stays, and nothing is added to it."""
        for thing, state in (await self.ledgers()).items():
            for id, counted in state.ledger.lines.items():
                held = sum(
                    (max(r.get(id, Decimal(0)), Decimal(0)) for r in state.ledger.reserved.values()),
                    Decimal(0),
                )
                taken, before = counted.invoiced + held, self.taken.get((thing, id), Decimal(0))
                assert counted.invoiced >= 0, state
                assert taken <= min(Decimal(ORDERED), counted.received), state
                assert taken <= max(before, min(counted.ordered, counted.received)), state
                self.taken[thing, id] = taken

    async def statuses(self) -> dict[str, str]:
        return {id: await self.world.status(id) for id in self.invoices}


def _by_order(what: object) -> list[tuple[int, list[tuple[str, str]]]]:
    assert isinstance(what, list)
    kept = [(order, [(str(n), str(q)) for o, n, q in what if o == order]) for order in (0, 1)]
    return [(order, came) for order, came in kept if came]


def _bill(number: str, what: object, kind: str) -> Bill:
    assert isinstance(what, list)
    lines = [
        line(f"{'AB'[o]} {n}", "10.00", str(q), order=PURCHASES[o].number, order_line=str(n))
        for o, n, q in what
    ]
    return Bill(number, PAPER, lines=lines, corrects="OLD-1" if kind == "credit" else "")


async def _tell(sent: Sequence[tuple[str, object]], seed: int, crashes: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        story = Story(World(Path(home)), random.Random(seed), crashes)
        for paper in sent:
            await story.send(paper)
            if story.chance.random() < 0.3:
                await story.settle()
        await story.settle()
        before = await story.statuses()
        assert set(before.values()) <= RESTING
        assert all(not state.ledger.reserved for state in (await story.ledgers()).values())
        await _adds_up(story, before)
        # Nobody was forgotten: who looks again without a cause finds nothing new, or that others have taken
        # what it still waits to see delivered.
        for id in story.invoices:
            await story.world.stage.say(match_id(id), LookAgain())
        await story.settle()
        after = await story.statuses()
        news = {(before[id], status) for id, status in after.items() if status != before[id]}
        assert news <= {("waiting", "exception")}


async def _adds_up(story: Story, statuses: dict[str, str]) -> None:
    """What the orders count is what the matched documents say."""
    sums: dict[tuple[str, str], Decimal] = {}
    for id, bill in story.invoices.items():
        if statuses[id] == "matched":
            for one in bill.lines:
                key = (one.order, one.order_line)
                sums[key] = sums.get(key, Decimal(0)) + (-one.quantity if bill.corrects else one.quantity)
    for purchase in PURCHASES:
        answer = await story.world.ask("GET", "/v1/orders?limit=10")
        for row in answer.json()["items"]:
            if row["number"] == purchase.number:
                for id, (_, _, invoiced) in (await story.world.lines(row["id"])).items():
                    assert Decimal(invoiced) == sums.get((purchase.number, id), Decimal(0))


@settings(max_examples=80)
@given(st.lists(papers, min_size=3, max_size=14), st.integers(0, 2**16), st.integers(0, 20))
def test_whatever_interleaves_and_dies(sent: list[tuple[str, object]], seed: int, crashes: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "PART_LINES", 1)
        asyncio.run(_tell(sent, seed, crashes))


async def test_a_change_in_a_part_is_noticed_by_who_was_just_looking(tmp_path: Path) -> None:
    world = World(tmp_path)
    order = await world.order(PURCHASES[0].xml())
    await world.settle()
    seen = (await world.stage.state(order)).changes
    await world.stage.say(order, ReceiveGoods(delivery="rct-1", lines={}))
    awaited = await world.stage.say(order, AwaitOrder(thing="mat-1", seen=seen))
    assert awaited.reply == {"changed": True}


@pytest.mark.parametrize("seed", range(3))
def test_many_invoices_race_for_one_order(seed: int) -> None:
    async def race() -> None:
        with tempfile.TemporaryDirectory() as home:
            story = Story(World(Path(home)), random.Random(seed), crashes=10)
            await story.send(("order", 0))
            for number in range(16):
                await story.send(("invoice", [(0, 1 + number % 2, 1), (0, 2 - number % 2, 1)]))
                if number in (5, 10):
                    await story.send(("receipt", [(0, 1, 3), (0, 2, 3)]))
            await story.settle()
            statuses = list((await story.statuses()).values())
            assert statuses.count("matched") == ORDERED
            assert statuses.count("exception") == 16 - ORDERED

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "PART_LINES", 1)
        asyncio.run(race())
