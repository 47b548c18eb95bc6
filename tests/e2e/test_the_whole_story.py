"""An invoice tells its whole story: findings, match, approvals, and where the rest is."""

from __future__ import annotations

from typing import Any

from finnest.testing import eventually
from tests.data.ubl_documents import line
from tests.data.ubl_orders import Delivery, Purchase
from tests.support.documents import bill, number, supplier
from tests.support.person import XML
from tests.support.platform import Company


async def test_a_paid_invoice_with_an_order_and_an_approval_shows_each(
    company: Company, other: Company
) -> None:
    seller = supplier()
    lines = [line("Paper", "200.00", "10"), line("Pens", "50.00", "4")]
    wanted = Purchase(f"PO-{number()}", seller, lines)
    ordered = company.alice.call("POST", "/v1/orders", wanted.xml(), XML)
    assert ordered.status in (200, 202), ordered
    received = Delivery("GR-1", wanted, [("1", "10"), ("2", "4")])
    assert company.alice.call("POST", "/v1/receipts", received.receipt(), XML).status in (200, 202)
    billed = [line("Paper", "200.00", "10", order_line="1"), line("Pens", "50.00", "4", order_line="2")]
    id = company.intake.submit(bill(supplier=seller, order=wanted.number, lines=billed).xml())
    await company.vera.until(id, "awaiting_approval")
    approval = await company.bob.asked(id)
    company.bob.decide(approval, reason="for the depot")
    await company.vera.until(id, "scheduled")
    run = await company.tess.pay_run()
    company.tess.post(f"/v1/payments/{company.tess.payment(id)['id']}/confirm")
    await company.vera.until(id, "paid")

    def whole() -> dict[str, Any]:
        invoice = company.vera.invoice(id)
        assert {line["state"] for line in invoice["match"]["lines"]} == {"matched"}, invoice
        assert {"approval", "file"} <= set(invoice["links"]), invoice
        assert invoice["approvals"][0]["state"] == "approved", invoice
        return invoice

    invoice = await eventually(whole, 10.0, "the story is not whole")
    assert invoice["findings"] == []
    match = invoice["match"]
    assert (match["status"], match["orders"], match["findings"]) == ("matched", [wanted.number], [])
    assert [(one["order"], one["line"], one["quantity"]) for one in match["lines"]] == [
        (wanted.number, "1", "10"),
        (wanted.number, "2", "4"),
    ]
    assert match["lines"][0]["links"]["order"] == f"/v1/orders/{ordered.content['id']}"
    (asked,) = invoice["approvals"]
    assert (asked["id"], asked["needs"]) == (approval["id"], {"people": 1, "role": "approver"})
    assert [(said["user"], said["decision"], said["reason"]) for said in asked["decisions"]] == [
        ("bob", "approve", "for the depot")
    ]
    links = invoice["links"]
    assert links["approval"] == f"/v1/approvals/{approval['id']}"
    assert links["file"] == f"/v1/pay-runs/{run['id']}/file"
    assert company.tess.get(links["file"]).status == 200
    for name in ("document", "report", "approval", "match", "payment", "pay_run", "supplier"):
        assert company.vera.get(links[name]).status == 200, name
    assert links["response"] == f"/v1/invoices/{id}/response"
    assert other.vera.get(f"/v1/invoices/{id}").status == 404


async def test_an_invoice_without_an_order_says_that_nothing_was_compared(company: Company) -> None:
    id = company.intake.submit(bill().xml())
    invoice = await company.vera.until(id, "scheduled")
    assert (invoice["match"]["lines"], invoice["match"]["orders"]) == ([], [])
    assert "names no order" in invoice["match"]["summary"]
    assert invoice["approvals"] == []
    assert not {"approval", "file"} & set(invoice["links"])
