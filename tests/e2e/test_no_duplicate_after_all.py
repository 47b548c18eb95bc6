"""A person may say that a duplicate is a bill of its own: it goes on, flagged, and is approved as any other."""

from __future__ import annotations

from tests.support.documents import bill
from tests.support.person import Answer, Person
from tests.support.platform import Company


def say(person: Person, id: str, reason: str = "two deliveries") -> Answer:
    """Say that an invoice is no duplicate."""
    return person.post(f"/v1/invoices/{id}/not-duplicate", {"reason": reason})


async def held(company: Company, sender: Person) -> tuple[str, str]:
    """Return an invoice and its duplicate, which `sender` sent in."""
    original = bill()
    first = company.intake.submit(original.xml())
    await company.vera.until(first, "scheduled")
    copy = bill(number=original.number, supplier=original.supplier, note="second delivery")
    second = sender.submit(copy.xml())
    await company.vera.until(second, "duplicate")
    return first, second


async def test_an_approver_lets_a_duplicate_go_on_as_flagged(company: Company) -> None:
    first, second = await held(company, company.intake)
    answer = say(company.bob, second)
    assert answer.status == 200, answer
    invoice = await company.vera.until(second, "awaiting_approval")
    told = f"looks like {first}: same supplier, number and total, but bob says it is another bill: two deliveries"
    assert told in invoice["reasons"]
    steps = [entry for entry in invoice["history"] if entry["type"] == "invoices.found_different.v1"]
    assert [(step["by"], step["summary"]) for step in steps] == [
        ("bob", f"bob says it is no duplicate of {first}: two deliveries")
    ]
    company.carol.decide(await company.carol.asked(second))
    await company.vera.until(second, "scheduled")
    assert (await company.tess.pay_run())["count"] == 2
    third = say(company.bob, second)
    assert (third.status, third.slug) == (409, "not-a-duplicate")


async def test_who_sent_it_in_may_not_and_needs_the_role_and_a_reason(
    company: Company, other: Company
) -> None:
    _, second = await held(company, company.alice)
    answer = say(company.alice, second)
    assert (answer.status, answer.slug) == (403, "own-request")
    for person in (company.intake, company.tess, company.vera):
        assert say(person, second).status == 403
    assert say(company.bob, second, "").status == 422
    assert say(other.bob, second).status == 404
    assert company.vera.invoice(second)["status"] == "duplicate"
    assert say(company.bob, second).status == 200
    await company.vera.until(second, "awaiting_approval")


async def test_a_further_copy_is_a_duplicate_of_the_first(company: Company) -> None:
    original = bill()
    ids = [company.intake.submit(original.xml())]
    await company.vera.until(ids[0], "scheduled")
    for note in ("second", "third"):
        copy = bill(number=original.number, supplier=original.supplier, note=note)
        ids.append(company.intake.submit(copy.xml()))
        invoice = await company.vera.until(ids[-1], "duplicate")
        assert invoice["reasons"] == [f"duplicate of {ids[0]}"]
        if note == "second":
            say(company.bob, ids[-1])
            await company.vera.until(ids[-1], "awaiting_approval")
