"""Near-duplicates are flagged with the reason, and not dropped; the same bill again is a duplicate."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from tests.support.documents import attached, bill, number, supplier
from tests.support.platform import Company

PDF = b"%PDF-1.4 the paper invoice"


async def test_the_same_supplier_and_total_within_30_days_is_flagged_and_goes_on(company: Company) -> None:
    seller = supplier()
    first = company.intake.submit(bill(supplier=seller, issued=date(2026, 6, 1)).xml())
    await company.vera.until(first, "scheduled")
    near = company.intake.submit(bill(supplier=seller, issued=date(2026, 6, 30)).xml())
    far = company.intake.submit(bill(supplier=seller, issued=date(2026, 8, 1)).xml())
    flagged = await company.vera.until(near)
    assert any(first in reason and "same supplier and total" in reason for reason in flagged["reasons"])
    assert flagged["status"] in ("awaiting_approval", "scheduled")
    later = await company.vera.until(far)
    assert not any(first in reason for reason in later["reasons"])


async def test_another_total_another_supplier_and_a_credit_note_are_not_flagged(company: Company) -> None:
    seller = supplier()
    original = number()
    await company.vera.until(company.intake.submit(bill(number=original, supplier=seller).xml()), "scheduled")
    others = [
        bill("301.00", supplier=seller),
        bill(supplier=supplier()),
        bill(supplier=seller, corrects=original),
    ]
    for other in others:
        moved = ("scheduled", "exception", "approved", "awaiting_approval")
        invoice = await company.vera.until(company.intake.submit(other.xml()), *moved)
        assert not any("looks like" in reason for reason in invoice["reasons"]), invoice


async def test_a_number_that_differs_by_punctuation_is_flagged_and_a_person_decides(company: Company) -> None:
    seller = supplier()
    first = company.intake.submit(bill(number="KP-77/2", supplier=seller).xml())
    await company.vera.until(first, "scheduled")
    second = company.intake.submit(bill(number="KP-77-2", supplier=seller).xml())
    invoice = await company.vera.until(second, "awaiting_approval")
    assert any(first in reason and "differs in punctuation" in reason for reason in invoice["reasons"])
    assert (await company.tess.pay_run())["count"] == 1


async def test_another_total_under_the_same_number_is_flagged_and_not_dropped(company: Company) -> None:
    seller = supplier()
    first = company.intake.submit(bill("300.00", number="KP-77/1", supplier=seller).xml())
    await company.vera.until(first, "scheduled")
    for written in ("KP-77/1", "KP-77.1"):
        other = company.intake.submit(bill("310.00", number=written, supplier=seller).xml())
        invoice = await company.vera.until(other, "awaiting_approval")
        assert any(first in reason and "another total" in reason for reason in invoice["reasons"]), invoice


async def test_the_same_attachment_of_a_supplier_is_flagged(company: Company) -> None:
    seller = supplier()
    first = company.intake.submit(attached(bill(supplier=seller).xml(), PDF))
    await company.vera.until(first, "scheduled")
    second = company.intake.submit(attached(bill("555.00", supplier=seller).xml(), PDF))
    invoice = await company.vera.until(second, "awaiting_approval")
    assert f"looks like {first}: same supplier and attachment" in invoice["reasons"]
    elsewhere = company.intake.submit(attached(bill(supplier=supplier()).xml(), PDF))
    assert (await company.vera.until(elsewhere, "scheduled"))["reasons"] == []


async def test_of_copies_sent_at_once_all_but_one_are_flagged(company: Company) -> None:
    seller = supplier()
    documents = [attached(bill(f"{300 + n}.00", supplier=seller).xml(), PDF) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(company.intake.submit, documents))
    told = [" ".join((await company.vera.until(id))["reasons"]) for id in ids]
    assert sum("same supplier and attachment" in reasons for reasons in told) == len(ids) - 1


async def test_of_bills_of_one_amount_sent_at_once_all_but_one_are_flagged(company: Company) -> None:
    seller = supplier()
    documents = [bill(supplier=seller, issued=date(2026, 6, 1 + n)).xml() for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(company.intake.submit, documents))
    told = [" ".join((await company.vera.until(id))["reasons"]) for id in ids]
    assert sum("same supplier and total" in reasons for reasons in told) == len(ids) - 1


async def test_the_same_content_in_other_bytes_is_a_duplicate(company: Company) -> None:
    document = bill().xml()
    assert company.intake.send(document).status == 202
    spaced = document.replace(b"<cbc:ID>", b"<!-- again --><cbc:ID>")
    second = await company.vera.until(company.intake.submit(spaced), "duplicate")
    assert second["reasons"][0].startswith("duplicate of inv-")
