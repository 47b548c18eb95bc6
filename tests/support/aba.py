"""An independent reader of bank files (Cemtex ABA): what a bank would do with one.

Written from the format page of cemtexaba.com, and from nothing in `services/payments`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Credit:
    """One payment as the bank would make it."""

    bsb: str
    account: str
    cents: int
    name: str
    reference: str


@dataclass(frozen=True)
class BankFile:
    """A file that a bank takes."""

    payer: str
    process_on: str
    """ddmmyy."""
    credits: tuple[Credit, ...]

    @property
    def cents(self) -> int:
        """All of it."""
        return sum(credit.cents for credit in self.credits)


def read(raw: bytes) -> BankFile:
    """Read a file as strictly as a bank does; an `AssertionError` says what it would complain about."""
    lines = raw.decode("ascii").split("\r\n")
    assert lines.pop() == "", "the last record ends with CRLF"
    assert all(len(line) == 120 for line in lines), "every record has 120 characters"
    header, *details, total = lines
    assert header[0] == "0", "the first record is the descriptive one"
    assert header[18:20] == "01", "it is the first reel"
    assert re.fullmatch(r"\d{6}", header[56:62]), "the user id has six digits"
    assert total[0] == "7", "the last record is the total"
    assert total[1:8] == "999-999", "the total's BSB is filler"
    credits = tuple(_credit(line) for line in details)
    cents = sum(credit.cents for credit in credits)
    assert int(total[20:30]) == int(total[30:40]) == cents, "the totals are those of the records"
    assert int(total[40:50]) == 0, "there are no debits"
    assert int(total[74:80]) == len(credits) > 0, "the total counts the records"
    return BankFile(header[30:56].strip(), header[74:80], credits)


def paid_once(files: Iterable[BankFile]) -> dict[str, int]:
    """Return reference -> cents over all files; fails when any reference is paid twice."""
    credits = [credit for file in files for credit in file.credits]
    twice = [reference for reference, times in Counter(c.reference for c in credits).items() if times > 1]
    assert not twice, f"paid twice: {twice}"
    return {credit.reference: credit.cents for credit in credits}


def _credit(line: str) -> Credit:
    assert line[0] == "1", "what stands between is a detail record"
    assert re.fullmatch(r"\d{3}-\d{3}", line[1:8]), f"no BSB: {line[1:8]!r}"
    assert re.fullmatch(r" *\d{1,9}", line[8:17]), f"no account: {line[8:17]!r}"
    assert line[18:20] == "50", "a credit"
    assert line[30:62].strip(), "a credit names whom it pays"
    assert re.fullmatch(r"\d{3}-\d{3} *\d{1,9}", line[80:96]), "where the money comes from"
    assert line[112:120] == "00000000", "no tax is withheld"
    cents = int(line[20:30])
    assert cents > 0, "a payment is more than nothing"
    return Credit(line[1:8], line[8:17].strip(), cents, line[30:62].strip(), line[62:80].strip())
