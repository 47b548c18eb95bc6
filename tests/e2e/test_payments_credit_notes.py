"""A credit note goes off what its supplier is paid next; both sides show it."""

from __future__ import annotations

from typing import Any

from finnest.testing import eventually
from tests.data.ubl_documents import Bill
from tests.support.documents import bill, cents, supplier
from tests.support.platform import Company


async def credited(company: Company, of: Bill, net: str) -> dict[str, Any]:
    """Submit a credit note over `net` about an invoice; return it once it can go off payments."""
    note = bill(net, supplier=of.supplier, corrects=of.number)
    return await company.vera.until(company.intake.submit(note.xml()), "approved")


async def until_credit(company: Company, note: dict[str, Any], status: str) -> dict[str, Any]:
    """Return the credit note once its invoice has the status."""
    return await company.vera.until(note["id"], status)


async def test_a_credit_note_goes_off_the_next_payment(company: Company) -> None:
    first = bill("300.00", supplier=supplier())
    id = company.intake.submit(first.xml())
    await company.vera.until(id, "scheduled")
    note = await credited(company, first, "100.00")
    assert "goes off what is paid" in note["reasons"][0]

    run = await company.tess.pay_run()
    assert run["total_cents"] == cents(first) - 11_000
    (paid,) = run["payments"]
    assert (paid["invoiced_cents"], paid["amount_cents"]) == (cents(first), cents(first) - 11_000)
    assert [part["cents"] for part in paid["credits"]] == [11_000]
    assert company.tess.bank_file(run["id"]).cents == cents(first) - 11_000
    shown = company.tess.payment(note["id"])
    assert (shown["status"], shown["left_cents"], shown["reserved_cents"]) == ("credit", 0, 11_000)
    assert any("less credit note" in step["summary"] for step in company.vera.invoice(id)["history"])

    assert company.tess.post(f"/v1/payments/{paid['payment_id']}/confirm").status == 200
    used = await until_credit(company, note, "paid")
    assert any(first.number in step["summary"] for step in used["history"])


async def test_a_payment_that_is_stopped_gives_the_credit_back(company: Company) -> None:
    first = bill("300.00", supplier=supplier())
    await company.vera.until(company.intake.submit(first.xml()), "scheduled")
    note = await credited(company, first, "100.00")
    run = await company.tess.pay_run()
    payment = run["payments"][0]["payment_id"]
    assert company.tess.post(f"/v1/payments/{payment}/stop", {"reason": "a mistake"}).status == 200

    def check() -> bool:
        shown = company.tess.payment(note["id"])
        assert (shown["left_cents"], shown["reserved_cents"]) == (11_000, 0)
        return True

    await eventually(check)
    second = bill("200.00", supplier=first.supplier)
    await company.vera.until(company.intake.submit(second.xml()), "scheduled")
    run = await company.tess.pay_run()
    assert run["total_cents"] == cents(second) - 11_000


async def test_what_credit_notes_cover_needs_no_bank(company: Company) -> None:
    first = bill("100.00", supplier=supplier())
    id = company.intake.submit(first.xml())
    await company.vera.until(id, "scheduled")
    await credited(company, first, "150.00")
    run = await company.tess.pay_run()
    assert (run["status"], run["total_cents"]) == ("empty", 0)
    assert [one["amount_cents"] for one in run["payments"]] == [0]
    await company.vera.until(id, "paid")


async def test_another_suppliers_credit_note_changes_nothing(company: Company) -> None:
    mine, theirs = bill("300.00", supplier=supplier()), bill("300.00", supplier=supplier())
    await company.vera.until(company.intake.submit(mine.xml()), "scheduled")
    await credited(company, theirs, "100.00")
    assert (await company.tess.pay_run())["total_cents"] == cents(mine)
