"""Runs the official rules: compiled XSLT under SaxonC, one processor per process.

Only the worker process imports this. Two processors in one process crash it, so an Engine is
made once. Documents arrive as text that lxml wrote: no byte encoding, no DOCTYPE.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from services.invoices.documents.findings import Finding, Severity
from services.invoices.judging.rulesets import Ruleset

# The engine ships no type information.
saxonche: Any = importlib.import_module("saxonche")

_NO_DOCTYPE = (
    "http://saxon.sf.net/feature/parserFeature?uri=http://apache.org/xml/features/disallow-doctype-decl"
)
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_LOG = re.compile(r"""<svrl:fired-rule(?:\s+[\w:.-]+=(?:"[^"]*"|'[^']*'))*\s*/>""")
"""What a stylesheet notes whenever it looks at something: no finding, and a fifth of its time."""
_STEP = re.compile(r"\*:(?P<name>[\w.-]+)\[namespace-uri\(\)='[^']*'\]")
_PREDICATE = re.compile(r"Q\{[^}]*\}")


class NoReport(Exception):
    """The rules ran and reported nothing at all, not even that all is well."""


class Engine:
    """Compiled stylesheets, each compiled when first needed (0.1 to 0.6 s) and then kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processor: Any = saxonche.PySaxonProcessor(license=False)
        self._processor.set_configuration_property(_NO_DOCTYPE, "true")
        self._compiler: Any = self._processor.new_xslt30_processor()
        self._compiled: dict[str, Any] = {}

    def compile(self, stylesheet: str) -> Any:
        """The executable of one stylesheet; it reports findings alone, and in one line."""
        if stylesheet not in self._compiled:
            text = _LOG.sub("", (self._folder / stylesheet).read_text(encoding="utf-8"))
            executable = self._compiler.compile_stylesheet(stylesheet_text=text)
            executable.set_property("!indent", "no")
            self._compiled[stylesheet] = executable
        return self._compiled[stylesheet]

    def findings(self, text: str, ruleset: Ruleset) -> list[Finding]:
        """The united findings of all stylesheets of `ruleset`.

        Official rules can fail to compute on some invalid documents (XPTY0004). That is one fatal
        ENGINE-ERROR; what the other stylesheets found is kept.
        """
        found: list[Finding] = []
        try:
            node = self._processor.parse_xml(xml_text=text)
        except saxonche.PySaxonApiError as error:
            return [_engine_error("parse", error)]
        for stylesheet in ruleset.stylesheets:
            executable = self.compile(stylesheet)
            try:
                svrl = executable.transform_to_string(xdm_node=node)
                found.extend(_read(svrl))
            except (saxonche.PySaxonApiError, etree.XMLSyntaxError, NoReport) as error:
                found.append(_engine_error(Path(stylesheet).stem, error))
        return found


def _engine_error(where: str, error: Exception) -> Finding:
    return Finding(
        "ENGINE-ERROR",
        "fatal",
        f"The rules {where} could not be computed for this document, usually because a required "
        f"value is missing or repeated: {error}",
    )


def _read(svrl: str | None) -> Iterator[Finding]:
    """The findings of one validation report (ISO Schematron SVRL)."""
    if not svrl or "schematron-output" not in svrl:
        raise NoReport("the rules returned no report")
    if "failed-assert" not in svrl and "successful-report" not in svrl:
        return
    root = etree.fromstring(svrl.encode())
    for element in root.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
        texts = element.iter(f"{_SVRL}text")
        text = " ".join(str(part) for child in texts for part in child.itertext())
        yield Finding(
            element.get("id") or "UNNAMED-RULE",
            _severity(element.get("flag") or element.get("role") or ""),
            text,
            _location(element.get("location") or ""),
        )


def _severity(flag: str) -> Severity:
    """Everything is fatal that its author did not mark as milder."""
    mild = {"warning", "warn", "information", "info"}
    return "warning" if flag.strip().lower() in mild else "fatal"


def _location(xpath: str) -> str:
    return _PREDICATE.sub("", _STEP.sub(r"\g<name>", xpath))
