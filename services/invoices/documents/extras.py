"""What stands between the lines and the total: tax by rate, allowances and charges, delivery; as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.invoices.documents.ubl import Element

MAX_EXTRAS = 100
"""Rows of tax, and allowances and charges of one place, that are shown."""
MAX_TEXT = 1_000

_TAX = {
    "category": "{*}TaxCategory/{*}ID",
    "percent": "{*}TaxCategory/{*}Percent",
    "taxable": "{*}TaxableAmount",
    "tax": "{*}TaxAmount",
    "reason": "{*}TaxCategory/{*}TaxExemptionReason",
}
_EXTRA = {
    "reason": "{*}AllowanceChargeReason",
    "reason_code": "{*}AllowanceChargeReasonCode",
    "percent": "{*}MultiplierFactorNumeric",
    "base": "{*}BaseAmount",
    "amount": "{*}Amount",
    "tax_category": "{*}TaxCategory/{*}ID",
    "tax_percent": "{*}TaxCategory/{*}Percent",
}
_ADDRESS = "{*}DeliveryLocation/{*}Address/"
_DELIVERY = {
    "date": "{*}ActualDeliveryDate",
    "party": "{*}DeliveryParty/{*}PartyName/{*}Name",
    "location": "{*}DeliveryLocation/{*}ID",
    "street": f"{_ADDRESS}{{*}}StreetName",
    "street_more": f"{_ADDRESS}{{*}}AdditionalStreetName",
    "city": f"{_ADDRESS}{{*}}CityName",
    "postcode": f"{_ADDRESS}{{*}}PostalZone",
    "state": f"{_ADDRESS}{{*}}CountrySubentity",
    "country": f"{_ADDRESS}{{*}}Country/{{*}}IdentificationCode",
}


def text(node: Element, path: str) -> str | None:
    """The trimmed text at a path, at most 1,000 characters, as it is written; None when blank."""
    return (node.findtext(path) or "").strip()[:MAX_TEXT] or None


def taxes(root: Element, currency: str | None) -> list[dict[str, Any]]:
    """The tax of each category and rate, at most 100 rows; a total in the tax currency is left out."""
    rows = [
        {name: text(found, path) for name, path in _TAX.items()}
        for found in root.iterfind("{*}TaxTotal/{*}TaxSubtotal")
        if (amount := found.find("{*}TaxAmount")) is None or amount.get("currencyID") in (None, currency)
    ]
    return rows[:MAX_EXTRAS]


def allowances_and_charges(node: Element) -> dict[str, Any]:
    """Allowances and charges of the document or of one line, with how many more there are than 100.

    Each has `kind` (`allowance`, `charge`, None when it does not say), reason and code, and the amount with
    what it was reckoned from.
    """
    found = node.findall("{*}AllowanceCharge")
    return {
        "allowances_and_charges": [_extra(one) for one in found[:MAX_EXTRAS]],
        "allowances_and_charges_left_out": max(len(found) - MAX_EXTRAS, 0),
    }


def delivery(root: Element) -> dict[str, str | None] | None:
    """When, to whom and where it was delivered; None when the document does not say."""
    found = root.find("{*}Delivery")
    said = {} if found is None else {name: text(found, path) for name, path in _DELIVERY.items()}
    return said if any(said.values()) else None


def _extra(node: Element) -> dict[str, Any]:
    kind = {"true": "charge", "false": "allowance", "1": "charge", "0": "allowance"}
    said = text(node, "{*}ChargeIndicator") or ""
    return {"kind": kind.get(said), **{name: text(node, path) for name, path in _EXTRA.items()}}
