"""The happy path: a document goes in, a person decides, a bank file comes out, the bank confirms."""

from __future__ import annotations

from tests.support.documents import ONE_PERSON, SMALL, bill, cents
from tests.support.platform import Company, Platform


async def test_a_small_invoice_is_paid_without_asking_anybody(company: Company) -> None:
    small = bill(SMALL)
    id = company.intake.submit(small.xml())

    invoice = await company.vera.until(id, "scheduled")
    assert (invoice["number"], invoice["total_cents"]) == (small.number, cents(small))
    assert invoice["supplier"] == small.supplier.name
    assert invoice["reasons"] == []
    assert company.bob.all("/v1/approvals") == []

    run = await company.tess.pay_run()
    assert (run["status"], run["count"], run["total_cents"]) == ("filed", 1, cents(small))
    file = company.tess.bank_file(run["id"])
    assert [(c.cents, c.reference, c.name) for c in file.credits] == [
        (cents(small), small.number, small.supplier.name[:32])
    ]
    assert [(c.bsb, c.account) for c in file.credits] == [(small.supplier.bsb, small.supplier.account)]


async def test_an_invoice_that_a_person_approves_is_paid(company: Company) -> None:
    large = bill(ONE_PERSON)
    id = company.intake.submit(large.xml())
    waiting = await company.vera.until(id, "awaiting_approval")
    assert large.number in waiting["reasons"][0]

    approval = await company.bob.asked(id)
    assert approval["state"] == "open"
    assert approval["needs"] == {"people": 1, "role": "approver"}
    assert approval["args"]["amount_cents"] == cents(large)
    assert approval["args"]["bsb"] == large.supplier.bsb.replace("-", "")
    assert large.number in approval["why"]
    decided = company.bob.decide(approval, reason="checked with the depot")
    assert (decided.status, decided.content["state"]) == (200, "approved")

    await company.vera.until(id, "scheduled")
    run = await company.tess.pay_run()
    assert company.tess.post(f"/v1/pay-runs/{run['id']}/sent").content["status"] == "sent"
    payment = company.tess.payment(id)
    assert payment["status"] == "included"
    confirmed = company.tess.post(f"/v1/payments/{payment['id']}/confirm")
    assert (confirmed.status, confirmed.content["status"]) == (200, "paid")

    paid = await company.vera.until(id, "paid")
    assert paid["links"]["pay_run"] == f"/v1/pay-runs/{run['id']}"


async def test_the_history_says_who_did_what_and_when(company: Company) -> None:
    id = company.intake.submit(bill(ONE_PERSON).xml())
    await company.vera.until(id, "awaiting_approval")
    company.bob.decide(await company.bob.asked(id))
    await company.vera.until(id, "scheduled")
    run = await company.tess.pay_run()
    payment = company.tess.payment(id)
    company.tess.post(f"/v1/payments/{payment['id']}/confirm")
    invoice = await company.vera.until(id, "paid")

    story = [(entry["type"], entry["by"]) for entry in invoice["history"]]
    assert [type for type, _ in story] == [
        "invoices.received.v1",
        "invoices.validated.v1",
        "matching.matched.v1",
        "payments.proposed.v1",
        "payments.approval_requested.v1",
        "payments.approved.v1",
        "payments.scheduled.v1",
        "payments.included.v1",
        "payments.paid.v1",
    ]
    assert story[0][1] == "intake"
    assert story[-1][1] == "tess"
    assert [entry["at"] for entry in invoice["history"]] == sorted(e["at"] for e in invoice["history"])
    assert "bob" in invoice["history"][5]["summary"]
    assert run["id"] in invoice["history"][7]["summary"]
    assert all(entry["summary"] for entry in invoice["history"])
    assert [step["type"] for step in company.vera.payment(id)["history"]] == [type for type, _ in story[3:]]


async def test_a_person_decides_on_the_command_line(platform: Platform, company: Company) -> None:
    id = company.intake.submit(bill(ONE_PERSON).xml())
    approval = await company.bob.asked(id)

    listed = platform.command("approve", "--as", company.bob.name)
    assert approval["id"] in listed.stdout
    done = platform.command("approve", approval["id"], "--as", company.bob.name, "--reason", "fine")
    assert (done.returncode, done.stdout.strip()) == (0, f"{approval['id']}: approved")
    await company.vera.until(id, "scheduled")

    again = platform.command("approve", approval["id"], "--as", company.carol.name)
    assert again.returncode == 1
    assert "already" in again.stdout


async def test_the_document_comes_back_byte_for_byte(company: Company) -> None:
    document = bill(note="Zoë's café: 5 €, “extra”").xml()
    id = company.intake.submit(document)
    answer = company.vera.get(f"/v1/invoices/{id}/document")
    assert (answer.status, answer.body) == (200, document)
