"""Who a supplier is: the Australian or New Zealand business number, or the name where there is none."""

from __future__ import annotations

import re
import unicodedata

from finnest.errors import Invalid
from finnest.ids import derived

ABN_SCHEME = "0151"
NZBN_SCHEME = "0088"
NAME_CHARS = 200

_ABN_WEIGHTS = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)


def is_abn(text: str) -> bool:
    """Return whether the text is 11 ASCII digits with a right check sum (abr.business.gov.au)."""
    if not re.fullmatch(r"[0-9]{11}", text):
        return False
    digits = [int(digit) for digit in text]
    digits[0] -= 1
    return sum(w * d for w, d in zip(_ABN_WEIGHTS, digits, strict=True)) % 89 == 0


def is_nzbn(text: str) -> bool:
    """Return whether the text is 13 ASCII digits with a right GS1 check digit."""
    if not re.fullmatch(r"[0-9]{13}", text):
        return False
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(text[:12]))
    return (10 - total % 10) % 10 == int(text[12])


def of_number(text: str) -> str:
    """Return `scheme:digits` of an ABN (with or without GST branch) or NZBN that a person wrote.

    Raises:
        Invalid: It is neither; a digit is wrong or missing.
    """
    plain = _plain(text)
    if len(plain) == 14 and is_abn(plain[:11]):
        plain = plain[:11]
    if is_abn(plain):
        return f"{ABN_SCHEME}:{plain}"
    if is_nzbn(plain):
        return f"{NZBN_SCHEME}:{plain}"
    raise Invalid("bad-business-number", "this is no ABN (11 digits) and no NZBN (13 digits): check it")


def of_invoice(supplier_id: str | None, name: str | None) -> str:
    """Return the identity of the supplier on an invoice; the same supplier, the same text.

    `supplier_id` is `scheme:identifier`. An ABN with its GST branch is the ABN, whatever scheme was written.
    """
    scheme, _, number = (supplier_id or "").partition(":")
    if not number:
        return of_name(name)
    try:
        return of_number(number)
    except Invalid:
        return f"{scheme}:{_plain(number)}"


def of_name(name: str | None) -> str:
    """Return the identity of a supplier that has only a name: without case, blanks and punctuation."""
    text = unicodedata.normalize("NFKC", name or "").upper()
    words = re.sub(r"[\W_]+", " ", text).split()
    return f"name:{' '.join(words)}"


def supplier_ref(identity: str) -> str:
    """Return the id of the supplier with this identity."""
    return derived("sup", identity)


def _plain(number: str) -> str:
    return re.sub(r"[\s.-]", "", number).upper()
