"""A supplier's account changes only when two others agree, and its invoices wait meanwhile."""

from __future__ import annotations

import json
from typing import Any

from finnest.testing import eventually
from tests.data.ubl_documents import Company as Seller
from tests.e2e.test_matching import order, purchase
from tests.support.documents import bill, supplier
from tests.support.person import Answer, Person
from tests.support.platform import Company

NEW = {"bsb": "082-401", "account": "55730921", "name": "Another Name"}


def add(who: Person, seller: Seller, account: dict[str, str] | None = None) -> Answer:
    """Add a supplier by its ABN, with a bank account or without."""
    content: dict[str, Any] = {"name": seller.name, "abn": seller.abn}
    return who.post("/v1/suppliers", {**content, "bank_account": account} if account else content)


def change(who: Person, id: str, account: dict[str, str]) -> Answer:
    """Ask for another account."""
    body = json.dumps(account).encode()
    return who.call("PUT", f"/v1/suppliers/{id}/bank-account", body, "application/json")


async def approval(who: Person, id: str) -> dict[str, Any]:
    """Return the approval by its id, once it is open."""

    def check() -> dict[str, Any]:
        answer = who.get(f"/v1/approvals/{id}")
        assert answer.status == 200, answer
        return answer.content

    return await eventually(check)


async def both_approve(company: Company, id: str) -> None:
    """Let two people who did not ask approve."""
    asked = await approval(company.bob, id)
    for person in (company.bob, company.carol):
        answer = person.decide(asked)
        assert answer.status == 200, answer


async def until_status(who: Person, id: str, status: str) -> dict[str, Any]:
    """Return the supplier once it has the status."""

    def check() -> dict[str, Any]:
        shown = who.get(f"/v1/suppliers/{id}").content
        assert shown["status"] == status, shown
        return shown

    return await eventually(check)


async def confirmed(company: Company, seller: Seller) -> str:
    """Return the id of a supplier whose account two people have confirmed."""
    answer = add(company.alice, seller, {"bsb": seller.bsb, "account": seller.account})
    assert answer.status == 201, answer
    await both_approve(company, answer.content["approval_id"])
    await until_status(company.vera, answer.content["id"], "verified")
    return answer.content["id"]


async def test_the_first_invoice_opens_its_supplier_as_unverified(company: Company) -> None:
    seller = supplier()
    id = company.intake.submit(bill(supplier=seller).xml())
    invoice = await company.vera.until(id, "scheduled")
    shown = company.vera.get(invoice["links"]["supplier"]).content
    assert (shown["status"], shown["name"], shown["bank_account"]) == ("unverified", seller.name, None)
    assert shown["claimed_account"]["account"] == seller.account
    listed = company.vera.all("/v1/suppliers?status=unverified")
    assert [one["id"] for one in listed] == [shown["id"]]
    assert company.vera.all("/v1/suppliers?status=verified") == []


async def test_a_person_adds_a_supplier(company: Company) -> None:
    seller = supplier()
    added = add(company.alice, seller)
    assert (added.status, added.content["status"]) == (201, "known")
    again = add(company.alice, seller)
    assert (again.status, again.content["id"]) == (200, added.content["id"])
    shown = company.vera.get(added.content["links"]["self"]).content
    assert (shown["name"], shown["identity"]) == (seller.name, f"0151:{seller.abn}")
    assert company.vera.post("/v1/suppliers", {"name": "x"}).status == 403
    assert add(company.alice, Seller("Wrong", "51824753557", "", "", "", "")).status == 422


async def test_who_is_ordered_from_is_known(company: Company) -> None:
    seller = supplier()
    id = company.intake.submit(bill("610.00", supplier=seller).xml())
    asked = await company.vera.until(id, "awaiting_approval")
    assert "nobody has confirmed this supplier" in asked["reasons"][0]
    opened = supplier()
    for one in (seller, opened):
        order(company.alice, purchase(one))

    def known() -> bool:
        listed = company.vera.all("/v1/suppliers?status=known")
        return {row["name"] for row in listed} == {seller.name, opened.name}

    await eventually(known)
    await company.vera.until(company.intake.submit(bill("610.00", supplier=opened).xml()), "scheduled")


async def test_an_account_is_confirmed_by_two_people_who_did_not_ask(company: Company) -> None:
    seller = supplier()
    answer = add(company.alice, seller, {"bsb": seller.bsb, "account": seller.account})
    assert (answer.status, answer.content["held"]) == (201, True)
    asked = await approval(company.alice, answer.content["approval_id"])
    assert asked["needs"] == {"people": 2, "role": "approver"}
    assert (asked["action"], asked["args"]["account"]) == ("change_bank_account", seller.account)
    own = company.alice.decide(asked)
    assert (own.status, own.slug) == (403, "own-request")
    assert company.bob.decide(asked).content["state"] == "open"
    assert company.bob.decide(asked).status == 409
    assert company.vera.get(f"/v1/suppliers/{answer.content['id']}").content["status"] == "known"
    assert company.carol.decide(asked).content["state"] == "approved"
    shown = await until_status(company.vera, answer.content["id"], "verified")
    assert shown["bank_account"]["account"] == seller.account
    assert any("bob and carol" in entry["summary"] for entry in shown["history"])


