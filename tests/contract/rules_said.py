"""Prints what the rules say of documents, one JSON line each: `python -m tests.contract.rules_said HOW FOLDER…`.

HOW is `service`, as documents are judged, or `official`, by the stylesheets as they were published. A folder is
named after its rules (`unit-` before it means fragments); in others the document says which it wants.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from finnest.dev.runtime import cache_root
from services.invoices.documents.ubl import Document, DocumentError, read
from services.invoices.judging.engine import Engine
from services.invoices.judging.packages import fetch
from services.invoices.judging.rulesets import RULESETS, Ruleset, detect


def main(how: str, *folders: str) -> None:
    """Judge every XML document below the folders."""
    rules = fetch(cache_root(), lambda _: None) / "xslt"
    engine = Engine(rules)
    if how == "official":
        for sheet in {sheet for ruleset in RULESETS.values() for sheet in ruleset.stylesheets}:
            text = (rules / sheet).read_text(encoding="utf-8")
            engine._compiled[sheet] = engine._compiler.compile_stylesheet(stylesheet_text=text)  # pyright: ignore[reportPrivateUsage]
    for path, document in _documents(folders):
        ruleset = RULESETS.get(path.parent.name.removeprefix("unit-")) or _wanted(document)
        found = [[f.rule, f.severity, f.message, f.location] for f in engine.findings(document.text, ruleset)]
        print(json.dumps([str(path), ruleset.name, found]))


def _documents(folders: tuple[str, ...]) -> Iterator[tuple[Path, Document]]:
    for path in sorted(path for folder in folders for path in Path(folder).rglob("*.xml")):
        try:
            yield path, read(path.read_bytes())
        except DocumentError:
            continue


def _wanted(document: Document) -> Ruleset:
    return detect(document.name, document.value("{*}CustomizationID"), None, None)


if __name__ == "__main__":
    main(*sys.argv[1:])
