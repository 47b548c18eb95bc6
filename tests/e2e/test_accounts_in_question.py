"""A payment that is scheduled waits while people decide about its supplier's account, or block it."""

from __future__ import annotations

from tests.data.ubl_documents import Company as Seller
from tests.e2e.test_suppliers import NEW, add, approval, both_approve, change, confirmed
from tests.support.documents import bill, cents, supplier
from tests.support.platform import Company


async def in_question(company: Company, seller: Seller) -> tuple[str, str]:
    """Return an invoice whose payment was scheduled before a change was asked for, and the approval."""
    sup = await confirmed(company, seller)
    id = company.intake.submit(bill(supplier=seller).xml())
    await company.vera.until(id, "scheduled")
    put = change(company.alice, sup, NEW)
    held = await company.vera.until(id, "exception")
    assert held["reasons"] == ["A change of the supplier's bank account waits for two people."]
    assert company.vera.payment(id)["status"] == "exception"
    assert (await company.tess.pay_run())["status"] == "empty"
    return id, put.content["approval_id"]


async def test_a_scheduled_payment_needs_people_when_its_account_is_no_longer_the_confirmed_one(
    company: Company,
) -> None:
    seller = supplier()
    id, change_id = await in_question(company, seller)
    await both_approve(company, change_id)
    waits = await company.vera.until(id, "awaiting_approval")
    assert "no longer the confirmed one of this supplier: 2 people" in waits["reasons"][0]
    assert (await company.tess.pay_run())["status"] == "empty"

    asked = await company.bob.asked(id)
    for person in (company.bob, company.carol):
        assert person.decide(asked).status == 200
    story = (await company.vera.until(id, "scheduled"))["history"]
    told = [entry["type"].split(".")[1] for entry in story if entry["type"].startswith("payments.")]
    assert told == [
        "proposed", "approved", "scheduled", "suspended", "account_settled", "approval_requested",
        "approved", "scheduled",
    ]  # fmt: skip
    run = await company.tess.pay_run()
    [credit] = company.tess.bank_file(run["id"]).credits
    assert (credit.bsb, credit.account) == (seller.bsb, seller.account)


async def test_a_scheduled_payment_goes_on_when_the_change_is_refused(company: Company) -> None:
    seller = supplier()
    id, change_id = await in_question(company, seller)
    asked = await approval(company.bob, change_id)
    assert company.bob.decide(asked, "reject", "phoned them: not true").status == 200
    assert (await company.vera.until(id, "scheduled"))["reasons"] == []
    run = await company.tess.pay_run()
    assert run["total_cents"] == cents(bill(supplier=seller))
    [listed] = company.vera.all("/v1/payments")
    assert (listed["status"], listed["reasons"]) == ("included", [])


async def test_what_is_scheduled_waits_while_its_supplier_is_blocked(company: Company) -> None:
    seller, free = supplier(), supplier()
    sup = add(company.alice, seller).content["id"]
    id = company.intake.submit(bill(supplier=seller).xml())
    other = company.intake.submit(bill(supplier=free).xml())
    for one in (id, other):
        await company.vera.until(one, "scheduled")
    assert company.tess.post(f"/v1/suppliers/{sup}/block", {"reason": "in liquidation"}).status == 200
    held = await company.vera.until(id, "exception")
    assert held["reasons"] == ["The supplier is blocked: in liquidation"]
    assert (await company.tess.pay_run())["count"] == 1
    assert company.tess.post(f"/v1/suppliers/{sup}/unblock").status == 200
    assert (await company.vera.until(id, "scheduled"))["reasons"] == []
    assert (await company.tess.pay_run())["total_cents"] == cents(bill(supplier=seller))
