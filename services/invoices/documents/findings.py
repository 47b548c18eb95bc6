"""What a check says about a document: findings with a rule id, and the report that bounds them.

Plain dataclasses: the worker process returns them as JSON, and it must not pay for pydantic.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

MAX_FINDINGS = 200
MAX_MESSAGE = 500
MAX_LOCATION = 300

Severity = Literal["fatal", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: its official id (or FN-… for our own), what it says, and where.

    `message` is at most 500 characters, `location` at most 300 (an XPath, `line N`, or empty).
    """

    rule: str
    severity: Severity
    message: str
    location: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", _shorten(self.message, MAX_MESSAGE))
        object.__setattr__(self, "location", _shorten(self.location, MAX_LOCATION))


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of judging one document; `valid` means that no finding is fatal.

    `ruleset` names the rules that were applied, empty when none could be.
    Holds at most 200 findings, fatal ones first when there are more.
    """

    ruleset: str
    valid: bool
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, ruleset: str, findings: Iterable[Finding]) -> Report:
        """Unites the findings of all checks: each once, in order, bounded."""
        unique = tuple(dict.fromkeys(findings))
        kept = unique
        if len(unique) > MAX_FINDINGS:
            fatal = [f for f in unique if f.severity == "fatal"]
            rest = [f for f in unique if f.severity != "fatal"]
            kept = tuple((fatal + rest)[:MAX_FINDINGS])
        return cls(ruleset, all(f.severity != "fatal" for f in unique), kept)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        findings = [
            {"rule": f.rule, "severity": f.severity, "message": f.message, "location": f.location}
            for f in self.findings
        ]
        return {"ruleset": self.ruleset, "valid": self.valid, "findings": findings}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Report:
        """The report that `to_json` wrote."""
        findings = tuple(Finding(**item) for item in value["findings"])
        return cls(str(value["ruleset"]), bool(value["valid"]), findings)


def _shorten(text: str, limit: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
