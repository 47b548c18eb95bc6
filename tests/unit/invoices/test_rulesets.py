"""The ruleset of a document follows from its CustomizationID, its type and its supplier."""

from __future__ import annotations

import pytest

from services.invoices.judging.rulesets import RULESETS, UnknownRuleset, detect, named

EU = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"


def test_every_customization_id_finds_its_own_ruleset() -> None:
    for ruleset in RULESETS.values():
        if ruleset.customization:
            for document in ruleset.documents:
                assert detect(document, ruleset.customization, None, None) is ruleset


@pytest.mark.parametrize(
    ("document", "customization", "code", "country", "name"),
    [
        ("Invoice", "urn:peppol:pint:billing-1@aunz-1", "380", "AU", "pint-anz"),
        ("Invoice", "urn:peppol:pint:billing-1@aunz-1:ext", "380", "AU", "pint-anz"),
        ("Invoice", "urn:peppol:pint:billing-1@aunz-1*", "380", "AU", "pint-anz"),
        ("CreditNote", "urn:peppol:pint:billing-1@aunz-1*", "261", "AU", "pint-anz-sb"),
        ("Invoice", "urn:peppol:pint:billing-1@aunz-12", "380", "AU", "pint-anz"),
        ("Invoice", EU, "380", "DE", "peppol-bis3"),
        ("Invoice", EU, "380", "AU", "pint-anz"),
        ("Invoice", EU, "389", "NZ", "pint-anz-sb"),
        ("Invoice", None, None, None, "pint-anz"),
        ("Order", None, None, None, "t01"),
        ("OrderResponse", "urn:fdc:peppol.eu:poacc:trns:order_agreement:3", None, None, "t110"),
        ("OrderResponse", "something else", None, None, "t76"),
        ("ReceiptAdvice", None, None, None, "ubl-receipt"),
    ],
)
def test_an_unknown_id_falls_back_to_the_profile_that_says_what_is_wrong(
    document: str, customization: str | None, code: str | None, country: str | None, name: str
) -> None:
    assert detect(document, customization, code, country).name == name


def test_an_unknown_name_is_answered_with_the_names_there_are() -> None:
    assert named("t01").documents == ("Order",)
    with pytest.raises(UnknownRuleset, match="pint-anz-sb"):
        named("t02")


def test_a_successor_exists() -> None:
    assert all(r.successor in RULESETS for r in RULESETS.values() if r.successor)
