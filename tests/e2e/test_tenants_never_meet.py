"""Two tenants never see each other: not in lists, not by id, not by doing the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.support.documents import ONE_PERSON, bill, number, supplier
from tests.support.person import Person
from tests.support.platform import Company


def paths(ids: dict[str, str]) -> Iterator[tuple[str, str, Any]]:
    """Every public path that takes an id, with a body that its owner could send."""
    invoice, payment, run, approval = (ids[kind] for kind in ("invoice", "payment", "run", "approval"))
    for path in (f"invoices/{invoice}", f"invoices/{invoice}/document", f"payments/{payment}"):
        yield "GET", f"/v1/{path}", None
    for path in (f"approvals/{approval}", f"pay-runs/{run}", f"pay-runs/{run}/file"):
        yield "GET", f"/v1/{path}", None
    decision = {"decision": "approve", "args_hash": ids["args_hash"], "reason": ""}
    yield "POST", f"/v1/approvals/{approval}/decisions", decision
    for step in ("confirm", "fail", "cancel", "stop"):
        yield "POST", f"/v1/payments/{payment}/{step}", {"reason": "stealing"}
    yield "POST", f"/v1/payments/{payment}/reschedule", {"pay_on": "2027-01-04"}
    yield "POST", f"/v1/pay-runs/{run}/sent", None


async def lived(company: Company) -> dict[str, str]:
    """Let a company have one of everything; return the ids."""
    id = company.intake.submit(bill(ONE_PERSON).xml())
    approval = await company.bob.asked(id)
    company.bob.decide(approval)
    await company.vera.until(id, "scheduled")
    run = await company.tess.pay_run()
    return {
        "invoice": id,
        "payment": company.tess.payment(id)["id"],
        "run": run["id"],
        "approval": approval["id"],
        "args_hash": approval["args_hash"],
    }


def everything(person: Person) -> list[Any]:
    """What a person sees of their tenant."""
    return [person.all(f"/v1/{what}") for what in ("invoices", "payments", "approvals")]


async def test_no_id_of_another_tenant_leads_anywhere(company: Company, other: Company) -> None:
    ids = await lived(company)
    before = everything(company.alice), company.alice.invoice(ids["invoice"])
    spies = (other.alice, other.bob, other.tess)
    for method, path, content in paths(ids):
        answers = [spy.get(path) if method == "GET" else spy.post(path, content) for spy in spies]
        # A spy without the role is told about the role before anything is looked for.
        assert answers[0].status == 404, (method, path, answers[0])
        assert {a.status for a in answers} <= {403, 404}, (method, path, answers)
        for answer in answers:
            assert answer.headers["content-type"] == "application/problem+json"
            assert company.tenant.encode() not in answer.body
    assert (everything(company.alice), company.alice.invoice(ids["invoice"])) == before


async def test_an_id_of_another_tenant_is_refused_like_one_that_never_was(
    company: Company, other: Company
) -> None:
    ids = await lived(company)
    never = {kind: id[:-4] + "aaaa" for kind, id in ids.items() if kind != "args_hash"}
    never["args_hash"] = ids["args_hash"]
    for (method, theirs, content), (_, absent, _) in zip(paths(ids), paths(never), strict=True):
        spied, guessed = (
            other.alice.get(path) if method == "GET" else other.alice.post(path, content)
            for path in (theirs, absent)
        )
        told = [{k: v for k, v in a.content.items() if k != "trace_id"} for a in (spied, guessed)]
        assert told[0] == told[1], (method, theirs)


async def test_lists_show_the_own_tenant_only(company: Company, other: Company) -> None:
    await lived(company)
    assert everything(other.alice) == [[], [], []]
    assert (await other.tess.pay_run())["status"] == "empty"


async def test_the_same_document_in_two_tenants_is_two_invoices(company: Company, other: Company) -> None:
    original, seller = number(), supplier()
    document = bill(number=original, supplier=seller).xml()
    first, second = company.intake.submit(document), other.intake.submit(document)
    for one, id in ((company, first), (other, second)):
        await one.vera.until(id, "scheduled")
        assert (await one.tess.pay_run())["count"] == 1


async def test_the_same_idempotency_key_in_two_tenants_is_two_requests(
    company: Company, other: Company
) -> None:
    first = company.intake.send(bill().xml(), key="monday")
    second = other.intake.send(bill().xml(), key="monday")
    assert (first.status, second.status) == (202, 202)
    assert first.content["id"] != second.content["id"]


def test_nobody_gets_in_without_a_key(company: Company) -> None:
    for key in ("", "fin_wrong", company.alice.key[:-1], company.alice.key + "x"):
        stranger = Person(company.alice.port, key)
        for path in ("/v1/invoices", "/v1/payments", "/v1/approvals", "/v1/dead-letters", "/v1/features"):
            answer = stranger.get(path)
            assert answer.status == 401, (key, path)
            assert answer.headers["content-type"] == "application/problem+json"
        assert stranger.send(bill().xml()).status == 401


def test_a_request_cannot_claim_a_tenant(company: Company, other: Company) -> None:
    company.intake.submit(bill().xml())
    for header in ("finnest-context", "x-tenant", "tenant", "dapr-app-id"):
        answer = other.vera.call("GET", "/v1/invoices", headers={header: company.tenant})
        assert (answer.status, answer.content["items"]) == (200, [])
    answer = other.vera.get(f"/v1/invoices?tenant={company.tenant}")
    assert answer.content["items"] == []