async def test_an_invoice_with_another_account_waits_with_the_reason(company: Company) -> None:
    seller = supplier()
    sup = await confirmed(company, seller)
    good = company.intake.submit(bill(supplier=seller).xml())
    bad = company.intake.submit(bill("301.00", supplier=seller, bsb="082-401", account="55730921").xml())
    await company.vera.until(good, "scheduled")
    held = await company.vera.until(bad, "exception")
    assert "not the confirmed one" in held["reasons"][0]
    assert "55730921" in held["reasons"][0]
    assert "payment" not in held["links"]
    assert [one["id"] for one in company.vera.all("/v1/invoices?status=exception")] == [bad]
    assert [one["id"] for one in company.vera.get(f"/v1/suppliers/{sup}").content["held_invoices"]] == [bad]
    assert len(company.vera.all("/v1/payments")) == 1


async def test_while_a_change_waits_payments_wait_and_go_on_when_two_confirm_it(company: Company) -> None:
    seller = supplier()
    sup = await confirmed(company, seller)
    put = change(company.alice, sup, NEW)
    assert (put.status, put.content["held"]) == (202, True)
    ids = [
        company.intake.submit(bill(f"{300 + n}.00", supplier=seller, bsb="082-401", account="55730921").xml())
        for n in range(3)
    ]
    old = company.intake.submit(bill("400.00", supplier=seller).xml())
    for id in (*ids, old):
        assert "waits for two people" in (await company.vera.until(id, "exception"))["reasons"][0]
    assert company.vera.all("/v1/payments") == []
    assert change(company.tess, sup, {"bsb": "111-111", "account": "1"}).status == 409

    await both_approve(company, put.content["approval_id"])
    for id in ids:
        invoice = await company.vera.until(id, "scheduled")
        types = [entry["type"] for entry in invoice["history"]]
        assert "suppliers.held.v1" in types
        assert "suppliers.vetted.v1" in types
    assert "not the confirmed one" in (await company.vera.until(old, "exception"))["reasons"][0]
    run = await company.tess.pay_run()
    assert run["count"] == 3
    credits = company.tess.bank_file(run["id"]).credits
    assert {(c.bsb, c.account) for c in credits} == {("082-401", "55730921")}


async def test_a_rejected_change_leaves_the_account_and_frees_what_waited(company: Company) -> None:
    seller = supplier()
    sup = await confirmed(company, seller)
    put = change(company.alice, sup, NEW)
    id = company.intake.submit(bill(supplier=seller).xml())
    await company.vera.until(id, "exception")
    asked = await approval(company.bob, put.content["approval_id"])
    assert company.bob.decide(asked, "reject", "phoned them: not true").status == 200
    invoice = await company.vera.until(id, "scheduled")
    assert all("two people" not in reason for reason in invoice["reasons"])
    shown = company.vera.get(f"/v1/suppliers/{sup}").content
    assert (shown["bank_account"]["account"], shown["pending_account"]) == (seller.account, None)


async def test_nothing_of_a_blocked_supplier_is_paid(company: Company) -> None:
    seller = supplier()
    sup = add(company.alice, seller).content["id"]
    assert company.tess.post(f"/v1/suppliers/{sup}/block", {"reason": "in liquidation"}).status == 200
    id = company.intake.submit(bill(supplier=seller).xml())
    held = await company.vera.until(id, "exception")
    assert held["reasons"] == ["The supplier is blocked: in liquidation"]
    assert company.tess.post(f"/v1/suppliers/{sup}/unblock").status == 200
    await company.vera.until(id, "scheduled")


async def test_an_unknown_or_nonsense_supplier_is_refused(company: Company) -> None:
    assert company.vera.get("/v1/suppliers/sup-unknown").status == 404
    assert change(company.alice, "sup-unknown", NEW).status == 404
    sup = add(company.alice, supplier()).content["id"]
    for account in ({"bsb": "1", "account": "1"}, {"account": "1"}, {}, {"bsb": "082-401", "account": "x"}):
        assert change(company.alice, sup, account).status == 422


async def test_suppliers_of_another_tenant_are_not_there(company: Company, other: Company) -> None:
    sup = add(company.alice, supplier()).content["id"]
    assert other.vera.get(f"/v1/suppliers/{sup}").status == 404
    assert other.vera.all("/v1/suppliers") == []
