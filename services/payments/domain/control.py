"""Figures by which a person compares a run's file with what the bank shows of it."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.records import Record
from services.payments.domain.entry import Entry

HASH_DIGITS = 11
_NZ_BANK, _NZ_BASE = 2, 13
"""A New Zealand account is bank (2), branch (4), base (7) and suffix; bank and suffix do not count."""


class Control(Record):
    """Count, total and hash total of a bank file, and the digest of its bytes."""

    count: int
    total_cents: int
    hash_total: str
    """Eleven digits; `hash_total` says of what."""
    sha256: str


def hash_total(entries: Sequence[Entry]) -> str:
    """Return the sum of the accounts paid to, its last eleven digits.

    A New Zealand account counts with branch and base, as its banks do it for direct credits; an Australian
    one with its BSB and, in nine digits, its number. The Cemtex layout has no field for it.
    """
    total = sum(_number(entry) for entry in entries)
    return f"{total:0{HASH_DIGITS}d}"[-HASH_DIGITS:]


def control(entries: Sequence[Entry], sha256: str) -> Control:
    """Return the figures of a file that pays these; those that credit notes cover are not in it."""
    paid = [entry for entry in entries if entry.amount_cents]
    total = sum(entry.amount_cents for entry in paid)
    return Control(count=len(paid), total_cents=total, hash_total=hash_total(paid), sha256=sha256)


def _number(entry: Entry) -> int:
    if entry.bsb:
        return int(f"{entry.bsb.replace('-', '')}{int(entry.account):09d}")
    return int(entry.account[_NZ_BANK:_NZ_BASE])
