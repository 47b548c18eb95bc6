"""A readable invoice as one HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finnest.pages import more, pairs, paragraphs, said, section, table, whole

_HEAD = (
    ("Issued", "issue_date"),
    ("Due", "due_date"),
    ("Order", "order_reference"),
    ("Buyer's reference", "buyer_reference"),
    ("Payment terms", "payment_terms"),
)
_LINE = ("id", "item", "description", "quantity", "unit", "price", "tax_percent", "net")
_EXTRA = ("kind", "reason", "reason_code", "percent", "base", "amount", "tax_percent")
_TAX = ("category", "percent", "taxable", "tax", "reason")
_NUMERIC = frozenset(
    {"quantity", "price", "percent", "tax_percent", "net", "base", "amount", "taxable", "tax"}
)


def page(shown: Mapping[str, Any]) -> str:
    """The page of what `readable` returned."""
    kind = "Credit note" if shown["kind"] == "credit_note" else "Invoice"
    head = [(name, shown[field]) for name, field in _HEAD if shown[field]]
    if shown["corrects"]:
        head.append(("Corrects", ", ".join(shown["corrects"])))
    totals = [(name.capitalize(), value) for name, value in said(shown["totals"])]
    rows = [[*(line[name] for name in _LINE), _extras_of(line)] for line in shown["lines"]]
    extras = [[extra[name] for name in _EXTRA] for extra in shown["allowances_and_charges"]]
    taxes = [[tax[name] for name in _TAX] for tax in shown["taxes"]]
    parts = [
        pairs(head),
        section("From", [_party(shown["supplier"])]),
        section("To", [_party(shown["buyer"])]),
        section("Lines", [table((*_LINE, "allowances_and_charges"), rows, _NUMERIC)]),
        more(shown["lines_left_out"], "lines"),
        section("Allowances and charges", [table(_EXTRA, extras, _NUMERIC)] if extras else []),
        more(shown["allowances_and_charges_left_out"], "allowances and charges"),
        section("Tax", [table(_TAX, taxes, _NUMERIC)] if taxes else []),
        section(f"Totals in {shown['currency'] or ''}", [pairs(totals, numeric=True)]),
        section("Pay to", [pairs(sorted(means.items())) for means in shown["payment"]]),
        section("Delivery", [pairs(said(shown["delivery"]))] if shown["delivery"] else []),
        section("Notes", paragraphs(shown["notes"])),
        section("Attachments", paragraphs([_attachment(file) for file in shown["attachments"]])),
        more(shown["attachments_left_out"], "attachments"),
    ]
    return whole(f"{kind} {shown['number'] or 'without number'}", parts)


def _extras_of(line: Mapping[str, Any]) -> str:
    told = [
        f"{extra['kind'] or 'extra'} {extra['amount'] or ''} ({extra['reason'] or extra['reason_code'] or 'no reason'})"
        for extra in line["allowances_and_charges"]
    ]
    left = line["allowances_and_charges_left_out"]
    return "; ".join([*told, *([f"{left} more"] if left else [])])


def _party(party: Mapping[str, Any]) -> str:
    return pairs([(name.replace("_", " "), value) for name, value in party.items()])


def _attachment(file: Mapping[str, Any]) -> str:
    return f"{file['number']}. {file['name']} ({file['mime']}, {file['size']} bytes)"
