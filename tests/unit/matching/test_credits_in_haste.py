"""A credit note that comes while its invoice is being compared looks again when that rests."""

from __future__ import annotations

import pytest

from finnest.errors import NotYet
from finnest.ports import EffectCall
from services.matching.documents.identity import match_id
from tests.data.ubl_documents import PAPER, Bill, line
from tests.data.ubl_orders import Delivery, Purchase
from tests.unit.matching.world import TENANT, World

HINGES = Purchase("PO-3", PAPER, [line("Hinge", "7.50", "40")])


def _bill(number: str, quantity: str, corrects: str = "") -> Bill:
    lines = [line("Hinge", "7.50", quantity, order_line="1")]
    return Bill(number, PAPER, order="PO-3", lines=lines, corrects=corrects)


async def test_a_part_credited_in_haste_waits_for_no_clock(world: World) -> None:
    await world.order(HINGES.xml())
    await world.receive(Delivery("D-1", HINGES, [("1", "40")]).receipt())
    await world.settle()
    invoice = await world.invoice(_bill("KP-1", "40"))
    await world.see()
    credit = await world.invoice(_bill("CN-1", "4", corrects="KP-1"))
    asked = {"number": "CN-1", "invoice_id": credit, "supplier": PAPER.name}
    asked["supplier_id"] = f"{PAPER.scheme}:{PAPER.abn}"
    call = EffectCall(TENANT, match_id(credit), "look@1", {"invoice": asked, "accepted": False}, "")
    with pytest.raises(NotYet, match="match-busy"):
        await world.feature.effects["look"](call)
    await world.settle()
    assert (await world.status(invoice), await world.status(credit)) == ("matched", "matched")
