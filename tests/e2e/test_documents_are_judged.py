"""What is no invoice is refused at once; what breaks the official rules is kept, with the reasons."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.documents import bill
from tests.support.person import XML
from tests.support.platform import Company

DOCTYPE = b"""<?xml version="1.0"?>
<!DOCTYPE Invoice [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">&b;</Invoice>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE Invoice SYSTEM "file:///etc/passwd">
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>"""
ORDER = b"""<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>"""

REFUSED = {
    "cut off": (bill().xml()[:1500], 400),
    "plain text": (b"please pay 100 dollars", 400),
    "empty": (b"", 400),
    "an entity bomb": (DOCTYPE, 400),
    "a DOCTYPE that names a file": (OUTSIDE, 400),
    "another XML": (b"<hello/>", 422),
    "an order": (ORDER, 422),
    "the right name in no namespace": (b"<Invoice/>", 422),
    "too large": (b"<!--" + b"x" * (5 * 1024 * 1024 + 1) + b"-->" + bill().xml(), 413),
    "far too large": (b"x" * (7 * 1024 * 1024), 413),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_invoice_is_refused_and_not_kept(company: Company, name: str) -> None:
    document, status = REFUSED[name]
    answer = company.intake.call("POST", "/v1/invoices", document, XML)
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.content["retryable"] is False
    assert b"passwd" not in answer.body
    assert company.vera.all("/v1/invoices") == []


async def test_an_invoice_that_breaks_the_official_rules_is_kept_with_findings(company: Company) -> None:
    wrong = bill(tax_total=Decimal("44.00"))
    answer = company.intake.send(wrong.xml())
    assert answer.status == 202
    invoice = await company.vera.until(answer.content["id"], "invalid")
    assert invoice["number"] == wrong.number
    assert any(
        reason.startswith(("BR-", "aligned-ibr", "ibr-", "PINT", "BR")) for reason in invoice["reasons"]
    )
    again = company.intake.send(wrong.xml())
    assert (again.status, again.content["status"]) == (200, "invalid")
    assert company.vera.all("/v1/payments") == []


async def test_validating_changes_nothing(company: Company) -> None:
    good = company.vera.call("POST", "/v1/invoices/validate", bill().xml(), XML)
    assert (good.status, good.content["valid"]) == (200, True)
    wrong = bill(tax_total=Decimal("44.00")).xml()
    bad = company.vera.call("POST", "/v1/invoices/validate", wrong, XML)
    assert (bad.status, bad.content["valid"]) == (200, False)
    fatal = [f for f in bad.content["findings"] if f["severity"] == "fatal"]
    assert fatal
    assert all(f["rule"] and f["message"] and "location" in f for f in fatal)
    assert company.vera.all("/v1/invoices") == []


async def test_a_ruleset_may_be_named(company: Company) -> None:
    document = bill().xml()
    named = company.vera.call("POST", "/v1/invoices/validate?ruleset=pint-anz", document, XML)
    assert named.content["valid"] is True
    unknown = company.vera.call("POST", "/v1/invoices/validate?ruleset=pint-mars", document, XML)
    assert (unknown.status, unknown.slug) == (422, "unknown-ruleset")


async def test_an_invoice_that_no_bank_file_can_pay_waits_with_the_reason(company: Company) -> None:
    id = company.intake.submit(bill(account="").xml())
    invoice = await company.vera.until(id, "exception")
    assert invoice["reasons"] == ["The invoice does not say how it is to be paid."]
    assert (await company.tess.pay_run())["status"] == "empty"


async def test_a_credit_note_is_not_paid(company: Company) -> None:
    id = company.intake.submit(bill(corrects="KP-1").xml())
    invoice = await company.vera.until(id, "approved")
    assert "credit" in str(invoice).lower(), invoice


async def test_a_document_inside_json_is_taken(company: Company) -> None:
    one = bill()
    answer = company.intake.post("/v1/invoices", {"ubl": one.xml().decode()})
    assert answer.status == 202
    assert (await company.vera.until(answer.content["id"]))["number"] == one.number
