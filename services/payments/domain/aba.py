"""Writes the Cemtex file (ABA, direct entry): 120 ASCII characters a record, CRLF, the same bytes always.

Source: the format page of cemtexaba.com. Positions are 1-based and inclusive, as banks print them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

from finnest.errors import Invalid
from services.payments.domain.bill import MAX_CENTS, account_of, bsb_of
from services.payments.domain.entry import Entry
from services.payments.domain.payer import Payer

RECORD_CHARS = 120
MAX_ENTRIES = 999_999
CREDIT = "50"
"""Transaction code of an ordinary credit."""
_LIKE = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "þ": "th", "Þ": "TH"}
    | {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"}
)
"""Letters that have a likeness in ASCII and no decomposition in Unicode."""


def write(payer: Payer, entries: Sequence[Entry], process_on: date) -> bytes:
    """Return the file: header, one credit per entry in the given order, total.

    Raises:
        Invalid: No entry, too many, or one that the format cannot carry.
    """
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise Invalid("aba-count", f"a file has 1 to {MAX_ENTRIES} payments")
    total = sum(entry.amount_cents for entry in entries)
    if total > MAX_CENTS:
        raise Invalid("aba-total", "the payments are more than one file can carry")
    records = [
        _header(payer, process_on),
        *(_detail(payer, entry) for entry in entries),
        _total(total, len(entries)),
    ]
    return "".join(record + "\r\n" for record in records).encode("ascii")


def ascii_text(text: str) -> str:
    """Return the text in printable ASCII: accents go, what has no likeness goes, blanks are single."""
    spread = unicodedata.normalize("NFKD", text.translate(_LIKE))
    kept = (" " if char.isspace() else char for char in spread)
    return " ".join("".join(char for char in kept if " " <= char <= "~").split())


def _header(payer: Payer, process_on: date) -> str:
    return _record(
        {
            (1, 1): "0",
            (19, 20): "01",
            (21, 23): payer.bank,
            (31, 56): _left(payer.name, 26),
            (57, 62): payer.user_id,
            (63, 74): _left(payer.description, 12),
            (75, 80): process_on.strftime("%d%m%y"),
        }
    )


def _detail(payer: Payer, entry: Entry) -> str:
    if bsb_of(entry.bsb) != entry.bsb or account_of(entry.account) != entry.account:
        raise Invalid("aba-account", "a payment has no BSB and account", id=entry.payment_id)
    if not 0 < entry.amount_cents <= MAX_CENTS:
        raise Invalid("aba-amount", "the amount does not fit a record", id=entry.payment_id)
    reference = ascii_text(entry.reference).lstrip(" 0-")
    return _record(
        {
            (1, 1): "1",
            (2, 8): entry.bsb,
            (9, 17): entry.account.rjust(9),
            (19, 20): CREDIT,
            (21, 30): _cents(entry.amount_cents),
            (31, 62): _left(ascii_text(entry.name) or "PAYEE", 32),
            (63, 80): _left(reference or "PAYMENT", 18),
            (81, 87): payer.bsb,
            (88, 96): payer.account.rjust(9),
            (97, 112): _left(payer.remitter, 16),
            (113, 120): "0" * 8,
        }
    )


def _total(credit_cents: int, count: int) -> str:
    return _record(
        {
            (1, 1): "7",
            (2, 8): "999-999",
            (21, 30): _cents(credit_cents),
            (31, 40): _cents(credit_cents),
            (41, 50): _cents(0),
            (75, 80): f"{count:06d}",
        }
    )


def _record(fields: dict[tuple[int, int], str]) -> str:
    record = " " * RECORD_CHARS
    for (first, last), text in fields.items():
        if len(text) != last - first + 1:
            raise Invalid("aba-field", f"a field of the file is not {last - first + 1} wide")
        record = record[: first - 1] + text + record[last:]
    return record


def _left(text: str, width: int) -> str:
    return ascii_text(text)[:width].ljust(width)


def _cents(amount: int) -> str:
    return f"{amount:010d}"
