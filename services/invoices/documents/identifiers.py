"""Checks and normal forms of the identifiers on an invoice: ABN, NZBN, BSB, invoice number."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.invoices.documents.facts import InvoiceFacts

ABN_SCHEME = "0151"
NZBN_SCHEME = "0088"

_ABN_WEIGHTS = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
_ABN = re.compile(r"[0-9]{11}")
_NZBN = re.compile(r"[0-9]{13}")
_BSB = re.compile(r"(?!00)[0-9]{3}-?[0-9]{3}")


def is_abn(text: str) -> bool:
    """Whether `text` is 11 ASCII digits with a right ABN check sum (abr.business.gov.au)."""
    if not _ABN.fullmatch(text):
        return False
    digits = [int(digit) for digit in text]
    digits[0] -= 1
    return sum(w * d for w, d in zip(_ABN_WEIGHTS, digits, strict=True)) % 89 == 0


def is_nzbn(text: str) -> bool:
    """Whether `text` is 13 ASCII digits with a right GS1 check digit (an NZBN is a GLN)."""
    if not _NZBN.fullmatch(text):
        return False
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(text[:12]))
    return (10 - total % 10) % 10 == int(text[12])


def normal_bsb(text: str) -> str | None:
    """The six digits of an Australian bank-state-branch number (banks are 01 to 99), None when it is not one."""
    text = text.strip()
    return text.replace("-", "") if _BSB.fullmatch(text) else None


def normal_party_id(scheme: str | None, identifier: str) -> str:
    """A party's identity without GST branch and punctuation: `scheme:digits`.

    An ABN with its three-digit GST branch is the same supplier as the ABN alone, and a number that
    is an ABN or NZBN by its check digit is one whatever scheme the sender wrote.
    """
    plain = re.sub(r"[\s.-]", "", identifier).upper()
    if len(plain) == 14 and plain.isdigit() and is_abn(plain[:11]):
        plain = plain[:11]
    if is_abn(plain):
        scheme = ABN_SCHEME
    elif is_nzbn(plain):
        scheme = NZBN_SCHEME
    return f"{scheme or ''}:{plain}"


def plain_number(text: str) -> str:
    """An invoice number without case, blanks and leading zeros; punctuation stays.

    `KP-12` and ` kp-12` are one number, and so are `0012` and `12`; `KP/12` is another.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    return plain.lstrip("0") or plain[:1]


def normal_number(text: str) -> str:
    """An invoice number without case, blanks, punctuation and leading zeros.

    `INV-0012`, `inv 0012` and `Inv/0012` are one number, and so are `0012` and `12`. Zeros after
    a prefix stay. Empty when nothing remains.
    """
    text = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(c for c in text if c.isalnum())
    return plain.lstrip("0") or plain[:1]


def duplicate_key(facts: InvoiceFacts) -> str | None:
    """Supplier identity, normalised number and kind of document.

    None when the supplier's identity or the number is missing. Two documents with one key look like the
    same bill, however their numbers are punctuated.
    """
    supplier = facts.supplier
    if not supplier.identifier or not facts.number:
        return None
    number = normal_number(facts.number)
    if not number:
        return None
    return f"{normal_party_id(supplier.scheme, supplier.identifier)}|{number}|{facts.kind}"
