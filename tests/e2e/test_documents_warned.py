"""A valid document that our own rules warn of waits for a person, who is told which rule; all findings stay."""

from __future__ import annotations

from datetime import timedelta

from finnest.clock import SystemClock
from tests.support.documents import bill
from tests.support.platform import Company


async def test_a_date_in_the_future_is_held_for_a_person_with_the_rule_named(company: Company) -> None:
    issued = SystemClock().now().date() + timedelta(days=40)
    id = company.intake.submit(bill(issued=issued).xml())
    invoice = await company.vera.until(id, "awaiting_approval")
    assert f"FN-DATE-FUTURE: The issue date {issued} lies in the future." in invoice["reasons"]
    assert "FN-DATE-FUTURE" in (await company.bob.asked(id))["why"]
    (finding,) = invoice["findings"]
    assert (finding["rule"], finding["severity"]) == ("FN-DATE-FUTURE", "warning")
    assert finding["location"] == "/*/IssueDate"
    report = company.vera.get(invoice["links"]["report"])
    assert (report.status, report.content["valid"]) == (200, True)
    assert report.content["findings"] == invoice["findings"]


async def test_a_bad_bsb_waits_with_the_rule_named(company: Company) -> None:
    id = company.intake.submit(bill(bsb="BSB 062", account="10482217").xml())
    held = await company.vera.until(id, "awaiting_approval", "exception")
    assert any(reason.startswith("FN-BSB: ") for reason in held["reasons"]), held
    assert [finding["rule"] for finding in held["findings"]] == ["FN-BSB"]


async def test_the_findings_of_an_invalid_document_are_shown_one_by_one(
    company: Company, other: Company
) -> None:
    wrong = bill(order="", buyer_reference="x", currency="AU")
    id = company.intake.submit(wrong.xml())
    invoice = await company.vera.until(id, "invalid")
    assert invoice["findings"]
    for finding in invoice["findings"]:
        assert set(finding) == {"rule", "severity", "message", "location"}
    assert any(finding["severity"] == "fatal" for finding in invoice["findings"])
    report = company.vera.get(invoice["links"]["report"]).content
    assert report["valid"] is False
    assert {f["rule"] for f in invoice["findings"]} <= {f["rule"] for f in report["findings"]}
    assert other.vera.get(f"/v1/invoices/{id}/report").status == 404


async def test_a_clean_document_has_no_findings_and_a_report(company: Company) -> None:
    id = company.intake.submit(bill().xml())
    invoice = await company.vera.until(id, "scheduled")
    assert (invoice["findings"], invoice["reasons"]) == ([], [])
    assert company.vera.get(f"/v1/invoices/{id}/report").content["findings"] == []
