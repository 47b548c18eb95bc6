"""What the official rules say about an order, a delivery or an order response."""

from __future__ import annotations

from typing import Literal

from finnest.errors import Invalid
from finnest.records import Record

SHOWN = 50
"""Broken rules in one answer."""


class BrokenRule(Record):
    """One broken rule: its official id, what it says (at most 500 characters), and where.

    `location` is an XPath or `line N`, at most 300 characters; empty when the whole document is meant.
    """

    rule: str
    severity: Literal["fatal", "warning"]
    message: str
    location: str = ""


class Ruling(Record):
    """The outcome of judging one document; `ruleset` names the rules that were applied."""

    ruleset: str = ""
    findings: tuple[BrokenRule, ...] = ()

    @property
    def fatal(self) -> tuple[BrokenRule, ...]:
        """The findings that make the document invalid."""
        return tuple(finding for finding in self.findings if finding.severity == "fatal")

    def must_be_valid(self) -> None:
        """Let a valid document pass.

        Raises:
            Invalid: A fatal rule is broken; the facts list up to 50 of them as `findings`.
        """
        fatal = self.fatal
        if not fatal:
            return
        first = fatal[0]
        where = f" ({first.location})" if first.location else ""
        more = f"; and {len(fatal) - 1} more" if len(fatal) > 1 else ""
        detail = f"{first.rule}: {first.message}{where}{more}"
        listed = [finding.model_dump(mode="json") for finding in fatal[:SHOWN]]
        raise Invalid("breaks-official-rules", detail, findings=listed)
