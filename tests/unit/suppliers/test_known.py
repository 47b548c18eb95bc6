"""Who is ordered from is known, whatever way orders and invoices write who it is; and who is blocked."""

from __future__ import annotations

from typing import Any

import pytest

from services.matching.documents.identity import identity
from services.suppliers.domain.commands import BlockSupplier, KnowSupplier, RegisterSupplier, UnblockSupplier
from services.suppliers.domain.events import SupplierBlocked, SupplierUnblocked
from services.suppliers.domain.identity import of_invoice
from tests.unit.suppliers.stage import ABN, IDENTITY, OLD, SUP, Desk

NZBN = "9429033591476"


def ordered(**changes: Any) -> KnowSupplier:
    """Return what `matching.order_recorded.v1` says of a supplier."""
    said = {"source": "ord-1", "supplier": IDENTITY, "name": "Kookaburra Paper", "number": "PO-7"}
    return KnowSupplier.model_validate({**said, **changes})


async def test_an_order_opens_its_supplier_as_known_and_the_first_invoice_claims_the_account() -> None:
    desk = Desk()
    assert (await desk.say(SUP, ordered())).reply == {"status": "known"}
    opened = (await desk.events(SUP))[-1].wire_data()
    assert opened["summary"] == "Kookaburra Paper is known: order PO-7 is for it."
    assert await desk.vet("inv-1") == "vetted"
    vetted = (await desk.events(SUP))[-1].wire_data()
    assert (vetted["supplier_status"], vetted["account_status"]) == ("known", "claimed")
    assert (await desk.state(SUP)).claimed == OLD


async def test_an_order_makes_a_supplier_known_that_an_invoice_had_opened() -> None:
    desk = Desk()
    await desk.vet("inv-1")
    await desk.say(SUP, ordered(name="Kookaburra"))
    state = await desk.state(SUP)
    assert (state.status, state.name, state.claimed) == ("known", "Kookaburra Paper", OLD)


async def test_an_order_changes_nothing_about_who_is_known_verified_or_blocked() -> None:
    desk = Desk()
    await desk.say(SUP, RegisterSupplier(identity=IDENTITY, name="Kookaburra Paper", account=OLD))
    assert (await desk.say(SUP, ordered())).reply == {"status": "known"}
    await desk.answer("approved", "bob", "carol")
    assert (await desk.say(SUP, ordered())).reply == {"status": "verified"}
    await desk.say(SUP, BlockSupplier(reason="court order"))
    assert (await desk.say(SUP, ordered())).reply == {"status": "blocked"}


@pytest.mark.parametrize(
    ("scheme", "number", "name"),
    [
        ("0151", ABN, "Kookaburra Paper"),
        ("0151", f"{ABN}003", "Kookaburra Paper"),
        ("9999", "51 824 753 556", ""),
        ("0088", NZBN, "Kauri Coast"),
        ("0192", "ab-12.3", "Fjord Timber"),
        ("", "", "Kookaburra  Paper Pty. Ltd."),
    ],
)
def test_an_order_and_an_invoice_of_one_party_mean_one_supplier(scheme: str, number: str, name: str) -> None:
    command = ordered(supplier=identity(scheme, number, name), name=name)
    assert command.identity == of_invoice(f"{scheme}:{number}" if number else None, name)


def test_an_order_that_does_not_say_who_it_is_for_concerns_nobody() -> None:
    assert ordered(supplier="", name="").address() is None


async def test_blocks_are_numbered_and_each_end_names_its_block() -> None:
    desk = Desk()
    await desk.vet("inv-1")
    for command in (BlockSupplier(reason="a"), BlockSupplier(reason="b"), UnblockSupplier()):
        await desk.say(SUP, command)
    await desk.perform(SUP)
    await desk.say(SUP, BlockSupplier(reason="c"))
    said = [e for e in await desk.events(SUP) if isinstance(e, (SupplierBlocked, SupplierUnblocked))]
    assert [(type(e).__name__, e.blocks) for e in said] == [
        ("SupplierBlocked", 1),
        ("SupplierUnblocked", 1),
        ("SupplierBlocked", 2),
    ]
