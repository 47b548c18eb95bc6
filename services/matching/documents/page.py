"""A readable order, order response or delivery as one HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finnest.pages import more, pairs, paragraphs, said, section, table, whole

_KINDS = {
    "order": "Order",
    "order_response": "Order response",
    "order_agreement": "Order agreement",
    "despatch": "Despatch advice",
    "receipt": "Receipt",
}
_HEAD = (
    ("Answer", "answer"),
    ("Issued", "issue_date"),
    ("Order", "order"),
    ("Despatch advice", "despatch"),
    ("Contract", "contract"),
    ("Buyer's reference", "buyer_reference"),
    ("Valid until", "valid_until"),
    ("Payment terms", "payment_terms"),
)
_ALWAYS = ("id", "item", "quantity", "unit")
_NUMERIC = frozenset(
    {"quantity", "price", "base_quantity", "tax_percent", "net", "outstanding", "rejected"}
    | {"percent", "base", "amount"}
)


def page(shown: Mapping[str, Any]) -> str:
    """Return the page of what `readable` returned; a column that no line fills is left out."""
    lines = shown["lines"]
    known = dict.fromkeys(name for line in lines for name in line)
    columns = [*_ALWAYS, *(n for n in known if n not in _ALWAYS and any(line[n] for line in lines))]
    extras = shown["allowances_and_charges"]
    totals = said({**shown["totals"], "tax": shown["tax"]})
    parts = [
        pairs([(name, shown[field]) for name, field in _HEAD if shown[field]]),
        *(
            section(title, [pairs(said(shown[name]))] if shown[name] else [])
            for title, name in (("Supplier", "supplier"), ("Buyer", "buyer"), ("Delivery", "delivery"))
        ),
        section("Lines", [table(columns, [[line[name] for name in columns] for line in lines], _NUMERIC)]),
        more(shown["lines_left_out"], "lines"),
        section(
            "Allowances and charges",
            [table(tuple(extras[0]), [tuple(extra.values()) for extra in extras], _NUMERIC)]
            if extras
            else [],
        ),
        more(shown["allowances_and_charges_left_out"], "allowances and charges"),
        section(f"Totals in {shown['currency'] or ''}", [pairs(totals, numeric=True)] if totals else []),
        section("Notes", paragraphs(shown["notes"])),
    ]
    return whole(f"{_KINDS[shown['kind']]} {shown['number'] or 'without number'}", parts)
