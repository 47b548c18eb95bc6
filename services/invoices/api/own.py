"""What an invoice's own events say: about the report of the rules, and what its supplier was told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.ports import Recorded

TOLD = ("invoices.supplier_told.v1", "invoices.supplier_not_told.v1")
"""Events of a response, written or not to be written."""
_JUDGED = ("invoices.validated.v1", "invoices.invalid.v1", "invoices.duplicate.v1")


def findings_of(own: Sequence[Recorded]) -> list[dict[str, Any]]:
    """Return what the events carry of the report: `rule`, `severity`, `message`, `location` of each finding."""
    judged = _judged(own)
    if judged is None:
        return []
    findings = judged.data.get("findings") or judged.data.get("warnings") or []
    return [{"location": "", **finding} for finding in findings]


def report_of(own: Sequence[Recorded]) -> str | None:
    """Return the hash of the whole report; None before it is there."""
    judged = _judged(own)
    return (judged.data.get("report_sha256") or None) if judged else None


def _judged(own: Sequence[Recorded]) -> Recorded | None:
    return next((entry for entry in reversed(own) if entry.type in _JUDGED), None)
