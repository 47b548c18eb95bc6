"""What a valid document is warned of: all of it is shown, and what our own rules say asks for a person."""

from __future__ import annotations

from collections.abc import Sequence

from services.invoices.domain.messages import WARNINGS_KEPT, FindingKept

OWN = "FN-"
MESSAGE_CHARS = 200
LOCATION_CHARS = 120


def warned(findings: Sequence[FindingKept]) -> tuple[FindingKept, ...]:
    """Return the warnings that the event carries: at most five, our own before the official ones."""
    warnings = [finding for finding in findings if finding.severity == "warning"]
    first = sorted(warnings, key=lambda finding: not finding.rule.startswith(OWN))
    return tuple(
        finding.model_copy(
            update={"message": finding.message[:MESSAGE_CHARS], "location": finding.location[:LOCATION_CHARS]}
        )
        for finding in first[:WARNINGS_KEPT]
    )


def flagged(findings: Sequence[FindingKept]) -> tuple[str, ...]:
    """Return one sentence for each own rule that warns, such as `FN-BSB: The account has no BSB.`

    An official warning is only shown: it flags nothing.
    """
    sentences: dict[str, str] = {}
    for finding in warned(findings):
        if finding.rule.startswith(OWN):
            sentences.setdefault(finding.rule, f"{finding.rule}: {finding.message}")
    return tuple(sentences.values())
