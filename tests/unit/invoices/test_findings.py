"""Findings and reports: bounded, each once, and the same after a trip through JSON."""

from __future__ import annotations

import json

from services.invoices.documents.findings import Finding, Report


def test_a_report_is_valid_when_nothing_is_fatal() -> None:
    assert Report.of("pint-anz", []).valid
    assert Report.of("pint-anz", [Finding("A", "warning", "look")]).valid
    assert not Report.of("pint-anz", [Finding("A", "fatal", "no")]).valid


def test_a_report_keeps_fatal_findings_when_there_are_too_many() -> None:
    many = [Finding(f"W{i}", "warning", "w") for i in range(500)]
    report = Report.of("pint-anz", [*many, Finding("F", "fatal", "f")])
    assert not report.valid
    assert len(report.findings) == 200
    assert report.findings[0].rule == "F"


def test_the_same_finding_is_reported_once() -> None:
    assert len(Report.of("x", [Finding("A", "fatal", "m", "/a")] * 3).findings) == 1


def test_messages_are_bounded_and_on_one_line() -> None:
    finding = Finding("A", "fatal", "a\n  b" * 1000, "/x" * 1000)
    assert len(finding.message) == 500
    assert "\n" not in finding.message
    assert len(finding.location) == 300


def test_a_report_survives_json() -> None:
    report = Report.of("pint-anz", [Finding("A", "fatal", "Σ ≠", "/a[1]")])
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report
