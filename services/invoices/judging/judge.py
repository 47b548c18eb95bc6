"""Judges one document: limits, schema, official rules, own rules, united in one report.

Only the worker process imports this module; `workers.Judges` is what the service calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from services.invoices.documents.findings import Finding, Report
from services.invoices.documents.ubl import Document, DocumentError, read
from services.invoices.judging import own_rules
from services.invoices.judging.engine import Engine
from services.invoices.judging.rulesets import Ruleset, UnknownRuleset, detect, named
from services.invoices.judging.schema import Schemas

_WITH_OWN_RULES = frozenset({"pint-anz", "pint-anz-sb", "anz-bis3", "anz-bis3-sb"})
_SUPPLIER_COUNTRY = "{*}AccountingSupplierParty/{*}Party/{*}PostalAddress/{*}Country/{*}IdentificationCode"


class Judge:
    """The rules and schemas under `folder` (see packages.fetch), loaded when first needed."""

    def __init__(self, folder: Path) -> None:
        self._schemas = Schemas(folder / "xsd")
        self._engine = Engine(folder / "xslt")

    def warm(self) -> None:
        """Loads what nearly every document needs: the A-NZ billing rules and the invoice schema."""
        self._schemas.load("Invoice")
        for stylesheet in named("pint-anz").stylesheets:
            self._engine.compile(stylesheet)

    def judge(self, body: bytes, ruleset: str | None, today: date) -> Report:
        """The report on `body`, by the named ruleset or by the one its CustomizationID asks for.

        A document that cannot be read is a report with one fatal finding. Schema errors do not
        keep the rules from running: an expert can judge a fragment, a sender sees all at once.
        """
        try:
            document = read(body)
            chosen = named(ruleset) if ruleset else _detect(document)
        except DocumentError as error:
            return Report.of("", [Finding(error.rule, "fatal", str(error))])
        except UnknownRuleset as error:
            return Report.of("", [Finding("UNKNOWN-RULESET", "fatal", str(error))])
        applied = chosen
        if chosen.successor and not ruleset:
            applied = named(chosen.successor)
        return Report.of(applied.name, self._all(document, chosen, applied, today))

    def _all(self, document: Document, chosen: Ruleset, applied: Ruleset, today: date) -> Iterator[Finding]:
        if document.name not in applied.documents:
            yield Finding(
                "UNSUPPORTED-DOCUMENT",
                "fatal",
                f"The rules {applied.name} are for {' and '.join(applied.documents)}, "
                f"not for {document.name}.",
            )
            return
        if chosen.successor:
            yield Finding(
                "FN-RETIRED-PROFILE",
                "warning" if chosen is applied else "fatal",
                f"The profile {chosen.name} was retired on 2025-05-15; "
                f"send the document in its successor {chosen.successor}.",
                f"/{document.name}/CustomizationID",
            )
        yield from self._schemas.check(document)
        yield from self._engine.findings(document.text, applied)
        if applied.name in _WITH_OWN_RULES:
            yield from own_rules.check(document, today)


def _detect(document: Document) -> Ruleset:
    return detect(
        document.name,
        document.value("{*}CustomizationID"),
        document.value(f"{{*}}{document.name}TypeCode"),
        document.value(_SUPPLIER_COUNTRY),
    )
