"""The formats of bank files, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.payments.domain import aba, pain
from services.payments.domain.bill import MAX_CENTS
from services.payments.domain.entry import Entry
from services.payments.domain.payer import Format, Payer


@dataclass(frozen=True, slots=True)
class Kind:
    """How a file is given out, and what it can hold."""

    media_type: str
    suffix: str
    max_cents: int
    """The most that one file pays."""


KINDS: Mapping[str, Kind] = {
    "aba": Kind("text/plain", "aba", MAX_CENTS),
    "pain.001": Kind("application/xml", "xml", 10**15),
}


def write(
    format: Format,
    payer: Payer,
    entries: Sequence[Entry],
    *,
    run_id: str,
    process_on: date,
    opened_at: datetime,
) -> bytes:
    """Return the file of a run; the same run and entries, the same bytes.

    Raises:
        Invalid: The format cannot carry the entries.
    """
    if format == "aba":
        return aba.write(payer, entries, process_on)
    return pain.write(payer, entries, process_on, run_id, opened_at)
