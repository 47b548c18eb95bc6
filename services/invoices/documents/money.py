"""Money as integer minor units of an ISO 4217 currency; parsed through Decimal, never float."""

from __future__ import annotations

import re
from decimal import Decimal

MAX_MINOR = 10**15
"""Larger amounts are refused; this is below 2**53, so JSON readers of any kind keep them exact."""

_MAX_CHARACTERS = 40
_AMOUNT = re.compile(r"[+-]?(0*[0-9]{1,16}(\.[0-9]{0,10})?|\.[0-9]{1,10})")
_NO_DECIMALS = re.compile("BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF")
_THREE_DECIMALS = re.compile("BHD|IQD|JOD|KWD|LYD|OMR|TND")


def decimals(currency: str) -> int:
    """How many decimals the currency has (ISO 4217), at most 2: the A-NZ profile allows no more."""
    return 0 if _NO_DECIMALS.fullmatch(currency) else 2


def amount(text: str | None) -> Decimal | None:
    """The exact number of an XML decimal, None when it is none (no exponent, no NaN)."""
    text = (text or "").strip()
    if len(text) > _MAX_CHARACTERS or not _AMOUNT.fullmatch(text):
        return None
    return Decimal(text)


def minor_units(text: str | None, currency: str | None) -> int | None:
    """The amount in minor units, e.g. `440.00` AUD = 44000.

    None when it is no number, has more decimals than its currency and the profile allow, is out
    of range, or its currency is unknown. Three-decimal currencies are held in thousandths.
    """
    value = amount(text)
    if value is None or not currency:
        return None
    places = 3 if _THREE_DECIMALS.fullmatch(currency) else decimals(currency)
    if value != value.quantize(Decimal(1).scaleb(-decimals(currency))):
        return None
    minor = int(value.scaleb(places))
    return minor if abs(minor) <= MAX_MINOR else None
