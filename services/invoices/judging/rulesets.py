"""Which official rules judge which document: the table, and the choice by CustomizationID."""

from __future__ import annotations

from dataclasses import dataclass

_PINT = "external/schematron/pint-aunz/1.1.2/xslt"
_OPENPEPPOL = "external/schematron/openpeppol/2026.5/xslt"
_AUNZ = "external/schematron/peppol-aunz/1.0.12/xslt"
_AUNZ_ID = "urn:cen.eu:en16931:2017#conformant#urn:fdc:peppol.eu:2017:poacc"
_TRNS = "urn:fdc:peppol.eu:poacc:trns"

_BILLING = ("Invoice", "CreditNote")
_SELF_BILLED_CODES = frozenset({"389", "261"})
_DOMESTIC = frozenset({"AU", "NZ"})


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Official rules for some document types.

    `customization` is the prefix of the CustomizationID, empty for rules that only a caller can
    name. `stylesheets` are entries of the rules jar; all are applied and their results united.
    A retired ruleset names its `successor`: documents are judged by that one unless the caller
    names the retired one.
    """

    name: str
    documents: tuple[str, ...]
    customization: str
    stylesheets: tuple[str, ...]
    successor: str = ""


class UnknownRuleset(ValueError):
    """No ruleset has this name."""

    slug = "unknown-ruleset"


_EN16931 = f"{_OPENPEPPOL}/CEN-EN16931-UBL.xslt"
_PEPPOL_BASE = f"{_OPENPEPPOL}/PEPPOL-EN16931-UBL.xslt"


def _pint(folder: str) -> tuple[str, ...]:
    return (
        f"{_PINT}/{folder}/PINT-UBL-validation-preprocessed.xslt",
        f"{_PINT}/{folder}/PINT-jurisdiction-aligned-rules.xslt",
    )


def _aunz(second: str) -> tuple[str, ...]:
    return (f"{_AUNZ}/AUNZ-UBL-validation.xslt", f"{_AUNZ}/{second}.xslt")


def _order(name: str, document: str, transaction: str) -> Ruleset:
    return Ruleset(
        name,
        (document,),
        f"{_TRNS}:{transaction}:3",
        (f"{_OPENPEPPOL}/PEPPOLBIS-{name.upper()}.xslt",),
    )


RULESETS = {
    ruleset.name: ruleset
    for ruleset in (
        Ruleset("pint-anz", _BILLING, "urn:peppol:pint:billing-1@aunz-1", _pint("billing")),
        Ruleset("pint-anz-sb", _BILLING, "urn:peppol:pint:selfbilling-1@aunz-1", _pint("selfbilling")),
        Ruleset(
            "anz-bis3",
            _BILLING,
            f"{_AUNZ_ID}:billing:international:aunz:3.0",
            _aunz("AUNZ-PEPPOL-validation"),
            successor="pint-anz",
        ),
        Ruleset(
            "anz-bis3-sb",
            _BILLING,
            f"{_AUNZ_ID}:selfbilling:international:aunz:3.0",
            _aunz("AUNZ-PEPPOL-SB-validation"),
            successor="pint-anz-sb",
        ),
        Ruleset(
            "peppol-bis3",
            _BILLING,
            "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
            (_EN16931, _PEPPOL_BASE),
        ),
        Ruleset("en16931", _BILLING, "", (_EN16931,)),
        Ruleset("peppol-base", _BILLING, "", (_PEPPOL_BASE,)),
        _order("t01", "Order", "order"),
        _order("t76", "OrderResponse", "order_response"),
        _order("t110", "OrderResponse", "order_agreement"),
        _order("t16", "DespatchAdvice", "despatch_advice"),
        _order("t111", "ApplicationResponse", "invoice_response"),
        Ruleset("ubl-receipt", ("ReceiptAdvice",), "", ()),
    )
}

_FALLBACK = {
    "Invoice": "pint-anz",
    "CreditNote": "pint-anz",
    "Order": "t01",
    "OrderResponse": "t76",
    "DespatchAdvice": "t16",
    "ApplicationResponse": "t111",
    "ReceiptAdvice": "ubl-receipt",
}


def named(name: str) -> Ruleset:
    """The ruleset a caller asked for; raises UnknownRuleset with the names there are."""
    try:
        return RULESETS[name]
    except KeyError:
        raise UnknownRuleset(f"No ruleset is named {name[:60]!r}; there are {', '.join(RULESETS)}.") from None


def detect(document: str, customization: str | None, type_code: str | None, country: str | None) -> Ruleset:
    """The ruleset of a document of a known type, by its CustomizationID.

    An unknown or missing CustomizationID falls back to the A-NZ profile of that document type,
    whose first rule then says what is wrong with it. Self-billing is recognised by its type code.
    The European profile is not for suppliers of this `country`, when that is AU or NZ.
    """
    for ruleset in RULESETS.values():
        if document not in ruleset.documents or not _asks_for(customization, ruleset):
            continue
        if ruleset.name == "peppol-bis3" and country in _DOMESTIC:
            break
        return ruleset
    if document in _BILLING and type_code in _SELF_BILLED_CODES:
        return RULESETS["pint-anz-sb"]
    return RULESETS[_FALLBACK[document]]


def _asks_for(customization: str | None, ruleset: Ruleset) -> bool:
    prefix = ruleset.customization
    if not customization or not prefix or not customization.startswith(prefix):
        return False
    # A profile may be specialised after a separator; anything else is another name.
    return customization[len(prefix) : len(prefix) + 1] in ("", ":", "#", "@")
