"""Credit notes over charges: given back to the order, and never more than was charged."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.matching.adapters import SHIPPED, read_policies
from services.matching.documents.papers import Bill as Paper
from services.matching.documents.papers import Line, Order, Party
from services.matching.domain.extras import CHARGES
from services.matching.domain.ledger import Counted, Ledger
from services.matching.domain.matching import Known, Match, Result
from tests.data.ubl_documents import PAPER, Bill, line
from tests.data.ubl_orders import Delivery, Purchase
from tests.unit.matching.world import World

POLICY = read_policies(SHIPPED.parent).of("anybody")
ROPE = Purchase("PO-9", PAPER, [line("Rope", "46.00", "4")], charge=Decimal(90))


def invoice(number: str, rope: str, charge: str, corrects: str = "", other: str = "") -> Bill:
    lines = [line("Rope", "46.00", rope, order_line="1")] if rope != "0" else []
    more = [line("Freight", other)] if other else []
    return Bill(number, PAPER, order="PO-9", lines=[*lines, *more], charge=Decimal(charge), corrects=corrects)


async def bought(world: World) -> str:
    """Let rope and its freight be ordered, received and invoiced; return the order's id."""
    order = await world.order(ROPE.xml())
    await world.receive(Delivery("D-1", ROPE, [("1", "4")]).receipt())
    await world.invoice(invoice("KP-1", "4", "90"))
    await world.settle()
    return order


async def charged(world: World, order: str) -> Decimal:
    """Return what of the order's charges is invoiced."""
    return (await world.stage.state(order)).ledger.lines[CHARGES].invoiced


async def test_credited_freight_is_given_back_and_may_be_charged_again(world: World) -> None:
    order = await bought(world)
    assert await charged(world, order) == 90
    again = await world.invoice(invoice("KP-2", "0", "60", other="0.01"))
    await world.settle()
    assert await world.codes(again) == ["LINE-UNKNOWN", "CHARGE-OVER"]
    credit = await world.invoice(invoice("CN-1", "1", "60", corrects="KP-1"))
    await world.settle()
    assert (await world.status(credit), await world.status(again)) == ("matched", "matched")
    assert await charged(world, order) == Decimal("90")


async def test_more_freight_credited_than_charged_is_an_exception(world: World) -> None:
    order = await bought(world)
    credit = await world.invoice(invoice("CN-1", "1", "140", corrects="KP-1"))
    await world.settle()
    match = await world.match(credit)
    (told,) = [finding for finding in match.findings if finding.weight != "note"]
    assert (match.status, told.code, told.theirs, told.ours) == ("exception", "CREDIT-OVER", "140", "90")
    assert told.sentence == "140.00 of charges credited, 90.00 charged and not yet credited."
    assert await charged(world, order) == 90


async def test_a_credit_over_an_item_that_nobody_ordered_is_an_exception(world: World) -> None:
    order = await bought(world)
    credit = await world.invoice(invoice("CN-1", "1", "0", corrects="KP-1", other="150.00"))
    await world.settle()
    match = await world.match(credit)
    assert [(f.code, f.line, f.theirs, f.ours) for f in match.findings if f.weight != "note"] == [
        ("LINE-UNKNOWN", "2", "150", "none")
    ]
    assert await charged(world, order) == 90


async def test_freight_credited_as_a_line_is_told_and_given_back(world: World) -> None:
    order = await bought(world)
    credit = await world.invoice(invoice("CN-1", "1", "0", corrects="KP-1", other="30.00"))
    await world.settle()
    match = await world.match(credit)
    assert (match.status, [f.code for f in match.findings]) == ("matched", ["CREDIT-AMOUNT"])
    assert await charged(world, order) == 60


def matched(counted: Counted, kind: str, charges: Decimal, freight: Decimal) -> Result:
    """Match a document over charges and an unknown line with an order of 90.00 charges."""
    rope = Line(id="1", name="Rope", quantity=Decimal(4), unit="EA", price=Decimal(46))
    order = Order(number="PO-9", supplier=Party(), lines=(rope,), charges=Decimal(90))
    known = Known("ord-1", order, {"1": "ord-1"}, {"ord-1": Ledger(lines={CHARGES: counted})})
    lines = (Line(id="7", name="Freight", quantity=Decimal(1), price=freight),) if freight else ()
    bill = Paper.model_validate(
        {"number": "B", "supplier": Party(), "lines": lines, "kind": kind, "charges": charges}
    )
    return Match(bill, {"PO-9": known}, ["PO-9"], POLICY, "m").result()


amounts = st.decimals(min_value=-100, max_value=200, places=2)


@given(
    st.decimals(min_value=0, max_value=90, places=2),
    st.lists(st.tuples(st.sampled_from(["invoice", "credit_note"]), amounts, amounts), max_size=6),
)
def test_charges_stay_between_nothing_and_what_was_ordered(
    before: Decimal, papers: list[tuple[str, Decimal, Decimal]]
) -> None:
    ledger = Ledger(lines={CHARGES: Counted(ordered=Decimal(90), invoiced=before, must_come=False)})
    for kind, charges, freight in papers:
        result = matched(ledger.lines[CHARGES], kind, charges, freight)
        booking = result.booking.get("ord-1", {})
        assert ledger.short("m", booking) == {}
        if kind == "credit_note" and freight:
            assert {f.line for f in result.findings} >= {"7"} or charges + freight < 0
        ledger = ledger.book("m", booking)
        assert 0 <= ledger.lines[CHARGES].invoiced <= 90
