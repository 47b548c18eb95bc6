"""Orders, order responses and deliveries as people read them: plain values, in the document's own words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.matching.documents import fields, ubl
from services.matching.documents.papers import CODES
from services.matching.documents.xml import MAX_TEXT, Node, read

MAX_LINES = 1_000
MAX_EXTRAS = 100
MAX_NOTES = 10

_KINDS = {
    "Order": ("order", fields.ORDER),
    "OrderResponse": ("order_response", fields.ORDER),
    "DespatchAdvice": ("despatch", fields.DESPATCH),
    "ReceiptAdvice": ("receipt", fields.RECEIPT),
}
_HEAD = {
    "number": "ID",
    "issue_date": "IssueDate",
    "currency": "DocumentCurrencyCode",
    "order": "OrderReference/ID",
    "despatch": "DespatchDocumentReference/ID",
    "contract": "Contract/ID",
    "buyer_reference": "CustomerReference",
    "valid_until": "ValidityPeriod/EndDate",
    "payment_terms": "PaymentTerms/Note",
}
_PARTIES = {
    "supplier": ("SellerSupplierParty/Party", "DespatchSupplierParty/Party"),
    "buyer": ("BuyerCustomerParty/Party", "DeliveryCustomerParty/Party"),
}
_PARTY = {
    "name": "PartyName/Name",
    "street": "PostalAddress/StreetName",
    "city": "PostalAddress/CityName",
    "postcode": "PostalAddress/PostalZone",
    "state": "PostalAddress/CountrySubentity",
    "country": "PostalAddress/Country/IdentificationCode",
}
_ADDRESS = "DeliveryLocation/Address"
_DELIVERY = {
    "from": "RequestedDeliveryPeriod/StartDate",
    "to": "RequestedDeliveryPeriod/EndDate",
    "party": "DeliveryParty/PartyName/Name",
    "street": f"{_ADDRESS}/StreetName",
    "city": f"{_ADDRESS}/CityName",
    "postcode": f"{_ADDRESS}/PostalZone",
    "country": f"{_ADDRESS}/Country/IdentificationCode",
}
_LINE = {
    "item": "Item/Name",
    "description": "Item/Description",
    **fields.ITEM_IDS,
    "price": "Price/PriceAmount",
    "base_quantity": "Price/BaseQuantity",
    "tax_percent": "Item/ClassifiedTaxCategory/Percent",
    "net": "LineExtensionAmount",
    "status": "LineStatusCode",
    "order_line": "OrderLineReference/LineID",
    "outstanding": "OutstandingQuantity",
    "rejected": "RejectedQuantity",
    "reason": "OutstandingReason",
    "reject_reason": "RejectReason",
}
_FORM_LINE = {"item": "name", "tax_percent": "gst", "net": "net"}
_STATUSES = {
    "1": "added",
    "3": "changed",
    "5": "accepted",
    "7": "not accepted",
    "42": "already delivered",
}
"""UNCL1229, as Peppol uses it."""
_EXTRA = {
    "reason": "AllowanceChargeReason",
    "reason_code": "AllowanceChargeReasonCode",
    "percent": "MultiplierFactorNumeric",
    "base": "BaseAmount",
    "amount": "Amount",
}
_TOTALS = {
    "lines": "LineExtensionAmount",
    "allowances": "AllowanceTotalAmount",
    "charges": "ChargeTotalAmount",
    "without_tax": "TaxExclusiveAmount",
    "with_tax": "TaxInclusiveAmount",
    "prepaid": "PrepaidAmount",
    "rounding": "PayableRoundingAmount",
    "payable": "PayableAmount",
}


def readable(body: bytes) -> dict[str, Any]:
    """Return a kept document as JSON-ready values; amounts are texts as they are written there.

    Holds at most 1,000 lines, and 100 allowances and charges of the document; `lines_left_out` and
    `allowances_and_charges_left_out` say how many more there are.

    Raises:
        Unreadable, TooLarge, Invalid: As `xml.read`.
    """
    if body.lstrip()[:1] == b"{":
        return _form(json.loads(body))
    root = read(body, (*ubl.ORDERS, *ubl.RESPONSES, *ubl.DELIVERIES))
    kind, shape = _KINDS[root.name]
    outer = list(root.all(shape.line))
    extras = list(root.all("AllowanceCharge"))
    totals = root.first("AnticipatedMonetaryTotal") or root.first("LegalMonetaryTotal")
    delivery = root.first("Delivery")
    return {
        "kind": "order_agreement" if ubl.is_agreement(root) else kind,
        **_values(root, _HEAD),
        "answer": CODES.get(root.value("OrderResponseCode")) or root.value("OrderResponseCode") or None,
        **{name: _party(root, paths) for name, paths in _PARTIES.items()},
        "delivery": _values(delivery, _DELIVERY) if delivery else {},
        "notes": [text for node in root.all("Note") if (text := _text(node))][:MAX_NOTES],
        "lines": [_line(node, shape, n) for n, node in enumerate(outer[:MAX_LINES], 1)],
        "lines_left_out": max(len(outer) - MAX_LINES, 0),
        "allowances_and_charges": [_extra(node) for node in extras[:MAX_EXTRAS]],
        "allowances_and_charges_left_out": max(len(extras) - MAX_EXTRAS, 0),
        "tax": root.value("TaxTotal/TaxAmount") or None,
        "totals": _values(totals, _TOTALS) if totals else {},
    }


def _text(node: Node) -> str:
    return " ".join(node.text.split())


def _values(node: Node, paths: Mapping[str, str]) -> dict[str, str | None]:
    return {name: node.value(path, MAX_TEXT) or None for name, path in paths.items()}


def _party(root: Node, paths: tuple[str, ...]) -> dict[str, str | None]:
    node = next((found for path in paths if (found := root.first(path))), None)
    if node is None:
        return {}
    legal = node.first("PartyLegalEntity/CompanyID")
    number = legal or node.first("PartyIdentification/ID") or node.first("EndpointID")
    said = _values(node, _PARTY)
    return {
        **said,
        "name": node.value("PartyLegalEntity/RegistrationName", MAX_TEXT) or said["name"],
        "identifier": (_text(number) or None) if number else None,
        "scheme": number.attributes.get("schemeID") if number else None,
    }


def _line(outer: Node, shape: fields.Shape, n: int) -> dict[str, str | None]:
    node = (outer.first(shape.inner) if shape.inner else None) or outer
    quantity = next((found for path in shape.quantity if (found := node.first(path))), None)
    said = _values(node, _LINE)
    substitute = outer.value("SellerSubstitutedLineItem/Item/Name", MAX_TEXT)
    return {
        "id": node.value("ID", MAX_TEXT) or str(n),
        **said,
        "order_line": said["order_line"] or outer.value("OrderLineReference/LineID", MAX_TEXT) or None,
        "status": _STATUSES.get(said["status"] or "", said["status"]),
        "quantity": (_text(quantity) or None) if quantity else None,
        "unit": quantity.attributes.get("unitCode") if quantity else None,
        "substitute": substitute or None,
    }


def _extra(node: Node) -> dict[str, str | None]:
    said = node.value("ChargeIndicator")
    kind = {"true": "charge", "1": "charge", "false": "allowance", "0": "allowance"}.get(said)
    return {"kind": kind, **_values(node, _EXTRA)}


def _form(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an order or receipt in JSON, under the names that a UBL document has."""
    lines: list[Mapping[str, Any]] = given["lines"]
    names = {
        **{name: name for name in _LINE},
        **_FORM_LINE,
        "id": "id",
        "quantity": "quantity",
        "unit": "unit",
    }
    totals = {name: _said(given, name) for name in ("allowances", "charges")}
    return {
        "kind": "order" if "order" not in given and "order_id" not in given else "receipt",
        **{name: _said(given, name) for name in _HEAD},
        "order": _said(given, "order") or _said(given, "order_id"),
        "answer": None,
        **{name: {key: str(value) for key, value in (given.get(name) or {}).items()} for name in _PARTIES},
        "delivery": {},
        "notes": [],
        "lines": [{name: _said(line, key) for name, key in names.items()} for line in lines[:MAX_LINES]],
        "lines_left_out": max(len(lines) - MAX_LINES, 0),
        "allowances_and_charges": [],
        "allowances_and_charges_left_out": 0,
        "tax": None,
        "totals": totals,
    }


def _said(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    return None if value is None or value == "" else str(value)
