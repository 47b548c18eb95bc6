"""A document as one HTML page: everything escaped, no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping, Sequence
from html import escape

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"
"""Content-Security-Policy of a page; it stands in the page too, for readers that drop the header."""


def whole(title: str, parts: Sequence[str]) -> str:
    """Return the page: `title` is plain text, `parts` are what the functions below return."""
    named = cell(title)
    head = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
        f"<title>{named}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{named}</h1>",
    ]
    return "\n".join(part for part in [*head, *parts, "</body></html>"] if part)


def cell(value: object) -> str:
    """Return a value as escaped text; None is empty."""
    return escape("" if value is None else str(value))


def said(values: Mapping[str, object]) -> list[tuple[str, object]]:
    """Return the pairs that have a value, under names that people read."""
    return [(name.replace("_", " "), value) for name, value in values.items() if value]


def pairs(rows: Sequence[tuple[str, object]], *, numeric: bool = False) -> str:
    """Return a table of names and values."""
    css = ' class="n"' if numeric else ""
    body = (f'<tr><th scope="row">{cell(name)}</th><td{css}>{cell(value)}</td></tr>' for name, value in rows)
    return f"<table>{''.join(body)}</table>"


def table(names: Sequence[str], rows: Sequence[Sequence[object]], numeric: Collection[str]) -> str:
    """Return a table under these names; columns of `numeric` stand to the right."""
    css = {name: ' class="n"' if name in numeric else "" for name in names}
    head = "".join(f'<th scope="col"{css[name]}>{cell(name.replace("_", " "))}</th>' for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td{css[n]}>{cell(v)}</td>" for n, v in zip(names, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def section(title: str, parts: Sequence[str]) -> str:
    """Return the parts under a heading, or nothing when there is none."""
    return f"<h2>{cell(title)}</h2>{''.join(parts)}" if parts else ""


def paragraphs(texts: Sequence[str]) -> list[str]:
    """Return each text as a paragraph."""
    return [f"<p>{cell(text)}</p>" for text in texts]


def more(count: int, what: str) -> str:
    """Return how many more there are in the document, or nothing."""
    return f"<p>{count} more {cell(what)} are in the document.</p>" if count else ""
