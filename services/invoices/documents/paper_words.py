"""The values of an invoice, by the words that stand beside them. What is not plain is left out, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from services.invoices.documents.identifiers import is_abn, normal_bsb
from services.invoices.documents.paper import LINE_CHARS, LINES, WHOLE, Paper, PaperLine, troubles

T = TypeVar("T")

LINES_READ = 1_500
_CHARS = 300
_MONEY = r"(?:AUD|NZD|A\$|NZ\$|\$)?[ ]?(?P<{0}>\d{{1,3}}(?:,\d{{3}}){{1,3}}\.\d\d|\d{{1,9}}\.\d\d)"
_GAP = r"[ :.#]{0,40}"
_ABN = re.compile(rf"\bA\.?B\.?N\.?(?: no| number)?{_GAP}(\d(?:[ ]?\d){{10}})(?!\d)", re.IGNORECASE)
_NUMBER = re.compile(
    rf"\b(?:tax )?invoice[ ]{{0,4}}(?:(?:no|number|num|nr|id)\b|#){_GAP}(?P<v>[A-Z0-9][A-Z0-9/_.-]{{0,30}})",
    re.IGNORECASE,
)
_ORDER = re.compile(
    rf"\b(?:purchase order|p\.?o\.?|your order|order)[ ]{{0,4}}(?:no|number|nr|ref|reference|#)?\b{_GAP}"
    r"(?P<v>[A-Z]{0,6}[-/]?\d[A-Z0-9/_-]{0,24})",
    re.IGNORECASE,
)
_DATE = r"(?P<v>\d{1,2}[ /.-](?:\d{1,2}|[A-Za-z]{3,9})[ /.-]\d{4}|\d{4}-\d\d-\d\d)"
_ISSUED = re.compile(
    rf"\b(?:(?:invoice|issue|tax)[ ]{{0,4}}date|date of issue|date issued|dated?)\b{_GAP}{_DATE}",
    re.IGNORECASE,
)
_DUE = re.compile(
    rf"\b(?:due[ ]{{0,4}}date|payment due|due(?: on| by)?|pay(?:able)? by)\b{_GAP}{_DATE}", re.IGNORECASE
)
_TOTAL = re.compile(
    r"\b(?:total[ ](?:amount[ ])?(?:due|payable|inc[a-z.]*[ ]?gst|including gst|aud|nzd)|amount (?:due|payable)"
    rf"|balance due|grand total|total)\b(?:[ ]?\([^)]{{0,30}}\))?{_GAP}{_MONEY.format('v')}[ ]*$",
    re.IGNORECASE,
)
_GST = re.compile(
    rf"\b(?:total[ ])?gst\b(?:[ ]?(?:\([^)]{{0,20}}\)|10[ ]?%|amount|@[ ]?10[ ]?%))?{_GAP}{_MONEY.format('v')}[ ]*$",
    re.IGNORECASE,
)
_NET = re.compile(
    rf"\b(?:sub[ -]?total|net(?: amount)?|total ex[a-z.]*[ ]?gst|total excluding gst)\b(?:[ ]?\([^)]{{0,30}}\))?{_GAP}"
    rf"{_MONEY.format('v')}[ ]*$",
    re.IGNORECASE,
)
_BSB = re.compile(rf"\bBSB(?: no| number)?{_GAP}(?P<v>\d{{3}}[- ]?\d{{3}})(?!\d)", re.IGNORECASE)
_ACCOUNT = re.compile(
    rf"\b(?:account|acct?|a/c)[ .]{{0,3}}(?:no|number|num|nr|#)?{_GAP}(?P<v>\d(?:[ -]?\d){{3,9}})(?![\d-])",
    re.IGNORECASE,
)
_HOLDER = re.compile(rf"\b(?:account|acct?|a/c)[ ]name\b{_GAP}(?P<v>[^\d:].{{1,80}})$", re.IGNORECASE)
_TO = re.compile(
    r"^\s*(?:bill(?:ed)? to|invoice to|sold to|customer|to)\b\s*:?\s*(?P<v>.{0,300})$", re.IGNORECASE
)
_LINE = re.compile(
    rf"^\s*(?P<name>\S.{{0,150}}?)\s{{2,}}(?P<quantity>\d{{1,7}}(?:\.\d{{1,4}})?)\s+{_MONEY.format('price')}\s+"
    rf"{_MONEY.format('net')}\s*$"
)
_TITLE = re.compile(r"\b(?:tax invoice|invoice|a\.?b\.?n|page|date|phone|www|@|total)\b", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def paper_of(text: str) -> Paper:
    """Return the values that stand in the text of an invoice; the same text gives the same values.

    Of a total that stands twice with different amounts, neither counts.
    """
    rows = [row[:_CHARS].rstrip() for row in text.splitlines()[:LINES_READ] if row.strip()]
    seller, buyer = _abns(rows)
    paper = Paper(
        number=_first(_NUMBER, rows, _number),
        supplier=_seller(rows),
        supplier_abn=seller,
        buyer=_buyer(rows),
        buyer_abn=buyer,
        issue_date=_first(_ISSUED, _without(_DUE, rows), _day),
        due_date=_first(_DUE, rows, _day),
        order_reference=_first(_ORDER, rows, str),
        currency="NZD" if re.search(r"\bNZD\b|NZ\$", text) else "AUD",
        net_cents=_only(_NET, rows),
        gst_cents=_only(_GST, rows),
        total_cents=_only(_TOTAL, _without(_NET, rows)),
        bsb=_first(_BSB, rows, lambda said: normal_bsb(said.replace(" ", "-"))),
        account=_first(_ACCOUNT, rows, _account),
        account_name=_first(_HOLDER, rows, lambda said: said.strip()[:100]),
    )
    return paper.model_copy(update={"lines": _lines(rows, paper)})


def _first(pattern: re.Pattern[str], rows: Sequence[str], how: Callable[[str], T | None]) -> T | None:
    for row in rows:
        found = pattern.search(row)
        value = how(found["v"]) if found else None
        if value:
            return value
    return None


def _only(pattern: re.Pattern[str], rows: Sequence[str]) -> int | None:
    found = {_cents(one["v"]) for row in rows if (one := pattern.search(row))}
    return found.pop() if len(found) == 1 else None


def _without(pattern: re.Pattern[str], rows: Sequence[str]) -> list[str]:
    return [pattern.sub(" ", row) for row in rows]


def _number(said: str) -> str | None:
    return said.rstrip(".-/") if any(c.isdigit() for c in said) else None


def _account(said: str) -> str | None:
    digits = re.sub(r"\D", "", said)
    return digits if 4 <= len(digits) <= 9 else None


def _cents(said: str) -> int:
    return int(Decimal(said.replace(",", "")) * 100)


def _day(said: str) -> date | None:
    """Return a date as Australia and New Zealand write it: the day first."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", said):
        year, month, day = said.split("-")
    else:
        day, month, year = re.split(r"[ /.-]", said)
    named = {name: number for number, name in enumerate(_MONTHS, 1)}
    number = int(month) if month.isdigit() else named.get(month[:3].lower(), 0)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def _abns(rows: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the seller's ABN and the buyer's: the buyer's stands below the words that name the buyer."""
    seller = buyer = None
    below = False
    for row in rows:
        below = below or bool(_TO.match(row))
        for found in _ABN.finditer(row):
            digits = found[1].replace(" ", "")
            if not is_abn(digits):
                continue
            if below and buyer is None and seller is not None:
                buyer = digits
            elif seller is None:
                seller = digits
    return seller, buyer if buyer != seller else None


def _seller(rows: Sequence[str]) -> str | None:
    """Return the seller's name: the first words that are no title, above the buyer."""
    for row in rows[:8]:
        if _TO.match(row):
            return None
        name = re.split(r"\s{3,}", row.strip())[0]
        if sum(c.isalpha() for c in name) >= 3 and not _TITLE.search(name):
            return name[:100]
    return None


def _buyer(rows: Sequence[str]) -> str | None:
    for at, row in enumerate(rows):
        found = _TO.match(row)
        if found:
            said = re.split(r"\s{3,}", found["v"].strip())[0]
            below = re.split(r"\s{3,}", rows[at + 1].strip())[0] if at + 1 < len(rows) else ""
            return (said or below)[:100] or None
    return None


def _lines(rows: Sequence[str], paper: Paper) -> tuple[PaperLine, ...]:
    """Return the lines when they make the total; else one line of all, when net and GST do."""
    read = tuple(_read_lines(rows))[: LINES + 1]
    for lines in (read, tuple(line.model_copy(update={"taxed": False}) for line in read)):
        if lines and len(lines) <= LINES and not _off(paper, lines):
            return lines
    net = paper.net_cents
    if net is None and paper.total_cents is not None and paper.gst_cents is not None:
        net = paper.total_cents - paper.gst_cents
    if net is None or net < 0:
        return ()
    whole = (PaperLine(name=WHOLE, price_cents=net, net_cents=net, taxed=bool(paper.gst_cents)),)
    return () if _off(paper, whole) else whole


def _off(paper: Paper, lines: tuple[PaperLine, ...]) -> bool:
    """Return whether lines and totals contradict each other."""
    told = troubles(paper.model_copy(update={"lines": lines}))
    return any(one.startswith(("line ", "the lines", "GST on")) for one in told)


def _read_lines(rows: Sequence[str]) -> Iterator[PaperLine]:
    for row in rows:
        found = _LINE.match(row)
        if found:
            yield PaperLine(
                name=found["name"].strip()[:LINE_CHARS],
                quantity=found["quantity"],
                price_cents=_cents(found["price"]),
                net_cents=_cents(found["net"]),
            )
