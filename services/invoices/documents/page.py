"""A readable invoice as one HTML page: everything escaped, no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"
"""Content-Security-Policy of the page; it stands in the page too, for readers that drop the header."""

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
    title = _cell(f"{kind} {shown['number'] or 'without number'}")
    head = [(name, shown[field]) for name, field in _HEAD if shown[field]]
    if shown["corrects"]:
        head.append(("Corrects", ", ".join(shown["corrects"])))
    totals = [
        (name.replace("_", " ").capitalize(), value) for name, value in shown["totals"].items() if value
    ]
    rows = [[*(line[name] for name in _LINE), _extras_of(line)] for line in shown["lines"]]
    extras = [[extra[name] for name in _EXTRA] for extra in shown["allowances_and_charges"]]
    taxes = [[tax[name] for name in _TAX] for tax in shown["taxes"]]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        _pairs(head),
        f"<h2>From</h2>{_party(shown['supplier'])}<h2>To</h2>{_party(shown['buyer'])}",
        "<h2>Lines</h2>",
        _table((*_LINE, "allowances_and_charges"), rows),
        _more(shown["lines_left_out"], "lines"),
        _section("Allowances and charges", [_table(_EXTRA, extras)] if extras else []),
        _more(shown["allowances_and_charges_left_out"], "allowances and charges"),
        _section("Tax", [_table(_TAX, taxes)] if taxes else []),
        f"<h2>Totals in {_cell(shown['currency'])}</h2>{_pairs(totals, numeric=True)}",
        _section("Pay to", [_pairs(sorted(means.items())) for means in shown["payment"]]),
        _section("Delivery", [_pairs(_said(shown["delivery"]))] if shown["delivery"] else []),
        _section("Notes", [f"<p>{_cell(note)}</p>" for note in shown["notes"]]),
        _section("Attachments", [_attachment(file) for file in shown["attachments"]]),
        _more(shown["attachments_left_out"], "attachments"),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part)


def _more(count: int, what: str) -> str:
    return f"<p>{count} more {what} are in the document.</p>" if count else ""


def _said(values: Mapping[str, object]) -> list[tuple[str, object]]:
    return [(name.replace("_", " "), value) for name, value in values.items() if value]


def _extras_of(line: Mapping[str, Any]) -> str:
    told = [
        f"{extra['kind'] or 'extra'} {extra['amount'] or ''} ({extra['reason'] or extra['reason_code'] or 'no reason'})"
        for extra in line["allowances_and_charges"]
    ]
    more = line["allowances_and_charges_left_out"]
    return "; ".join([*told, *([f"{more} more"] if more else [])])


def _cell(value: object) -> str:
    return escape("" if value is None else str(value))


def _pairs(pairs: Sequence[tuple[str, object]], *, numeric: bool = False) -> str:
    css = ' class="n"' if numeric else ""
    rows = (
        f'<tr><th scope="row">{_cell(name)}</th><td{css}>{_cell(value)}</td></tr>' for name, value in pairs
    )
    return f"<table>{''.join(rows)}</table>"


def _table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    css = {name: ' class="n"' if name in _NUMERIC else "" for name in names}
    head = "".join(f'<th scope="col"{css[name]}>{_cell(name.replace("_", " "))}</th>' for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td{css[n]}>{_cell(v)}</td>" for n, v in zip(names, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _party(party: Mapping[str, Any]) -> str:
    return _pairs([(name.replace("_", " "), value) for name, value in party.items()])


def _attachment(file: Mapping[str, Any]) -> str:
    return (
        f"<p>{_cell(file['number'])}. {_cell(file['name'])} ({_cell(file['mime'])}, {file['size']} bytes)</p>"
    )


def _section(title: str, parts: Sequence[str]) -> str:
    return f"<h2>{title}</h2>{''.join(parts)}" if parts else ""
