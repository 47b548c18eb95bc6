"""What people say of a payment that no bank file carries, and of a credit note that is taken back."""

from __future__ import annotations

from tests.e2e.test_payments_credit_notes import credited
from tests.support.documents import bill, cents, supplier
from tests.support.platform import Company


async def test_a_held_payment_is_paid_elsewhere_and_the_invoice_tells_it(company: Company) -> None:
    id = company.intake.submit(bill(bsb="BPAY", account="23796", payment_id="1188224466").xml())
    held = await company.vera.until(id, "exception")
    assert "mark it as paid elsewhere" in held["reasons"][0]
    path = f"/v1/payments/{company.vera.payment(id)['id']}/paid-elsewhere"
    body = {"reason": "paid by BPAY", "reference": "receipt 20-118"}
    assert company.bob.post(path, body).status == 403
    assert company.tess.post(path, {"reason": "paid by BPAY"}).status == 422
    assert company.tess.post(path, body).content["status"] == "paid"
    paid = await company.vera.until(id, "paid")
    said = "Paid elsewhere, says tess: paid by BPAY (reference receipt 20-118)."
    assert (paid["reasons"], paid["history"][-1]["summary"]) == ([said], said)
    assert company.tess.post(path, body).status == 409
    assert (await company.tess.pay_run())["status"] == "empty"


async def test_a_credit_note_is_cancelled_before_it_goes_off(company: Company) -> None:
    first = bill("300.00", supplier=supplier())
    await company.vera.until(company.intake.submit(first.xml()), "scheduled")
    note = await credited(company, first, "100.00")
    payment = company.vera.payment(note["id"])["id"]
    answer = company.tess.post(f"/v1/payments/{payment}/cancel", {"reason": "sent by mistake"})
    assert (answer.status, answer.content["id"], answer.content["status"]) == (200, payment, "cancelled")
    told = await company.vera.until(note["id"], "cancelled")
    assert told["reasons"] == ["sent by mistake"]
    assert any("tess cancels the credit note" in step["summary"] for step in told["history"])
    assert (await company.tess.pay_run())["total_cents"] == cents(first)

    second = bill("320.00", supplier=first.supplier)
    await company.vera.until(company.intake.submit(second.xml()), "scheduled")
    used = await credited(company, second, "50.00")
    await company.tess.pay_run()
    late = company.tess.post(f"/v1/payments/{company.vera.payment(used['id'])['id']}/cancel")
    assert (late.status, late.slug) == (409, "in-a-pay-run")
