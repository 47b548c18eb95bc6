"""An expert names the rules by which a fragment is judged: `POST /v1/invoices/validate?ruleset=…`."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from services.invoices.judging.rulesets import RULESETS
from tests.support.documents import bill
from tests.support.person import XML
from tests.support.platform import Company

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "peppol"
OF_EACH_GROUP = 2
GROUPS = sorted(
    f"{folder}/{path.name}"
    for folder in ("examples", "invalid")
    for path in (OFFICIAL / folder).glob("unit-*")
    if path.is_dir()
)
HERE = pytest.mark.skipif(not GROUPS, reason="the official documents are not here: no ../shared/peppol")


def fragments(group: str) -> dict[str, list[dict[str, str]]]:
    """Return the first fragments of a group with what their authors expect, rows of `expected.tsv`."""
    folder, _, name = group.partition("/")
    expected: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (OFFICIAL / folder / "expected.tsv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            if row["file"].startswith(f"{name}/"):
                expected[f"{folder}/{row['file']}"].append(row)
    return {file: expected[file] for file in sorted(expected)[:OF_EACH_GROUP]}


@HERE
@pytest.mark.parametrize("group", GROUPS or ["none"])
async def test_a_fragment_is_judged_by_the_rules_that_are_named(company: Company, group: str) -> None:
    found = fragments(group)
    assert found
    for file, rows in found.items():
        body = (OFFICIAL / file).read_bytes()
        named = f"/v1/invoices/validate?ruleset={rows[0]['ruleset']}"
        answer = company.vera.call("POST", named, body, XML)
        assert answer.status == 200, (file, answer)
        assert answer.content["ruleset"] == rows[0]["ruleset"]
        told = {(finding["rule"], finding["severity"]) for finding in answer.content["findings"]}
        for row in rows:
            wanted = (row["rule_id"], row["severity"])
            if row["role"] in ("target", "also"):
                assert wanted in told, (file, wanted)
            elif row["role"] == "absent":
                assert row["rule_id"] not in {rule for rule, _ in told}, (file, wanted)
    assert company.vera.all("/v1/invoices") == []


@pytest.mark.parametrize("ruleset", sorted(RULESETS))
async def test_every_ruleset_can_be_named_and_judges_what_it_is_for(company: Company, ruleset: str) -> None:
    answer = company.vera.call("POST", f"/v1/invoices/validate?ruleset={ruleset}", bill().xml(), XML)
    assert (answer.status, answer.content["ruleset"]) == (200, ruleset)
    rules = {finding["rule"] for finding in answer.content["findings"]}
    assert ("UNSUPPORTED-DOCUMENT" in rules) == ("Invoice" not in RULESETS[ruleset].documents)
